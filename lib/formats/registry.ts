/**
 * The formats that Stoker has: one line each.
 *
 * A line says where its format is and loads nothing: a thread gets the one that
 * it uses (`engine/threads/thread_program.ts`), as each further module takes
 * memory in every thread.
 */
import { type LazyPart, lazyPart } from "../lazy_import.ts";
import type { Format } from "./format.ts";

/** What is known of a format before it is loaded. */
export interface FormatEntry {
  readonly part: LazyPart<Format>;
  /** True: a sample is the pixels of one image. @default {false} */
  readonly isImage?: boolean;
  /**
   * True: samples are rows of `dataset.parquet.columns`, where there are any.
   * @default {false}
   */
  readonly hasColumns?: boolean;
  /** The block of a dataset's settings that is this format's alone. */
  readonly ownSettings?: "arrow" | "megatron";
  /**
   * True: samples of several files are mixed, as `dataset.megatron.blend`
   * says, and not read file after file.
   * @default {false}
   */
  readonly isBlended?: boolean;
  /**
   * True: its loader may copy shards to this host before it reads samples of
   * them, see `reader.shard_cache_folder`. @default {false}
   */
  readonly hasShardCache?: boolean;
}

/** The formats by name. */
export const FORMATS: Readonly<Record<string, FormatEntry>> = {
  tfrecord: {
    part: lazyPart(import.meta.resolve("./tfrecord.ts"), "tfrecord"),
  },
  hdf5: { part: lazyPart(import.meta.resolve("./hdf5.ts"), "hdf5") },
  csv: { part: lazyPart(import.meta.resolve("./csv.ts"), "csv") },
  npz: { part: lazyPart(import.meta.resolve("./npz.ts"), "npz") },
  npy: { part: lazyPart(import.meta.resolve("./npy.ts"), "npy") },
  jpeg: {
    part: lazyPart(import.meta.resolve("./jpeg.ts"), "jpeg"),
    isImage: true,
  },
  png: {
    part: lazyPart(import.meta.resolve("./png.ts"), "png"),
    isImage: true,
  },
  indexed_binary: {
    part: lazyPart(import.meta.resolve("./indexed_binary.ts"), "indexedBinary"),
  },
  mmap_indexed_binary: {
    part: lazyPart(
      import.meta.resolve("./indexed_binary.ts"),
      "mmapIndexedBinary",
    ),
  },
  arrow: {
    part: lazyPart(import.meta.resolve("./arrow.ts"), "arrow"),
    ownSettings: "arrow",
  },
  megatron: {
    part: lazyPart(import.meta.resolve("./megatron.ts"), "megatron"),
    ownSettings: "megatron",
    isBlended: true,
  },
  safetensors: {
    part: lazyPart(import.meta.resolve("./safetensors.ts"), "safetensors"),
  },
  raw: { part: lazyPart(import.meta.resolve("./raw.ts"), "raw") },
  synthetic: {
    part: lazyPart(import.meta.resolve("./synthetic.ts"), "synthetic"),
  },
  parquet: {
    part: lazyPart(import.meta.resolve("./parquet.ts"), "parquet"),
    hasColumns: true,
  },
  mds: {
    part: lazyPart(import.meta.resolve("./mds.ts"), "mds"),
    hasShardCache: true,
  },
  webdataset: {
    part: lazyPart(import.meta.resolve("./webdataset.ts"), "webdataset"),
  },
};

/** Loads all formats, in the registry's order. */
export async function loadFormats(): Promise<Readonly<Record<string, Format>>> {
  const formats: Record<string, Format> = {};
  for (const [name, { part }] of Object.entries(FORMATS)) {
    formats[name] = await part.load();
  }
  return formats;
}
