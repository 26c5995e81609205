/**
 * The wasm SIMD twin of ../adler32.ts (AssemblyScript, not TypeScript:
 * deno.json excludes this folder; `deno run -A scripts/build_wasm.ts` builds).
 *
 * The module sums bytes at the start of its own memory and keeps nothing.
 *
 * In a run of V vectors of 32 bytes, t_v being the sum of vector v and c_i
 * that of all bytes i of a vector,
 *
 *    b grows by 32 V a + 32 (sum of t before each vector) + sum (32 - i) c_i
 *
 * so bytes are weighted once per run, not once per vector.
 */

const MODULUS: u32 = 65521;
const VECTOR_BYTES: usize = 32;
/** Bytes between two reductions: 128 vectors keep c_i below 2^15. */
const RUN_BYTES: usize = 4096;

/** Adler-32 after bytes [0, byteCount) of the memory. */
export function adler32(byteCount: usize, adler: u32): u32 {
  let a = adler & 0xffff;
  let b = adler >> 16;
  let at: usize = 0;
  const vectorEnd = byteCount & ~(VECTOR_BYTES - 1);
  const ones = i16x8.splat(1);
  while (at < vectorEnd) {
    const runBytes = min(RUN_BYTES, vectorEnd - at);
    const end = at + runBytes;
    let totals = i32x4.splat(0);
    let before = i32x4.splat(0);
    let c0 = i16x8.splat(0);
    let c8 = i16x8.splat(0);
    let c16 = i16x8.splat(0);
    let c24 = i16x8.splat(0);
    while (at < end) {
      const low = v128.load(at);
      const high = v128.load(at, 16);
      at += VECTOR_BYTES;
      const d0 = i16x8.extend_low_i8x16_u(low);
      const d8 = i16x8.extend_high_i8x16_u(low);
      const d16 = i16x8.extend_low_i8x16_u(high);
      const d24 = i16x8.extend_high_i8x16_u(high);
      c0 = i16x8.add(c0, d0);
      c8 = i16x8.add(c8, d8);
      c16 = i16x8.add(c16, d16);
      c24 = i16x8.add(c24, d24);
      const pairs = i16x8.add(i16x8.add(d0, d8), i16x8.add(d16, d24));
      before = i32x4.add(before, totals);
      totals = i32x4.add(totals, i32x4.dot_i16x8_s(pairs, ones));
    }
    const weighted = i32x4.add(
      i32x4.add(
        i32x4.dot_i16x8_s(c0, i16x8(32, 31, 30, 29, 28, 27, 26, 25)),
        i32x4.dot_i16x8_s(c8, i16x8(24, 23, 22, 21, 20, 19, 18, 17)),
      ),
      i32x4.add(
        i32x4.dot_i16x8_s(c16, i16x8(16, 15, 14, 13, 12, 11, 10, 9)),
        i32x4.dot_i16x8_s(c24, i16x8(8, 7, 6, 5, 4, 3, 2, 1)),
      ),
    );
    b += a * <u32> runBytes % MODULUS;
    b += total(before) % MODULUS * 32 + total(weighted) % MODULUS;
    a = (a + total(totals)) % MODULUS;
    b %= MODULUS;
  }
  while (at < byteCount) {
    a = (a + load<u8>(at)) % MODULUS;
    b = (b + a) % MODULUS;
    at += 1;
  }
  return (b << 16) | a;
}

// @ts-ignore: decorator of AssemblyScript

function total(lanes: v128): u32 {
  return <u32> i32x4.extract_lane(lanes, 0) +
    <u32> i32x4.extract_lane(lanes, 1) +
    <u32> i32x4.extract_lane(lanes, 2) +
    <u32> i32x4.extract_lane(lanes, 3);
}
