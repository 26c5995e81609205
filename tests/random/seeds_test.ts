import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { combine32, mix32 } from "../../lib/random/seeds.ts";

/** Bits that differ. */
function distance(a: number, b: number): number {
  let bits = 0;
  for (let x = (a ^ b) >>> 0; x !== 0; x >>>= 1) bits += x & 1;
  return bits;
}

Deno.test("mix32() is MurmurHash3's finalizer", () => {
  // fmix32 as published, evaluated with BigInt.
  const fmix32 = (value: number) => {
    let h = BigInt(value);
    h ^= h >> 16n;
    h = (h * 0x85ebca6bn) & 0xffff_ffffn;
    h ^= h >> 13n;
    h = (h * 0xc2b2ae35n) & 0xffff_ffffn;
    return Number(h ^ (h >> 16n));
  };
  for (const value of [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff]) {
    assertEquals(mix32(value), fmix32(value));
  }
  assertEquals(mix32(1), 0x514e28b7);
});

Deno.test("combine32() returns unsigned 32 bits, always the same", () => {
  for (const value of [0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
    const hash = combine32(123, value);
    assert(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32);
    assertEquals(combine32(123, value), hash);
  }
  // A change of these figures changes every dataset and every order.
  assertEquals(
    [combine32(0, 0), combine32(123, 1), combine32(123, 2 ** 40)],
    [1948795231, 1813078023, 3288452265],
  );
});

Deno.test("combine32() tells values apart above 32 bits and by place", () => {
  assertNotEquals(combine32(1, 5), combine32(1, 5 + 2 ** 32));
  assertNotEquals(combine32(1, 5), combine32(1, 5 + 2 ** 52));
  assertNotEquals(combine32(0, 1), combine32(1, 0));
  assertNotEquals(
    combine32(combine32(0, 1), 2),
    combine32(combine32(0, 2), 1),
  );
});

Deno.test("combine32() changes half of the bits when one bit changes", () => {
  let bits = 0;
  let trials = 0;
  for (let value = 0; value < 200; value++) {
    for (let bit = 0; bit < 30; bit++) {
      bits += distance(combine32(7, value), combine32(7, value ^ (1 << bit)));
      bits += distance(combine32(value, 7), combine32(value ^ (1 << bit), 7));
      trials += 2;
    }
  }
  const mean = bits / trials;
  assert(Math.abs(mean - 16) < 0.2, `${mean} of 32 bits`);
});

Deno.test("combine32() of consecutive indices hardly collides", () => {
  const count = 100_000;
  const hashes = new Set<number>();
  for (let i = 0; i < count; i++) hashes.add(combine32(10, i));
  // Chance gives n² / 2^33 = 1.2 collisions.
  assert(count - hashes.size < 10, `${count - hashes.size} collisions`);
});
