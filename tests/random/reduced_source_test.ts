/**
 * Reduction measured as storage does it: equal 4 KiB blocks are kept once,
 * and what is kept goes through zstd.
 */
import { zstdCompressSync } from "node:zlib";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStrictEquals,
} from "@std/assert";
import * as fc from "fast-check";
import { crc32, crc32c } from "../../lib/bytes/crc.ts";
import type { FileSpec, Format } from "../../lib/formats/format.ts";
import { hdf5 } from "../../lib/formats/hdf5.ts";
import { indexedBinary } from "../../lib/formats/indexed_binary.ts";
import { jpeg } from "../../lib/formats/jpeg.ts";
import { npz } from "../../lib/formats/npz.ts";
import { png } from "../../lib/formats/png.ts";
import { tfrecord } from "../../lib/formats/tfrecord.ts";
import type { RandomSource } from "../../lib/random/random_source.ts";
import { createReducedSource } from "../../lib/random/reduced_source.ts";
import type { Reduction } from "../../lib/random/reduction.ts";
import { planReduction } from "../../lib/random/reduction.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import { encodeFile, makeSpec, makeTools } from "../formats/encoding.ts";

const BLOCK_BYTES = 4096;
const SEED = 123;

function reduced(reduction: Partial<Reduction>): RandomSource {
  return createReducedSource(createScalarSource({ seed: SEED }), {
    dedupeRatio: 1,
    compressRatio: 1,
    repeats: "units",
    ...reduction,
  });
}

/** Logical bytes over the bytes of blocks that differ. */
function dedupe(files: readonly Uint8Array[]): {
  ratio: number;
  blocks: Uint8Array[];
} {
  const blocks = new Map<string, Uint8Array>();
  let count = 0;
  for (const file of files) {
    // An array keeps what is left of a last block elsewhere.
    for (let at = 0; at + BLOCK_BYTES <= file.length; at += BLOCK_BYTES) {
      const block = file.subarray(at, at + BLOCK_BYTES);
      blocks.set(String.fromCharCode(...block), block);
      count++;
    }
  }
  return { ratio: count / blocks.size, blocks: [...blocks.values()] };
}

/** Bytes of blocks over their bytes as one zstd frame each. */
function compress(blocks: readonly Uint8Array[]): number {
  let compressedBytes = 0;
  for (const block of blocks) compressedBytes += zstdCompressSync(block).length;
  return blocks.length * BLOCK_BYTES / compressedBytes;
}

/** Files of a dataset as the engine makes them. */
function generate(
  format: Format,
  spec: FileSpec,
  ratios: { dedupeRatio: number; compressRatio: number },
  fileCount: number,
): Uint8Array[] {
  const payloadBytes = spec.sampleDims.reduce((a, b) => a * b, 1) *
    spec.dataset.samplesPerFile;
  const isInterleaved = format.isInterleaved === true;
  const reduction = planReduction({ ...ratios, payloadBytes, isInterleaved });
  const tools = makeTools(reduced(reduction));
  return Array.from(
    { length: fileCount },
    (_, fileIndex) => encodeFile(format, { ...spec, fileIndex }, tools),
  );
}

Deno.test("createReducedSource() is the source itself if nothing reduces", () => {
  const source = createScalarSource({ seed: SEED });
  const reduction = { dedupeRatio: 1, compressRatio: 1, repeats: "units" };
  assertStrictEquals(
    createReducedSource(source, reduction as Reduction),
    source,
  );
});

for (const format of [npz, hdf5, indexedBinary]) {
  Deno.test(`a long ${format.name} file has the ratios asked for`, () => {
    const spec = makeSpec({ sampleDims: [4096, 4096] });
    const ratios = { dedupeRatio: 2, compressRatio: 3 };
    const { ratio, blocks } = dedupe(generate(format, spec, ratios, 1));
    assertAlmostEquals(ratio, 2, 0.1);
    assertAlmostEquals(compress(blocks.slice(0, 200)), 3, 0.1);
  });
}

for (const format of [npz, tfrecord, jpeg, png]) {
  Deno.test(`small ${format.name} files have the ratios asked for`, () => {
    const spec = makeSpec({ sampleDims: [300, 300] });
    const ratios = { dedupeRatio: 1.5, compressRatio: 2 };
    const { ratio, blocks } = dedupe(generate(format, spec, ratios, 12));
    assertAlmostEquals(ratio, 1.5, 0.05);
    assertAlmostEquals(compress(blocks), 2, 0.1);
  });
}

Deno.test("plain data neither deduplicates nor compresses", () => {
  const spec = makeSpec({ sampleDims: [700, 700] });
  for (const format of [npz, hdf5, indexedBinary, tfrecord, jpeg, png]) {
    const ratios = { dedupeRatio: 1, compressRatio: 1 };
    const { ratio, blocks } = dedupe(generate(format, spec, ratios, 3));
    assertEquals(ratio, 1);
    assert(compress(blocks) < 1.01, format.name);
  }
});

Deno.test("sums and pieces agree with filling at once", () => {
  const whole = new Uint8Array(700_000);
  const ratios = [[1, 3], [2.5, 1], [2, 2], [1, 1e6]] as const;
  for (const [dedupeRatio, compressRatio] of ratios) {
    for (const repeats of ["units", "files"] as const) {
      const source = reduced({ dedupeRatio, compressRatio, repeats });
      source.fill(whole, 5, 0);
      fc.assert(
        fc.property(
          fc.nat(690_000),
          fc.nat(10_000),
          (offset, byteCount) => {
            const expected = whole.subarray(offset, offset + byteCount);
            const piece = new Uint8Array(byteCount).fill(9);
            source.fill(piece, 5, offset);
            assertEquals(piece, expected);
            assertEquals(
              source.crc32(5, offset, byteCount, 77),
              crc32(expected, 77),
            );
            assertEquals(
              source.crc32c(5, offset, byteCount, 77),
              crc32c(expected, 77),
            );
          },
        ),
        { seed: 4, numRuns: 12 },
      );
    }
  }
});
