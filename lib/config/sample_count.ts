/**
 * A number of samples per file, or "auto": as many as each file holds, which
 * is known only when the dataset was looked at. `engine/dataset/count_dataset.ts`
 * replaces "auto" by what files hold, before anything is planned.
 */
import { z } from "zod";
import { spelledNumber } from "./spelling.ts";
import type { NumberOptions } from "./setting.ts";

/**
 * What `dataset.num_samples_per_file` may be. Of settings that were counted
 * it is a mean where files hold different numbers, so it may have a fraction.
 */
export type SampleCount = number | "auto";

/** A number of samples of at least 1, or `auto`. */
export function sampleCount(
  fallback: number,
  { help, max }: NumberOptions & { readonly max: number },
) {
  const rule = `it must be an integer from 1 to ${max}, or auto`;
  const spelled = (value: unknown): unknown =>
    typeof value === "string" && value.toLowerCase() === "auto"
      ? "auto"
      : spelledNumber(value);
  const schema: z.ZodType<SampleCount> = z.union(
    [z.int().min(1).max(max), z.literal("auto")],
    { error: rule },
  );
  return z.preprocess(spelled, schema).default(fallback).meta({
    description: help,
    anyOf: [{ type: "integer", minimum: 1, maximum: max }, { const: "auto" }],
  });
}

/** The number, where one is given; null: as many as each file holds. */
export function givenSampleCount(count: SampleCount): number | null {
  return count === "auto" ? null : count;
}

/**
 * The number of samples of settings that were counted.
 *
 * @throws {Error} If nobody has counted yet: a defect of Stoker.
 */
export function countedSampleCount(count: SampleCount): number {
  if (count !== "auto") return count;
  throw new Error("the samples of the dataset have not been counted yet");
}
