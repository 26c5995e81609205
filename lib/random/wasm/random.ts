/**
 * The wasm SIMD twin of ../scalar_source.ts (AssemblyScript, not TypeScript:
 * deno.json excludes this folder; `deno run -A scripts/build_wasm.ts` builds).
 *
 * The module has no memory, no data segment and no stack of its own. It works
 * inside the arena's memory and keeps to one region there, whose address
 * `setup` is told:
 *
 *    offset   bytes  what
 *         0     128  fillState: where the last fill ended
 *       128     128  sumState: the chunk that is being summed
 *      4096   16384  scratch: one chunk
 *     20480  286720  tables of CRC-32
 *    307200  286720  tables of CRC-32C
 *    593920          REGION_BYTES
 *
 * Tables of one polynomial, made at its first use:
 *
 *         0   16384  slices [16][256] u32: byte b, then k zero bytes
 *     16384    4096  chunk shifts [4][256] u32: byte k of a register, then
 *                    16 KiB of zeros
 *     20480  131072  chunk sums [128][256] u32: CRC of the 16 KiB made from
 *                    a state whose byte k is b and whose others are zero
 *    151552    4096  block shifts, the same for 1 KiB
 *    155648  131072  block sums, the same for 1 KiB
 *
 * A register is advanced over zeros by 4 look-ups in shifts, and the CRC of
 * what a state makes is the XOR of 128 look-ups in sums, as both the engine
 * and CRC are linear over GF(2): 16 KiB are summed without being made.
 * Blocks do the same for the parts of chunks at both ends of a range.
 */

const CHUNK_BYTES: usize = 16384;
const BLOCK_BYTES: usize = 1024;
const STATE_BYTES: usize = 128;
const STEP_BYTES: usize = 64;

const SUM_STATE: usize = 128;
const ZERO_WORD: usize = 256;
const SCRATCH: usize = 4096;
const TABLES: usize = 20480;
const TABLES_BYTES: usize = 286720;
const CHUNK_SHIFTS: usize = 16384;
const BLOCK_SHIFTS: usize = 151552;
/** From shifts to the sums of the same length. */
const SUMS: usize = 4096;

const CRC32_POLYNOMIAL: u32 = 0xedb88320;
const CRC32C_POLYNOMIAL: u32 = 0x82f63b78;

const GOLDEN_GAMMA: u64 = 0x9e3779b97f4a7c15;

let region: usize = 0;
let seedKey: u64 = 0;
// Position of fillState; no stream is negative, so the first fill seeds.
let fillStream: f64 = -1;
let fillChunk: f64 = -1;
let fillStep: u32 = 0;
let crc32Ready: bool = false;
let crc32cReady: bool = false;

/** Bytes of the region that `setup` wants. */
export function regionBytes(): usize {
  return TABLES + 2 * TABLES_BYTES;
}

/** Once, before anything else. `base` is a multiple of 16. */
export function setup(base: usize, seed: f64): void {
  region = base;
  seedKey = mix(<u64>seed + GOLDEN_GAMMA);
}

/** Writes bytes [offset, offset + byteCount) of a stream. */
export function fill(
  target: usize,
  byteCount: usize,
  stream: f64,
  offset: f64,
): void {
  let chunk = Math.floor(offset / <f64>CHUNK_BYTES);
  let start = <usize>(offset - chunk * <f64>CHUNK_BYTES);
  const end = target + byteCount;
  while (target < end) {
    const part = min(end - target, CHUNK_BYTES - start);
    fillPart(target, part, stream, chunk, start);
    target += part;
    chunk += 1;
    start = 0;
  }
}

