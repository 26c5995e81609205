/**
 * The formats that Stoker has: one line each.
 *
 * A line says how to load its format: a reader thread that loaded all of them
 * to use one would take 4 MB more.
 */
import type { Format } from "./format.ts";

/** What is known of a format before it is loaded. */
export interface FormatEntry {
  readonly load: () => Promise<Format>;
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
    load: async () => (await import("./tfrecord.ts")).tfrecord,
  },
  hdf5: { load: async () => (await import("./hdf5.ts")).hdf5 },
  csv: { load: async () => (await import("./csv.ts")).csv },
  npz: { load: async () => (await import("./npz.ts")).npz },
  npy: { load: async () => (await import("./npy.ts")).npy },
  jpeg: {
    load: async () => (await import("./jpeg.ts")).jpeg,
    isImage: true,
  },
  png: {
    load: async () => (await import("./png.ts")).png,
    isImage: true,
  },
  indexed_binary: {
    load: async () => (await import("./indexed_binary.ts")).indexedBinary,
  },
  mmap_indexed_binary: {
    load: async () => (await import("./indexed_binary.ts")).mmapIndexedBinary,
  },
  arrow: {
    load: async () => (await import("./arrow.ts")).arrow,
    ownSettings: "arrow",
  },
  megatron: {
    load: async () => (await import("./megatron.ts")).megatron,
    ownSettings: "megatron",
    isBlended: true,
  },
  safetensors: {
    load: async () => (await import("./safetensors.ts")).safetensors,
  },
  raw: { load: async () => (await import("./raw.ts")).raw },
  synthetic: {
    load: async () => (await import("./synthetic.ts")).synthetic,
  },
  parquet: {
    load: async () => (await import("./parquet.ts")).parquet,
    hasColumns: true,
  },
  mds: {
    load: async () => (await import("./mds.ts")).mds,
    hasShardCache: true,
  },
  webdataset: {
    load: async () => (await import("./webdataset.ts")).webdataset,
  },
};

/** Loads all formats, in the registry's order. */
export async function loadFormats(): Promise<Readonly<Record<string, Format>>> {
  const formats: Record<string, Format> = {};
  for (const [name, { load }] of Object.entries(FORMATS)) {
    formats[name] = await load();
  }
  return formats;
}
