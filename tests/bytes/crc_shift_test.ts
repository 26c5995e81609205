import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { crc32 } from "../../lib/bytes/crc.ts";
import { CrcShift, shiftCrc } from "../../lib/bytes/crc_shift.ts";

/** A register after zero bytes, as crc32() has it between inversions. */
function zerosAfter(register: number, byteCount: number): number {
  return ~crc32(new Uint8Array(byteCount), ~register >>> 0) >>> 0;
}

const REGISTER = fc.integer({ min: 0, max: 2 ** 32 - 1 });

Deno.test("shiftCrc() and CrcShift step over zero bytes", () => {
  fc.assert(
    fc.property(REGISTER, fc.nat(5000), (register, byteCount) => {
      const expected = zerosAfter(register, byteCount);
      assertEquals(shiftCrc(register, byteCount), expected);
      assertEquals(new CrcShift(byteCount).apply(register), expected);
    }),
    { seed: 2, numRuns: 100 },
  );
});

Deno.test("shiftCrc() adds up over more than 2^32 bytes", () => {
  const far = 5_000_000_000;
  const twice = shiftCrc(shiftCrc(0x12345678, far), far);
  assertEquals(shiftCrc(0x12345678, 2 * far), twice);
});
