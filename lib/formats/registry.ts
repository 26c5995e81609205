/**
 * The formats that Stoker has: one line each.
 *
 * A line says how to load its format: a reader thread that loaded all of them
 * to use one would take 4 MB more. See `lazy_import.ts`.
 */
import { lazyImport } from "../lazy_import.ts";
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
    load: () => formatOf(import.meta.resolve("./tfrecord.ts"), "tfrecord"),
  },
  hdf5: { load: () => formatOf(import.meta.resolve("./hdf5.ts"), "hdf5") },
  csv: { load: () => formatOf(import.meta.resolve("./csv.ts"), "csv") },
  npz: { load: () => formatOf(import.meta.resolve("./npz.ts"), "npz") },
  npy: { load: () => formatOf(import.meta.resolve("./npy.ts"), "npy") },
  jpeg: {
    load: () => formatOf(import.meta.resolve("./jpeg.ts"), "jpeg"),
    isImage: true,
  },
  png: {
    load: () => formatOf(import.meta.resolve("./png.ts"), "png"),
    isImage: true,
  },
  indexed_binary: {
    load: () =>
      formatOf(import.meta.resolve("./indexed_binary.ts"), "indexedBinary"),
  },
  mmap_indexed_binary: {
    load: () =>
      formatOf(import.meta.resolve("./indexed_binary.ts"), "mmapIndexedBinary"),
  },
  arrow: {
    load: () => formatOf(import.meta.resolve("./arrow.ts"), "arrow"),
    ownSettings: "arrow",
  },
  megatron: {
    load: () => formatOf(import.meta.resolve("./megatron.ts"), "megatron"),
    ownSettings: "megatron",
    isBlended: true,
  },
  safetensors: {
    load: () =>
      formatOf(import.meta.resolve("./safetensors.ts"), "safetensors"),
  },
  raw: { load: () => formatOf(import.meta.resolve("./raw.ts"), "raw") },
  synthetic: {
    load: () => formatOf(import.meta.resolve("./synthetic.ts"), "synthetic"),
  },
  parquet: {
    load: () => formatOf(import.meta.resolve("./parquet.ts"), "parquet"),
    hasColumns: true,
  },
  mds: {
    load: () => formatOf(import.meta.resolve("./mds.ts"), "mds"),
    hasShardCache: true,
  },
  webdataset: {
    load: () => formatOf(import.meta.resolve("./webdataset.ts"), "webdataset"),
  },
};

/** Loads what one module exports under a name. */
async function formatOf(url: string, name: string): Promise<Format> {
  const module = await lazyImport<Readonly<Record<string, Format>>>(url);
  const format = module[name];
  if (format === undefined) throw new Error(`${url} must export ${name}`);
  return format;
}

/** Loads all formats, in the registry's order. */
export async function loadFormats(): Promise<Readonly<Record<string, Format>>> {
  const formats: Record<string, Format> = {};
  for (const [name, { load }] of Object.entries(FORMATS)) {
    formats[name] = await load();
  }
  return formats;
}