/** CRC of stream bytes that follow bytes whose CRC is `crc`. */
export function sum(
  castagnoli: bool,
  stream: f64,
  offset: f64,
  byteCount: f64,
  crc: u32,
): u32 {
  const tables = readyTables(castagnoli);
  const state = region + SUM_STATE;
  let register = ~crc;
  let chunk = Math.floor(offset / <f64>CHUNK_BYTES);
  let start = <usize>(offset - chunk * <f64>CHUNK_BYTES);
  while (byteCount > 0) {
    const part = <usize>Math.min(byteCount, <f64>(CHUNK_BYTES - start));
    seedState(state, stream, chunk);
    register = part == CHUNK_BYTES
      ? sumFromState(tables + CHUNK_SHIFTS, state, register)
      : sumPart(tables, start, part, register);
    byteCount -= <f64>part;
    chunk += 1;
    start = 0;
  }
  return ~register;
}

/** Bytes [start, start + byteCount) of one chunk. */
function fillPart(
  target: usize,
  byteCount: usize,
  stream: f64,
  chunk: f64,
  start: usize,
): void {
  const state = region;
  seekStep(stream, chunk, <u32>(start / STEP_BYTES));
  const skip = start % STEP_BYTES;
  if (skip != 0) {
    // A step's output is the first 64 bytes of the state before it.
    const part = min(byteCount, STEP_BYTES - skip);
    memory.copy(target, state + skip, part);
    if (skip + part < STEP_BYTES) return;
    generate(region + SCRATCH, 1, state);
    fillStep += 1;
    target += part;
    byteCount -= part;
  }
  const steps = <u32>(byteCount / STEP_BYTES);
  generate(target, steps, state);
  fillStep += steps;
  const done = <usize>steps * STEP_BYTES;
  memory.copy(target + done, state, byteCount - done);
}

/** Brings fillState to a step, from where it is if that lies before. */
function seekStep(stream: f64, chunk: f64, step: u32): void {
  if (stream != fillStream || chunk != fillChunk || step < fillStep) {
    seedState(region, stream, chunk);
    fillStream = stream;
    fillChunk = chunk;
    fillStep = 0;
  }
  if (step > fillStep) {
    generate(region + SCRATCH, step - fillStep, region);
    fillStep = step;
  }
}

