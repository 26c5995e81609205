/**
 * Runs Stoker's engine on small workloads, for measuring it.
 */
import { soloLink } from "../../lib/cluster/link.ts";
import { placedAlone } from "../../lib/cluster/placement.ts";
import type { Share } from "../../lib/cluster/share.ts";
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import type { Workload } from "../../lib/config/workload.ts";
import { createRunClock } from "../../lib/engine/run/run_hooks.ts";
import { runWorkload } from "../../lib/engine/run/run_workload.ts";
import type { PhaseRecord, RankRecord } from "../../lib/metrics/run_record.ts";
import { COUNTED_PASSES } from "./passes.ts";

/** A resolved workload from settings alone. */
export function workloadOf(settings: readonly string[]): Workload {
  return resolveWorkload({
    overrides: parseOverrides(["framework=pytorch", ...settings]).overrides,
  }, { cpuCount: navigator.hardwareConcurrency }).workload;
}

/**
 * Runs a workload and throws what ended it early.
 *
 * @param onPhaseEnd Called with each phase as it ends.
 * @param share What of the run is done; absent: all of it.
 * @returns Its phases.
 */
export async function runEngine(
  workload: Workload,
  accelerators = 1,
  onPhaseEnd: (phase: PhaseRecord) => void = () => {},
  share?: Share,
): Promise<readonly PhaseRecord[]> {
  const { phases, error } = await runWorkload(workload, {
    signal: new AbortController().signal,
    moment: createRunClock(Date.now(), () => performance.now()),
    hostname: Deno.hostname(),
    link: soloLink,
    placement: placedAlone(Deno.hostname()),
    stallTimeoutMs: Infinity,
    onProgress: () => {},
    onPhaseBegin: () => {},
    onPhaseEnd,
  }, {
    accelerators,
    randomSeed: 1,
    force: true,
    stokerVersion: "perf",
    onWarning: () => {},
    ...(share === undefined ? {} : { share }),
  });
  if (error !== null) throw error;
  return phases;
}

/** The first accelerator of a phase. */
export function firstRank(phase: PhaseRecord | undefined): RankRecord {
  const rank = phase?.ranks[0];
  if (rank === undefined) throw new Error("the phase has no accelerator");
  return rank;
}

/** Seconds from the gate until the last accelerator was done. */
export function doneSeconds(phase: PhaseRecord | undefined): number {
  return Math.max(...(phase?.ranks ?? []).map((rank) => rank.doneSeconds));
}

/** Mean seconds of the last epochs of a run, those that count. */
export function countedSeconds(epochs: readonly PhaseRecord[]): number {
  const counted = epochs.slice(-COUNTED_PASSES);
  return counted.reduce((sum, epoch) => sum + doneSeconds(epoch), 0) /
    counted.length;
}

/** Mean microseconds of a step, without the first. */
export function stepMicroseconds({ stepSeconds }: RankRecord): number {
  const rest = stepSeconds.subarray(1);
  const sum = rest.reduce((total, seconds) => total + seconds, 0);
  return 1e6 * sum / rest.length;
}

/** Accelerator utilization in percent, without the first step. */
export function auPercent(rank: RankRecord): number {
  let computeSeconds = 0;
  let stepSeconds = 0;
  for (let step = 1; step < rank.stepCount; step++) {
    computeSeconds += rank.computeSeconds[step] ?? 0;
    stepSeconds += rank.stepSeconds[step] ?? 0;
  }
  return 100 * computeSeconds / stepSeconds;
}

/** Gives a measure a folder of its own and removes it afterwards. */
export async function inTempFolder<Result>(
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "stoker-perf-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
