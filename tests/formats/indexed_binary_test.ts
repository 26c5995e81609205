import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import type { FileIndex, Format } from "../../lib/formats/format.ts";
import { FormatError } from "../../lib/errors.ts";
import {
  indexedBinary,
  mmapIndexedBinary,
} from "../../lib/formats/indexed_binary.ts";
import {
  checkMutated,
  encodeFile,
  fileSpec,
  joinChunks,
  MemoryFile,
  mutationsOf,
  plan,
  scalarTools,
  streamBytes,
} from "./encoded_file.ts";

/** A file of which only the length matters. */
function opened(
  format: Format,
  samplesPerFile: number,
  fileBytes: number,
): FileIndex {
  const source = new MemoryFile(new Uint8Array(0), false, fileBytes);
  return format.open!(source, fileSpec([1], { samplesPerFile })) as FileIndex;
}

/** The u64 entries of a companion. */
function entries(suffix: string, samplesPerFile: number): bigint[] {
  const spec = fileSpec([2 ** 16, 2 ** 8], { samplesPerFile });
  const companion = indexedBinary.companions!.find(({ path }) =>
    path("F") === `F${suffix}`
  );
  const bytes = joinChunks(companion!.encode(spec, scalarTools()));
  return [...new BigUint64Array(bytes.buffer)];
}

for (const format of [indexedBinary, mmapIndexedBinary]) {
  Deno.test(`${format.name}: encode() gives the stream's bytes alone`, () => {
    const spec = fileSpec([7, 11], {
      samplesPerFile: 900,
      elementType: "int16",
    }, 3);
    const file = encodeFile(format, spec);
    assertEquals(file, streamBytes(3, 0, 7 * 11 * 2 * 900));
  });

  Deno.test(`${format.name}: open() refuses a length with a remainder`, () => {
    const error = assertThrows(
      () => opened(format, 3, 100),
      FormatError,
      "must be a multiple of 3 samples",
    );
    assertEquals(error.offset, 100);
    assertThrows(() => opened(format, 3, 0), FormatError);
  });

  Deno.test(`${format.name}: open() reads nothing`, () => {
    const source = new MemoryFile(new Uint8Array(60));
    format.open!(source, fileSpec([1], { samplesPerFile: 3 }));
    assertEquals(source.readCount, 0);
  });

  Deno.test(`${format.name}: ranges of mutated files stay inside them`, () => {
    const spec = fileSpec([33], { samplesPerFile: 7 });
    const file = encodeFile(format, spec);
    fc.assert(
      fc.property(
        mutationsOf(file, 3),
        (mutations) => checkMutated(format, spec, file, mutations),
      ),
      { seed: 11, numRuns: 300 },
    );
  });
}

Deno.test("ranges() of indexed_binary are the samples' bytes, merged", () => {
  const index = opened(indexedBinary, 10, 1000);
  assertEquals(plan(indexedBinary, index, 0, 1), [[0, 100]]);
  assertEquals(plan(indexedBinary, index, 3, 4), [[300, 400]]);
  assertEquals(plan(indexedBinary, index, 3, 1, true), [[300, 100]]);
});

Deno.test("ranges() of mmap_indexed_binary are whole pages", () => {
  const index = opened(mmapIndexedBinary, 10, 30_000);
  assertEquals(plan(mmapIndexedBinary, index, 0, 1), [[0, 4096]]);
  assertEquals(plan(mmapIndexedBinary, index, 1, 1), [[0, 8192]]);
  assertEquals(plan(mmapIndexedBinary, index, 3, 2), [[8192, 8192]]);
  assertEquals(plan(mmapIndexedBinary, index, 9, 1), [[24_576, 5424]]);
});

Deno.test("ranges() of mmap_indexed_binary read no page twice in a row", () => {
  const index = opened(mmapIndexedBinary, 10, 30_000);
  assertEquals(plan(mmapIndexedBinary, index, 1, 1, true), [[4096, 4096]]);
  const small = opened(mmapIndexedBinary, 100, 10_000);
  assertEquals(plan(mmapIndexedBinary, small, 1, 1, true), []);
  assertEquals(plan(mmapIndexedBinary, small, 40, 1, true), [[4096, 4096]]);
});

Deno.test("ranges() of mmap_indexed_binary one by one cover the file once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 9000 }),
      (samplesPerFile, strideBytes) => {
        const fileBytes = samplesPerFile * strideBytes;
        const index = opened(mmapIndexedBinary, samplesPerFile, fileBytes);
        let next = 0;
        for (let k = 0; k < samplesPerFile; k++) {
          const ranges = plan(mmapIndexedBinary, index, k, 1, k > 0);
          for (const [offset, byteCount] of ranges) {
            assertEquals(offset, next);
            next += byteCount!;
          }
        }
        assertEquals(next, fileBytes);
      },
    ),
    { seed: 3, numRuns: 100 },
  );
});

Deno.test("the companions hold every offset and size as 64 bits", () => {
  const offsets = entries(".off.idx", 2000);
  assertEquals(offsets.length, 2000);
  assertEquals(offsets[0], 0n);
  assertEquals(offsets[1999], 1999n << 24n);
  assertEquals(new Set(entries(".sz.idx", 2000)), new Set([1n << 24n]));
});

Deno.test("problems() refuses a codec that raw bytes cannot have", () => {
  const spec = fileSpec([4], { compression: "zip" });
  assertEquals(indexedBinary.problems(spec).length, 1);
});
