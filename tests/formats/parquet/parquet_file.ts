/**
 * What the Parquet tests share: specs, encoded files, reference values.
 */
import { assertEquals } from "@std/assert";
import type {
  DatasetSpec,
  FileSpec,
  ParquetColumn,
} from "../../../lib/formats/format.ts";
import { parquet as parquetFormat } from "../../../lib/formats/parquet.ts";
import { createScalarSource } from "../../../lib/random/scalar_source.ts";

const SEED = 42;
const PAGE_BUFFER_BYTES = 65536;

/** What a test says of a file; the rest has defaults. */
export interface FileOptions {
  readonly columns?: readonly ParquetColumn[];
  readonly rows?: number;
  readonly rowGroupRows?: number;
  readonly generationBatchRows?: number;
  readonly compression?: string;
  readonly sampleDims?: readonly number[];
  readonly partitionBy?: string | null;
  readonly fileIndex?: number;
}

/** A column that training reads. */
export function column(
  name: string,
  dtype: string,
  size = 1,
  read = true,
): ParquetColumn {
  return { name, dtype, size, read };
}

/** A spec of one file. */
export function parquetSpec(options: FileOptions): FileSpec {
  const dataset: DatasetSpec = {
    seed: SEED,
    elementType: "uint8",
    samplesPerFile: options.rows ?? 100,
    compression: options.compression ?? "none",
    compressionLevel: 4,
    dedupeRatio: 1,
    compressRatio: 1,
    hdf5: { chunkDims: [], datasetsPerRecord: 1, maxShape: [] },
    parquet: {
      columns: options.columns ?? [],
      rowGroupRows: options.rowGroupRows ?? 1024,
      generationBatchRows: options.generationBatchRows ?? 0,
      partitionBy: options.partitionBy ?? null,
      decode: false,
    },
    arrow: { isStream: false, batchRows: 1000 },
    megatron: { documentLength: 1024, documentLengthStdev: 1024 },
  };
  const sampleDims = options.sampleDims ?? [8, 8];
  return { dataset, sampleDims, fileIndex: options.fileIndex ?? 0 };
}

/** The whole file; its length and chunks must be as the seam demands. */
export function encodeParquet(spec: FileSpec): Uint8Array<ArrayBuffer> {
  assertEquals(parquetFormat.problems(spec), []);
  const random = createScalarSource({ seed: SEED });
  const pages = new Uint8Array(PAGE_BUFFER_BYTES);
  const parts: Uint8Array[] = [];
  let previousBytes = PAGE_BUFFER_BYTES;
  for (const chunk of parquetFormat.encode(spec, { random, pages })) {
    assertEquals(previousBytes, PAGE_BUFFER_BYTES, "a chunk before the last");
    previousBytes = chunk.length;
    parts.push(chunk.slice());
  }
  const file = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  const expectedBytes = parquetFormat.fileBytes(spec);
  if (expectedBytes !== null) assertEquals(file.length, expectedBytes);
  return file;
}

/** Bytes of a file's random stream. */
export function streamBytes(
  stream: number,
  offset: number,
  byteCount: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteCount);
  createScalarSource({ seed: SEED }).fill(bytes, stream, offset);
  return bytes;
}

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  // Not toHex(), which Deno 2.4 has not got.
  return Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
}
