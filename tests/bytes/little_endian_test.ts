import { assertEquals, assertThrows } from "@std/assert";
import { packLittleEndian } from "../../lib/bytes/little_endian.ts";

Deno.test("packLittleEndian() packs fields without gaps", () => {
  assertEquals(
    packLittleEndian([[1, 0xab], [2, 0x1234], [4, 0xdeadbeef], [8, 2 ** 40]]),
    // deno-fmt-ignore
    Uint8Array.of(
      0xab,
      0x34, 0x12,
      0xef, 0xbe, 0xad, 0xde,
      0, 0, 0, 0, 0, 1, 0, 0,
    ),
  );
});

Deno.test("packLittleEndian() throws for values that do not fit", () => {
  assertEquals(packLittleEndian([[1, 255]]), Uint8Array.of(255));
  for (
    const [widthBytes, value] of [[1, 256], [2, -1], [8, 2 ** 53]] as const
  ) {
    assertThrows(
      () => packLittleEndian([[widthBytes, value]]),
      RangeError,
      `current value is ${value}`,
    );
  }
});
