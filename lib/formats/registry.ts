/**
 * The formats that Stoker has: one line each.
 */
import type { Format } from "./format.ts";
import { INDEXED_BINARY, MMAP_INDEXED_BINARY } from "./indexed_binary.ts";
import { JPEG } from "./jpeg.ts";
import { PNG } from "./png.ts";
import { TFRECORD } from "./tfrecord.ts";
import { npy } from "./npy.ts";
import { npz } from "./npz.ts";
import { synthetic } from "./synthetic.ts";

/** All formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  npz,
  npy,
  synthetic,
  indexed_binary: INDEXED_BINARY,
  jpeg: JPEG,
  mmap_indexed_binary: MMAP_INDEXED_BINARY,
  png: PNG,
  tfrecord: TFRECORD,
};
