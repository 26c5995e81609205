/**
 * The formats that Stoker has: one line each.
 */
import type { Format } from "./format.ts";
import { csv } from "./csv.ts";
import { hdf5 } from "./hdf5.ts";
import { indexedBinary, mmapIndexedBinary } from "./indexed_binary.ts";
import { jpeg } from "./jpeg.ts";
import { npy } from "./npy.ts";
import { npz } from "./npz.ts";
import { parquet } from "./parquet.ts";
import { png } from "./png.ts";
import { synthetic } from "./synthetic.ts";
import { tfrecord } from "./tfrecord.ts";

/** All formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  npz,
  npy,
  hdf5,
  csv,
  tfrecord,
  indexed_binary: indexedBinary,
  mmap_indexed_binary: mmapIndexedBinary,
  jpeg,
  png,
  parquet,
  synthetic,
};
