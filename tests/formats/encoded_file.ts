/**
 * What the format tests share: specs with defaults, whole encoded files, a
 * file in memory, and mutations of it.
 */
import * as fc from "fast-check";
import { assertEquals, assertLessOrEqual } from "@std/assert";
import type { Awaitable } from "../../lib/bytes/awaitable.ts";
import type { ByteSource } from "../../lib/bytes/byte_source.ts";
import { RangeList } from "../../lib/bytes/range_list.ts";
import { FormatError } from "../../lib/errors.ts";
import type {
  DatasetSpec,
  EncodeTools,
  FileIndex,
  FileSpec,
  Format,
} from "../../lib/formats/format.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import { makeSpec } from "./encoding.ts";

export const SEED = 42;
const PAGE_BUFFER_BYTES = 65536;

/** A spec of one file; `dataset` overrides the defaults. */
export function fileSpec(
  sampleDims: readonly number[],
  dataset: Partial<DatasetSpec> = {},
  fileIndex = 0,
): FileSpec {
  return makeSpec({ sampleDims, fileIndex }, { seed: SEED, ...dataset });
}

/** Tools over the scalar source and a buffer of the smallest size. */
export function scalarTools(): EncodeTools {
  return {
    random: createScalarSource({ seed: SEED }),
    pages: new Uint8Array(PAGE_BUFFER_BYTES),
  };
}

/** Bytes of a random stream. */
export function streamBytes(
  stream: number,
  offset: number,
  byteCount: number,
): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  createScalarSource({ seed: SEED }).fill(bytes, stream, offset);
  return bytes;
}

/** Joins chunks; all but the last must fill the page buffer. */
export function joinChunks(chunks: Iterable<Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  let previousBytes = PAGE_BUFFER_BYTES;
  for (const chunk of chunks) {
    assertEquals(previousBytes, PAGE_BUFFER_BYTES, "a chunk before the last");
    previousBytes = chunk.length;
    parts.push(chunk.slice());
  }
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The whole file; its length must be what the format said. */
export function encodeFile(format: Format, spec: FileSpec): Uint8Array {
  assertEquals(format.problems(spec), []);
  const file = joinChunks(format.encode(spec, scalarTools()));
  const expectedBytes = format.fileBytes(spec);
  if (expectedBytes !== null) assertEquals(file.length, expectedBytes);
  return file;
}

/** A file in memory that counts reads. */
export class MemoryFile implements ByteSource {
  readonly path = "train/file";
  readCount = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly isLate = false,
    readonly byteLength = bytes.length,
  ) {}

  readInto(view: Uint8Array, offset: number): Awaitable<number> {
    this.readCount++;
    const part = this.bytes.subarray(offset, offset + view.length);
    view.set(part);
    return this.isLate ? Promise.resolve(part.length) : part.length;
  }
}

/** The ranges of samples as [offset, byteCount] pairs. */
export function plan(
  format: Format,
  index: FileIndex,
  first: number,
  count: number,
  continues = false,
): number[][] {
  const ranges = new RangeList();
  format.ranges!(index, first, count, continues, ranges);
  return Array.from(
    { length: ranges.count },
    (_, i) => [ranges.offsetOf(i), ranges.byteCountOf(i)],
  );
}

/** One change to a file's bytes. */
export interface Mutation {
  readonly at: number;
  readonly byte: number;
  /** Share of the file that is kept, in 1/1000. */
  readonly keptPermille: number;
}

/** Changes of a file, as fast-check makes them. */
export function mutationsOf(
  file: Uint8Array,
  maxCount: number,
): fc.Arbitrary<Mutation[]> {
  const mutation = fc.record({
    at: fc.nat(file.length - 1),
    byte: fc.nat(255),
    keptPermille: fc.nat(1000),
  });
  return fc.array(mutation, { maxLength: maxCount });
}

/**
 * Opens a changed file: it must give ranges inside the file or a
 * FormatError, after a bounded number of reads.
 */
export function checkMutated(
  format: Format,
  spec: FileSpec,
  file: Uint8Array,
  mutations: readonly Mutation[],
): void {
  const keptPermille = mutations[0]?.keptPermille ?? 1000;
  const bytes = file.slice(0, Math.ceil(file.length * keptPermille / 1000));
  for (const { at, byte } of mutations) {
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
  }
  const source = new MemoryFile(bytes);
  const { samplesPerFile } = spec.dataset;
  try {
    const index = format.open!(source, spec) as FileIndex;
    for (const [offset, byteCount] of plan(format, index, 0, samplesPerFile)) {
      assertLessOrEqual(offset! + byteCount!, bytes.length);
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  assertLessOrEqual(source.readCount, samplesPerFile + 3);
}
