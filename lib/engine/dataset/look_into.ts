/**
 * What is inside of one file of a dataset, and what a reader would read of
 * it, for `stoker inspect`.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { FileSpec, Format } from "../../formats/format.ts";
import type { FileInside } from "../../formats/inside/file_inside.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import type { Storage } from "../../storage/storage.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import { type SampleReads, sampleReads } from "./sample_reads.ts";

/** What is known of a file that was looked into. */
export interface LookedInto {
  /** Null where there is nothing to tell. */
  readonly inside: FileInside | null;
  readonly reads: SampleReads;
}

/** Which file is looked into. */
export interface LookedAt {
  readonly storage: Storage;
  readonly format: Format;
  readonly dataset: DatasetPlan;
  /** In the storage. */
  readonly path: string;
  readonly fileIndex: number;
  /** Samples that it holds. */
  readonly held: number;
}

/**
 * Looks into a file.
 *
 * @throws {FormatError} If it is no file of the format.
 * @throws {StorageError} If it, or the index file beside it, cannot be read.
 */
export async function lookInto(file: LookedAt): Promise<LookedInto> {
  const { storage, format, path } = file;
  const source = await storage.open(path);
  try {
    if (format.indexPath === undefined) return await look(file, source);
    const index = await storage.open(format.indexPath(path));
    try {
      return await look(file, source, index);
    } finally {
      await index.close();
    }
  } finally {
    await source.close();
  }
}

async function look(
  { format, dataset, fileIndex, held }: LookedAt,
  source: ByteSource,
  index?: ByteSource,
): Promise<LookedInto> {
  const spec: FileSpec = {
    dataset: {
      ...dataset.spec,
      samplesPerFile: held,
      parquet: { ...dataset.spec.parquet, columns: [], decode: false },
    },
    fileIndex,
    sampleDims: new SampleDims(dataset.dims).of(fileIndex),
  };
  return {
    inside: await format.inside?.(source, index) ?? null,
    reads: await sampleReads(format, source, spec, index),
  };
}
