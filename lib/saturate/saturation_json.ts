/**
 * `saturate.json`: the answer and the curve as plain data, written anew after
 * each probe. `stoker help saturating` lists its keys.
 */
import { recordToPlain } from "../results/key_case.ts";
import type { ProbePoint } from "./probe.ts";
import { answerOf, answerText, type Saturation } from "./saturation.ts";

/** Raised when an older reader would misread a newer file. */
const SATURATE_FORMAT_VERSION = 1;

/**
 * Renders a search.
 *
 * @param saturation The search, ended or not.
 * @returns Plain data without NaN or Infinity.
 */
export function saturationJson(
  saturation: Saturation,
): Readonly<Record<string, unknown>> {
  const { outcome, quantity } = saturation;
  const { value, isExact, misses, meets } = answerOf(saturation);
  return {
    stoker_saturate: SATURATE_FORMAT_VERSION,
    workload: saturation.workload,
    over: quantity.name,
    accelerators: saturation.accelerators,
    au_goal_percent: saturation.goalPercent,
    storage: saturation.storage,
    data_folder: saturation.dataFolder,
    from_cache: saturation.fromCache,
    start: new Date(saturation.startWallMs).toISOString(),
    first: saturation.first,
    max: saturation.max,
    probe_seconds: saturation.probeSeconds,
    max_runs: saturation.maxRuns,
    answer: value,
    answer_is_exact: isExact,
    nearest_missing: misses?.value ?? null,
    limit: misses?.limit ?? (meets === null ? "unknown" : "none"),
    limit_confidence: misses?.confidence ?? 0,
    ended_by: outcome.end,
    reason: outcome.obstacle?.text ?? outcome.error?.message ?? null,
    text: outcome.end === null ? null : answerText(saturation),
    points: outcome.points.map(pointJson),
  };
}

function pointJson({ runs, ...point }: ProbePoint) {
  return { ...recordToPlain(point), runs: runs.map(recordToPlain) };
}