/** See ../chunk_state.ts. */
function seedState(state: usize, stream: f64, chunk: f64): void {
  const u = mix(seedKey + <u64>stream + GOLDEN_GAMMA);
  const v = mix(u + <u64>chunk + GOLDEN_GAMMA);
  let counter = v;
  for (let i: usize = 0; i < STATE_BYTES - 8; i += 8) {
    counter += GOLDEN_GAMMA;
    store<u64>(state + i, mix(counter));
  }
  store<u64>(state + STATE_BYTES - 8, mix(u ^ v));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function mix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/**
 * Writes `steps` steps of 64 bytes and advances the state. Suffix a: lanes 0
 * and 1, b: lanes 2 and 3, in one register each.
 */
function generate(target: usize, steps: u32, state: usize): void {
  let s0a = v128.load(state, 0);
  let s0b = v128.load(state, 16);
  let s1a = v128.load(state, 32);
  let s1b = v128.load(state, 48);
  let s2a = v128.load(state, 64);
  let s2b = v128.load(state, 80);
  let s3a = v128.load(state, 96);
  let s3b = v128.load(state, 112);
  const end = target + <usize>steps * STEP_BYTES;
  while (target < end) {
    v128.store(target, s0a, 0);
    v128.store(target, s0b, 16);
    v128.store(target, s1a, 32);
    v128.store(target, s1b, 48);
    target += STEP_BYTES;
    const ta = i64x2.shl(s1a, 17);
    const tb = i64x2.shl(s1b, 17);
    s2a = v128.xor(s2a, s0a);
    s2b = v128.xor(s2b, s0b);
    s3a = v128.xor(s3a, s1a);
    s3b = v128.xor(s3b, s1b);
    s1a = v128.xor(s1a, s2a);
    s1b = v128.xor(s1b, s2b);
    s0a = v128.xor(s0a, s3a);
    s0b = v128.xor(s0b, s3b);
    s2a = v128.xor(s2a, ta);
    s2b = v128.xor(s2b, tb);
    s3a = v128.or(i64x2.shl(s3a, 45), i64x2.shr_u(s3a, 19));
    s3b = v128.or(i64x2.shl(s3b, 45), i64x2.shr_u(s3b, 19));
  }
  v128.store(state, s0a, 0);
  v128.store(state, s0b, 16);
  v128.store(state, s1a, 32);
  v128.store(state, s1b, 48);
  v128.store(state, s2a, 64);
  v128.store(state, s2b, 80);
  v128.store(state, s3a, 96);
  v128.store(state, s3b, 112);
}

/** The register after bytes [start, start + byteCount) of a chunk. */
function sumPart(
  tables: usize,
  start: usize,
  byteCount: usize,
  register: u32,
): u32 {
  const state = region + SUM_STATE;
  const scratch = region + SCRATCH;
  generate(scratch, <u32>(start / STEP_BYTES), state);
  const skip = start % STEP_BYTES;
  if (skip != 0) {
    const part = min(byteCount, STEP_BYTES - skip);
    register = slice(tables, state + skip, part, register);
    generate(scratch, 1, state);
    byteCount -= part;
  }
  while (byteCount >= BLOCK_BYTES) {
    register = sumFromState(tables + BLOCK_SHIFTS, state, register);
    generate(scratch, <u32>(BLOCK_BYTES / STEP_BYTES), state);
    byteCount -= BLOCK_BYTES;
  }
  const endSteps = (byteCount + STEP_BYTES - 1) / STEP_BYTES;
  generate(scratch, <u32>endSteps, state);
  return slice(tables, scratch, byteCount, register);
}

/**
 * The register after what a state makes.
 *
 * @param shifts Those of the length made; its sums follow them.
 */
function sumFromState(shifts: usize, state: usize, register: u32): u32 {
  // Two sums, as one would be a chain of 128 dependent XORs.
  let even = entry(shifts, 0, register) ^ entry(shifts, 1, register >> 8);
  let odd = entry(shifts, 2, register >> 16) ^ entry(shifts, 3, register >> 24);
  let table = shifts + SUMS;
  for (let i: usize = 0; i < STATE_BYTES; i += 4) {
    const bytes = load<u32>(state + i);
    even ^= entry(table, 0, bytes) ^ entry(table, 1, bytes >> 8);
    odd ^= entry(table, 2, bytes >> 16) ^ entry(table, 3, bytes >> 24);
    table += 4096;
  }
  return even ^ odd;
}

/** The register after `byteCount` bytes, 16 at a time. */
function slice(
  tables: usize,
  source: usize,
  byteCount: usize,
  register: u32,
): u32 {
  const end = source + byteCount;
  while (source + 16 <= end) {
    const a = load<u32>(source) ^ register;
    const b = load<u32>(source, 4);
    const c = load<u32>(source, 8);
    const d = load<u32>(source, 12);
    register = entry(tables, 15, a) ^ entry(tables, 14, a >> 8) ^
      entry(tables, 13, a >> 16) ^ entry(tables, 12, a >> 24) ^
      entry(tables, 11, b) ^ entry(tables, 10, b >> 8) ^
      entry(tables, 9, b >> 16) ^ entry(tables, 8, b >> 24) ^
      entry(tables, 7, c) ^ entry(tables, 6, c >> 8) ^
      entry(tables, 5, c >> 16) ^ entry(tables, 4, c >> 24) ^
      entry(tables, 3, d) ^ entry(tables, 2, d >> 8) ^
      entry(tables, 1, d >> 16) ^ entry(tables, 0, d >> 24);
    source += 16;
  }
  while (source < end) {
    register = entry(tables, 0, register ^ <u32>load<u8>(source)) ^
      (register >> 8);
    source += 1;
  }
  return register;
}

/** Entry [row][low byte of index] of a table of u32. */
// @ts-ignore: decorator of AssemblyScript
@inline
function entry(table: usize, row: usize, index: u32): u32 {
  return load<u32>(table + (row << 10) + (<usize>(index & 0xff) << 2));
}

/** Address of a polynomial's tables, made if this is the first use. */
function readyTables(castagnoli: bool): usize {
  const tables = region + TABLES + (castagnoli ? TABLES_BYTES : 0);
  if (castagnoli) {
    if (!crc32cReady) makeTables(tables, CRC32C_POLYNOMIAL);
    crc32cReady = true;
  } else {
    if (!crc32Ready) makeTables(tables, CRC32_POLYNOMIAL);
    crc32Ready = true;
  }
  return tables;
}

function makeTables(tables: usize, polynomial: u32): void {
  makeSlices(tables, polynomial);
  makeShifts(tables, tables + CHUNK_SHIFTS, CHUNK_BYTES);
  makeSums(tables, tables + CHUNK_SHIFTS + SUMS, CHUNK_BYTES);
  makeShifts(tables, tables + BLOCK_SHIFTS, BLOCK_BYTES);
  makeSums(tables, tables + BLOCK_SHIFTS + SUMS, BLOCK_BYTES);
}

function makeSlices(tables: usize, polynomial: u32): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let register = byte;
    for (let bit = 0; bit < 8; bit++) {
      register = (register >> 1) ^ (polynomial & (0 - (register & 1)));
    }
    store<u32>(tables + (<usize>byte << 2), register);
  }
  for (let at: usize = 1024; at < CHUNK_SHIFTS; at += 4) {
    const before = load<u32>(tables + at - 1024);
    store<u32>(tables + at, entry(tables, 0, before) ^ (before >> 8));
  }
}

