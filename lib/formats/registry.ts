/**
 * The formats that Stoker has: one line each.
 */
import type { Format } from "./format.ts";
import { INDEXED_BINARY, MMAP_INDEXED_BINARY } from "./indexed_binary.ts";
import { JPEG } from "./jpeg.ts";
import { npy } from "./npy.ts";
import { npz } from "./npz.ts";
import { PARQUET } from "./parquet.ts";
import { PNG } from "./png.ts";
import { synthetic } from "./synthetic.ts";
import { TFRECORD } from "./tfrecord.ts";

/** All formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  indexed_binary: INDEXED_BINARY,
  jpeg: JPEG,
  mmap_indexed_binary: MMAP_INDEXED_BINARY,
  npy,
  npz,
  parquet: PARQUET,
  png: PNG,
  synthetic,
  tfrecord: TFRECORD,
};
