import { assertEquals, assertThrows } from "@std/assert";
import { ELEMENT_BYTES, type ElementType } from "../../lib/formats/format.ts";
import { npy } from "../../lib/formats/npy.ts";
import { npyHeader } from "../../lib/formats/npy_header.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import {
  encodeFile,
  fromBase64,
  makeSpec,
  makeTools,
  PATTERN_SOURCE,
} from "./encoding.ts";
import golden from "./golden/numpy.json" with { type: "json" };

for (const file of golden.small) {
  const { sampleDims, samplesPerFile } = file;
  const elementType = file.elementType as ElementType;

  Deno.test(`npy is what numpy.save writes: ${elementType} [${sampleDims}, ${samplesPerFile}]`, () => {
    const spec = makeSpec({ sampleDims }, { elementType, samplesPerFile });
    assertEquals(
      encodeFile(npy, spec, makeTools(PATTERN_SOURCE)),
      fromBase64(file.npy),
    );
  });
}

Deno.test("npy payload is the file's stream", () => {
  const random = createScalarSource({ seed: 4 });
  const spec = makeSpec({ fileIndex: 6, sampleDims: [333, 444] });
  const payload = new Uint8Array(333 * 444);
  random.fill(payload, 6, 0);
  assertEquals(
    encodeFile(npy, spec, makeTools(random)).subarray(128),
    payload,
  );
});

Deno.test("npyHeader() names every element type as NumPy does", () => {
  // numpy.lib.format.dtype_to_descr of each, NumPy 2.4.6.
  const descrs: Record<ElementType, string> = {
    uint8: "|u1",
    uint16: "<u2",
    uint32: "<u4",
    uint64: "<u8",
    int8: "|i1",
    int16: "<i2",
    int32: "<i4",
    int64: "<i8",
    float16: "<f2",
    float32: "<f4",
    float64: "<f8",
  };
  for (const elementType of Object.keys(ELEMENT_BYTES) as ElementType[]) {
    const text = new TextDecoder("latin1").decode(npyHeader(elementType, [1]));
    assertEquals(text.slice(10, 24), `{'descr': '${descrs[elementType]}`);
  }
});

Deno.test("npyHeader() is a multiple of 64 bytes, ending in a newline", () => {
  for (let rank = 1; rank < 40; rank++) {
    const header = npyHeader("float32", Array(rank).fill(10 ** (rank % 7)));
    assertEquals(header.length % 64, 0);
    assertEquals(header[8]! + 256 * header[9]!, header.length - 10);
    assertEquals(header.at(-1), 0x0a);
  }
});

Deno.test("npyHeader() pads an aligned dict by 64 more, as NumPy does", () => {
  // 127 and 128 bytes before padding; sizes as NumPy 2.4.6 has them.
  const ones: number[] = Array(12).fill(1);
  assertEquals(npyHeader("uint8", [...ones, 1, 10]).length, 128);
  assertEquals(npyHeader("uint8", [...ones, 10, 10]).length, 192);
});

Deno.test("npyHeader() throws for a dict over 65535 bytes", () => {
  assertThrows(
    () => npyHeader("uint8", Array(30000).fill(1)),
    RangeError,
    "must be <= 65535 bytes: current value is ",
  );
});

Deno.test("npy problems() knows no codec", () => {
  assertEquals(npy.problems(makeSpec()), []);
  assertEquals(npy.problems(makeSpec({}, { compression: "zip" })), [
    'Cannot use compression "zip" in format npy: it must be one of none',
  ]);
});