function makeShifts(slices: usize, shifts: usize, byteCount: usize): void {
  const zeros = region + SCRATCH;
  memory.fill(zeros, 0, byteCount);
  for (let bit: u32 = 0; bit < 32; bit++) {
    storeBit(shifts, bit, slice(slices, zeros, byteCount, 1 << bit));
  }
  spread(shifts, 4);
}

/**
 * The 1024 states of one bit. Only those of lane 3 are run: a lane's words
 * lie 8 bytes before the next lane's, so what it makes ends in 8 more zeros.
 */
function makeSums(slices: usize, sums: usize, byteCount: usize): void {
  const state = region + SUM_STATE;
  const steps = <u32>(byteCount / STEP_BYTES);
  store<u64>(region + ZERO_WORD, 0);
  for (let word: u32 = 0; word < 4; word++) {
    for (let bit: u32 = 0; bit < 64; bit++) {
      memory.fill(state, 0, STATE_BYTES);
      store<u64>(state + <usize>(word * 32 + 24), <u64>1 << bit);
      generate(region + SCRATCH, steps, state);
      let register = slice(slices, region + SCRATCH, byteCount, 0);
      for (let lane: i32 = 3; lane >= 0; lane--) {
        storeBit(sums, (word * 4 + lane) * 64 + bit, register);
        register = slice(slices, region + ZERO_WORD, 8, register);
      }
    }
  }
  spread(sums, STATE_BYTES);
}

/** Sets what bit `bit` alone gives: entry [bit / 8][1 << bit % 8]. */
function storeBit(table: usize, bit: u32, register: u32): void {
  const index: usize = 1 << <usize>(bit & 7);
  store<u32>(table + (<usize>(bit >> 3) << 10) + (index << 2), register);
}

/** Makes all entries of each row from those of its 8 single bits. */
function spread(table: usize, rows: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    const start = table + (row << 10);
    store<u32>(start, 0);
    for (let index: u32 = 1; index < 256; index++) {
      const rest = index & (index - 1);
      const lowest = index ^ rest;
      store<u32>(
        start + (<usize>index << 2),
        entry(start, 0, rest) ^ entry(start, 0, lowest),
      );
    }
  }
}
