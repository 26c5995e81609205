/**
 * The formats that Stoker has: one line each.
 */
import type { Format } from "./format.ts";
import { TFRECORD } from "./tfrecord.ts";
import { npy } from "./npy.ts";
import { npz } from "./npz.ts";
import { synthetic } from "./synthetic.ts";

/** All formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  npz,
  npy,
  synthetic,
  tfrecord: TFRECORD,
};
