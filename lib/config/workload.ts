/**
 * The resolved workload: every setting with its final value, frozen.
 *
 * Names are DLIO's, nested as in its YAML (`workload.reader.read_threads`).
 * Sizes are bytes and durations seconds; distributions are unions by `type`.
 * Only `resolve.ts` makes one; everything above reads it.
 */
import type { z } from "zod";
import type { workloadSchema } from "./schema.ts";

/** A type of which nothing can be changed, at any depth. */
export type DeepReadonly<T> = T extends object
  ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
  : T;

/** All settings of a run. */
export type Workload = DeepReadonly<z.output<typeof workloadSchema>>;
