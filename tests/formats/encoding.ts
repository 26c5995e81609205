/**
 * What tests of formats need: specs, tools with a predictable random source,
 * and a way to collect a file.
 */
import { concatBytes } from "../../lib/bytes/concat_bytes.ts";
import { crc32, crc32c } from "../../lib/bytes/crc.ts";
import { PageArena } from "../../lib/bytes/page_arena.ts";
import type {
  DatasetSpec,
  EncodeTools,
  FileSpec,
  Format,
} from "../../lib/formats/format.ts";
import type { RandomSource } from "../../lib/random/random_source.ts";

/** A spec of one file; everything not given is the plainest. */
export function makeSpec(
  file: Partial<Omit<FileSpec, "dataset">> = {},
  dataset: Partial<DatasetSpec> = {},
): FileSpec {
  return {
    fileIndex: 0,
    sampleDims: [4, 4],
    ...file,
    dataset: {
      seed: 123,
      elementType: "uint8",
      samplesPerFile: 1,
      compression: "none",
      compressionLevel: 4,
      dedupeRatio: 1,
      compressRatio: 1,
      hdf5: { chunkDims: [], datasetsPerRecord: 1, maxShape: [] },
      parquet: {
        columns: [],
        rowGroupRows: 1024,
        generationBatchRows: 1024,
        partitionBy: null,
        decode: false,
      },
      arrow: { isStream: false, batchRows: 1000 },
      megatron: { documentLength: 1024, documentLengthStdev: 1024 },
      ...dataset,
    },
  };
}

/** Page-aligned work memory and the random source to use it with. */
export function makeTools(
  random: RandomSource,
  pageBytes = 65536,
): EncodeTools {
  return { random, pages: new PageArena(pageBytes).allocate(pageBytes) };
}

/** Bytes that golden files were made from: a function of the offset. */
export function patternByte(offset: number): number {
  return (167 * offset + 13 * Math.floor(offset / 256) + 5) % 256;
}

/** A random source that is none: {@linkcode patternByte} in every stream. */
export const PATTERN_SOURCE: RandomSource = {
  fill(view, _stream, offset) {
    for (let i = 0; i < view.length; i++) view[i] = patternByte(offset + i);
  },
  crc32: (_stream, offset, byteCount, crc) =>
    crc32(patternBytes(offset, byteCount), crc),
  crc32c: (_stream, offset, byteCount, crc) =>
    crc32c(patternBytes(offset, byteCount), crc),
};

/** Bytes [offset, offset + byteCount) of the pattern. */
export function patternBytes(offset: number, byteCount: number): Uint8Array {
  return Uint8Array.from(
    { length: byteCount },
    (_, i) => patternByte(offset + i),
  );
}

/** The whole file. */
export function encodeFile(
  format: Format,
  spec: FileSpec,
  tools: EncodeTools,
): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  for (const chunk of format.encode(spec, tools)) chunks.push(chunk.slice());
  return concatBytes(chunks);
}

/** Bytes of a golden file. */
export function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
