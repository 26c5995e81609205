import { assertEquals } from "@std/assert";
import { safetensorsHeader } from "../../lib/checkpoint/safetensors.ts";
import { layerTensors } from "../../lib/checkpoint/transformer.ts";
import { ALONE, TINY } from "./models.ts";

function parse(header: Uint8Array): Record<string, unknown> {
  const view = new DataView(header.buffer);
  const jsonBytes = Number(view.getBigUint64(0, true));
  assertEquals(jsonBytes, header.length - 8);
  return JSON.parse(new TextDecoder().decode(header.subarray(8)));
}

Deno.test("safetensorsHeader() places the tensors without gaps", () => {
  const header = safetensorsHeader([
    { name: "a", datatype: "fp16", elementCount: 3 },
    { name: "b", datatype: "fp64", elementCount: 5 },
    { name: "c", datatype: "bf16", elementCount: 1 },
  ]);
  assertEquals(parse(header), {
    a: { dtype: "F16", shape: [3], data_offsets: [0, 6] },
    b: { dtype: "F64", shape: [5], data_offsets: [6, 46] },
    c: { dtype: "BF16", shape: [1], data_offsets: [46, 48] },
  });
});

Deno.test("safetensorsHeader() is whole pages that begin with JSON", () => {
  for (const count of [1, 40, 400]) {
    const tensors = Array.from(
      { length: count },
      (_, index) =>
        layerTensors(TINY, ALONE, 1).map((tensor) => ({
          ...tensor,
          name: `${index}.${tensor.name}`,
        })),
    ).flat();
    const header = safetensorsHeader(tensors);
    assertEquals(header.length % 4096, 0);
    assertEquals(header[8], "{".charCodeAt(0));
    assertEquals(Object.keys(parse(header)).length, 6 * count);
  }
});
