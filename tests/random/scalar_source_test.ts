import { assertEquals, assertThrows } from "@std/assert";
import { crc32 as zlibCrc32, deflateRawSync } from "node:zlib";
import { crc32c } from "../../lib/bytes/crc.ts";
import {
  CHUNK_BYTES,
  mix64,
  STATE_WORDS,
} from "../../lib/random/chunk_state.ts";
import {
  createScalarSource,
  generateChunk,
} from "../../lib/random/scalar_source.ts";

const G = 0x9e3779b97f4a7c15n;
const MASK = (1n << 64n) - 1n;

/** The definition once more, word by word in BigInt. */
function chunkByDefinition(seed: bigint, stream: bigint, chunk: bigint) {
  const next = (key: bigint, value: bigint) => mix64((key + value + G) & MASK);
  const u = next(next(0n, seed), stream);
  const v = next(u, chunk);
  const state: bigint[] = [];
  for (let i = 0n; i < 15n; i++) state.push(mix64((v + (i + 1n) * G) & MASK));
  state.push(mix64(u ^ v));
  const words = new BigUint64Array(CHUNK_BYTES / 8);
  for (let lane = 0; lane < 4; lane++) {
    let [s0, s1, s2, s3] = [0, 4, 8, 12].map((w) => state[w + lane]!);
    for (let at = lane; at < words.length; at += 8) {
      words[at] = s0!;
      words[at + 4] = s1!;
      const t = (s1! << 17n) & MASK;
      s2! ^= s0!;
      s3! ^= s1!;
      s1! ^= s2!;
      s0! ^= s3!;
      s2! ^= t;
      s3 = ((s3! << 45n) | (s3! >> 19n)) & MASK;
    }
  }
  return new Uint8Array(words.buffer);
}

Deno.test("mix64() is splitmix64's finalizer", () => {
  // First outputs of splitmix64 seeded with 1234567, as Rosetta Code and the
  // reference implementation give them.
  assertEquals(mix64((1234567n + G) & MASK), 6457827717110365317n);
  assertEquals(mix64((1234567n + 2n * G) & MASK), 3203168211198807973n);
});

Deno.test("scalar fill() is xoshiro256 over four lanes, as defined", () => {
  const source = createScalarSource({ seed: 123 });
  const bytes = new Uint8Array(3 * CHUNK_BYTES);
  source.fill(bytes, 7, 0);
  for (let chunk = 0; chunk < 3; chunk++) {
    const start = chunk * CHUNK_BYTES;
    assertEquals(
      bytes.subarray(start, start + CHUNK_BYTES),
      chunkByDefinition(123n, 7n, BigInt(chunk)),
    );
  }
});

Deno.test("scalar fill() takes seed, stream and offset up to 2^53", () => {
  const seed = 2 ** 53 - 1;
  const stream = 2 ** 53 - 3;
  const chunk = 2 ** 53 / CHUNK_BYTES - 1;
  const bytes = new Uint8Array(100);
  createScalarSource({ seed }).fill(bytes, stream, chunk * CHUNK_BYTES);
  assertEquals(
    bytes,
    chunkByDefinition(BigInt(seed), BigInt(stream), BigInt(chunk))
      .slice(0, 100),
  );
});

Deno.test("scalar fill() gives the same bytes in any pieces", () => {
  const source = createScalarSource({ seed: 5 });
  const whole = new Uint8Array(40000);
  source.fill(whole, 1, 1000);
  const pieces = new Uint8Array(40000);
  for (let at = 0; at < pieces.length; at += 777) {
    source.fill(pieces.subarray(at, at + 777), 1, 1000 + at);
  }
  assertEquals(pieces, whole);
});

Deno.test("scalar sums are those of the filled bytes", () => {
  const source = createScalarSource({ seed: 5 });
  const bytes = new Uint8Array(50001);
  source.fill(bytes, 3, 12345);
  const before = 0xcafebabe;
  assertEquals(
    source.crc32(3, 12345, bytes.length, before),
    zlibCrc32(bytes, before),
  );
  assertEquals(
    source.crc32c(3, 12345, bytes.length, before),
    crc32c(bytes, before),
  );
});

Deno.test("scalar bytes cannot be compressed", () => {
  const bytes = new Uint8Array(1 << 18);
  createScalarSource({ seed: 0 }).fill(bytes, 0, 0);
  assertEquals(deflateRawSync(bytes).length >= bytes.length, true);
});

Deno.test("two steps of a lane tell its state, so no two chunks are equal", () => {
  const rows: bigint[] = [];
  const chunk = new Uint8Array(CHUNK_BYTES);
  const words = new BigUint64Array(chunk.buffer);
  for (let bit = 0; bit < 256; bit++) {
    const state = new BigUint64Array(STATE_WORDS);
    state[(bit >> 6) * 4] = 1n << BigInt(bit & 63);
    generateChunk(chunk, state);
    rows.push(
      words[0]! | words[4]! << 64n | words[8]! << 128n | words[12]! << 192n,
    );
  }
  // Gauss: each row either gives a new leading bit or vanishes.
  const byLeadingBit = new Map<number, bigint>();
  for (let row of rows) {
    while (row !== 0n) {
      const leadingBit = row.toString(2).length;
      const other = byLeadingBit.get(leadingBit);
      if (other === undefined) {
        byLeadingBit.set(leadingBit, row);
        break;
      }
      row ^= other;
    }
  }
  assertEquals(byLeadingBit.size, 256);
});

Deno.test("createScalarSource() throws for seeds it cannot tell apart", () => {
  for (const seed of [-1, 0.5, 2 ** 53, NaN]) {
    assertThrows(
      () => createScalarSource({ seed }),
      RangeError,
      `current value is ${seed}`,
    );
  }
});

Deno.test("scalar fill() throws for addresses beyond 2^53", () => {
  const source = createScalarSource({ seed: 0 });
  const view = new Uint8Array(2);
  assertThrows(() => source.fill(view, -1, 0), RangeError, "stream");
  assertThrows(() => source.fill(view, 0, -1), RangeError, "offset");
  assertThrows(
    () => source.fill(view, 0, 2 ** 53 - 1),
    RangeError,
    "offset + byteCount",
  );
});
