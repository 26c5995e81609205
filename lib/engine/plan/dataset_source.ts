/**
 * The random source of a dataset: unique bytes, or bytes that reduce as
 * `dataset.dedupe_ratio` and `dataset.compress_ratio` say.
 */
import type { PageArena } from "../../bytes/page_arena.ts";
import { type Format, sampleBytes } from "../../formats/format.ts";
import type { RandomSource } from "../../random/random_source.ts";
import { createReducedSource } from "../../random/reduced_source.ts";
import { planReduction, type Reduction } from "../../random/reduction.ts";
import { createRandomSource } from "../../random/wasm_source.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import type { DatasetPlan } from "./run_plan.ts";

/** Makes the source; takes its region from the arena. */
export function createDatasetSource(
  arena: PageArena,
  dataset: DatasetPlan,
  format: Format,
): RandomSource {
  const source = createRandomSource(arena, { seed: dataset.spec.seed });
  return createReducedSource(source, reductionOf(dataset, format));
}

/** How a dataset's data reduces: decided by its first file, for all. */
export function reductionOf(dataset: DatasetPlan, format: Format): Reduction {
  const { spec } = dataset;
  const sampleDims = new SampleDims(dataset.dims).of(0);
  const file = { dataset: spec, fileIndex: 0, sampleDims };
  return planReduction({
    dedupeRatio: spec.dedupeRatio,
    compressRatio: spec.compressRatio,
    payloadBytes: sampleBytes(file) * spec.samplesPerFile,
    isInterleaved: format.isInterleaved === true || spec.compression !== "none",
  });
}
