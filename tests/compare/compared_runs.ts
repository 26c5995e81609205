/** Runs to compare, made without running anything. */
import type { ComparedRun } from "../../lib/compare/compared_run.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import type { PhaseRecord, RunRecord } from "../../lib/metrics/run_record.ts";
import type {
  ResultContext,
  SettingOrigin,
} from "../../lib/results/result_context.ts";
import {
  CONTEXT,
  hostsOf,
  phaseOf,
  rankOf,
  runOf,
  workerOf,
} from "../metrics/sample_run.ts";

/** An epoch of four steps of one rank, each of so many seconds. */
export function epochOf(stepSeconds: number, epoch = 1): PhaseRecord {
  const step = [stepSeconds / 2, stepSeconds / 2, 0] as const;
  return phaseOf({
    epoch,
    durationSeconds: 4 * stepSeconds,
    ranks: [rankOf(0, [step, step, step, step])],
    workers: [workerOf(0, { bytes: 2 ** 20 })],
    bytesRequested: 2 ** 20,
    hosts: hostsOf({ bytes: 2 ** 20, source: "/proc/self/io" }),
  });
}

/** What a run is to have. */
export interface RunFacts {
  readonly folder?: string;
  /** Seconds of a step, one for each epoch. */
  readonly stepSeconds?: readonly number[];
  readonly phases?: readonly PhaseRecord[];
  readonly record?: Partial<RunRecord>;
  readonly context?: Partial<ResultContext>;
  /** Settings that are not the default, by key. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A run for a comparison. */
export function comparedRun(facts: RunFacts = {}): ComparedRun {
  const phases = facts.phases ??
    (facts.stepSeconds ?? [1, 1.01, 0.99]).map((seconds, index) =>
      epochOf(seconds, index + 1)
    );
  const record = runOf(phases, facts.record);
  const settings: Record<string, SettingOrigin> = {
    "dataset.format": { value: "npz", origin: "default" },
    "train.computation_time.mean": { value: 0.5, origin: "default" },
    "reader.odirect": { value: false, origin: "default" },
    "output.folder": { value: facts.folder ?? null, origin: "--results" },
  };
  for (const [key, value] of Object.entries(facts.settings ?? {})) {
    settings[key] = { value, origin: `++workload.${key}=${value}` };
  }
  const context = { ...CONTEXT, settings, ...facts.context };
  return {
    folder: facts.folder ?? "results/a",
    record,
    context,
    summary: summarize(record, context),
  };
}
