/**
 * The formats that Stoker has: one line each.
 *
 * A line says how to load its format: a reader thread that loaded all of them
 * to use one would take 4 MB more.
 */
import type { Format } from "./format.ts";

/** How to load each format, by name. */
export const FORMATS: Readonly<Record<string, () => Promise<Format>>> = {
  npz: async () => (await import("./npz.ts")).npz,
  npy: async () => (await import("./npy.ts")).npy,
  hdf5: async () => (await import("./hdf5.ts")).hdf5,
  csv: async () => (await import("./csv.ts")).csv,
  tfrecord: async () => (await import("./tfrecord.ts")).tfrecord,
  indexed_binary: async () =>
    (await import("./indexed_binary.ts")).indexedBinary,
  mmap_indexed_binary: async () =>
    (await import("./indexed_binary.ts")).mmapIndexedBinary,
  jpeg: async () => (await import("./jpeg.ts")).jpeg,
  png: async () => (await import("./png.ts")).png,
  parquet: async () => (await import("./parquet.ts")).parquet,
  synthetic: async () => (await import("./synthetic.ts")).synthetic,
};

/** Loads all formats, in the registry's order. */
export async function loadFormats(): Promise<Readonly<Record<string, Format>>> {
  const formats: Record<string, Format> = {};
  for (const [name, load] of Object.entries(FORMATS)) {
    formats[name] = await load();
  }
  return formats;
}
