/**
 * A number of files, or "all" that are there: known only when the dataset was
 * looked at. `engine/dataset/locate_dataset.ts` replaces "all" by the number,
 * before anything is planned.
 */
import { z } from "zod";
import { spelledNumber } from "./spelling.ts";
import type { NumberOptions } from "./setting.ts";

/** What `dataset.num_files_train` and `dataset.num_files_eval` may be. */
export type FileCount = number | "all";

/** A number of files of at least 0, or `all`. */
export function fileCount(
  fallback: number,
  { help, max }: NumberOptions & { readonly max: number },
) {
  const rule = `it must be an integer from 0 to ${max}, or all`;
  const spelled = (value: unknown): unknown =>
    typeof value === "string" && value.toLowerCase() === "all"
      ? "all"
      : spelledNumber(value);
  const schema: z.ZodType<FileCount> = z.union(
    [z.int().min(0).max(max), z.literal("all")],
    { error: rule },
  );
  return z.preprocess(spelled, schema).default(fallback).meta({
    description: help,
    anyOf: [{ type: "integer", minimum: 0, maximum: max }, { const: "all" }],
  });
}

/** The number, where one is given; null: all that are there. */
export function givenFileCount(count: FileCount): number | null {
  return count === "all" ? null : count;
}

/**
 * The number of files of settings that were located.
 *
 * @throws {Error} If nobody has looked yet: a defect of Stoker.
 */
export function locatedFileCount(count: FileCount): number {
  if (count !== "all") return count;
  throw new Error("the files of the dataset have not been counted yet");
}
