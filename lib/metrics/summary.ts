/**
 * A run in figures: what is derived from its record, by kind of phase, and
 * what its reader must be warned of. Typed and without names of files' keys;
 * `results/summary_json.ts` gives DLIO's.
 */
import { cacheDropWarnings } from "./cache_drop.ts";
import { cacheWarning } from "./cache_truth.ts";
import { type HostFigures, hostFigures } from "./host_figures.ts";
import { summarizeKind } from "./kind_summary.ts";
import type { KindSummary } from "./kind_summary.ts";
import { PHASE_KIND_NAMES, PHASE_KINDS } from "./phase_kinds.ts";
import type { PhaseKind } from "./phase_kinds.ts";
import {
  type IoEngines,
  ioEngineWarnings,
  totalIoEngines,
} from "./io_engine.ts";
import type {
  HostRecord,
  Moment,
  PhaseRecord,
  RunRecord,
} from "./run_record.ts";
import { stepWarnings } from "./step_warnings.ts";
import type { SummarySettings } from "./summary_settings.ts";
import { phaseUtilization } from "./utilization.ts";
import { runVerdict } from "./verdict/run_verdict.ts";
import type { Verdict } from "./verdict/verdict.ts";

/** Figures of a run. */
export interface RunSummary extends IoEngines {
  readonly start: Moment;
  readonly end: Moment;
  readonly accelerators: number;
  readonly hosts: readonly HostRecord[];
  /** Of each host; empty of a run with a single process. */
  readonly hostFigures: readonly HostFigures[];
  /** Kinds that the run had, in the order of `PHASE_KINDS`. */
  readonly kinds: ReadonlyMap<PhaseKind, KindSummary>;
  /** Of one checkpoint, all ranks; null if none was saved or loaded. */
  readonly checkpointBytes: number | null;
  /** Nominal bytes of the training set that the ranks of one host read. */
  readonly dataBytesPerHost: number;
  readonly complete: boolean;
  /** Those of the record, then those that the figures give rise to. */
  readonly warnings: readonly string[];
  /** Null without training, evaluation and checkpoints. */
  readonly verdict: Verdict | null;
}

/**
 * Derives the figures of a run.
 *
 * @param record The run as it was measured, complete or not.
 * @param settings What formulas use.
 * @returns Figures without NaN or Infinity.
 */
export function summarize(
  record: RunRecord,
  settings: SummarySettings,
): RunSummary {
  const kinds = kindsOf(record, settings);
  const hasCheckpoint = [...kinds.keys()].some((kind) =>
    PHASE_KINDS[kind].isCheckpoint
  );
  return {
    start: record.start,
    end: record.end,
    accelerators: record.accelerators,
    hosts: record.hosts,
    hostFigures: hostFigures(record),
    kinds,
    checkpointBytes: hasCheckpoint ? settings.checkpointBytes : null,
    dataBytesPerHost: dataBytesPerHost(record, settings),
    complete: record.complete,
    warnings: [
      ...record.warnings,
      ...derivedWarnings(record, kinds, settings),
    ],
    ...totalIoEngines(record.phases),
    verdict: runVerdict(record, measuredKinds({ kinds }), settings),
  };
}

/**
 * Kinds of a summary that a benchmark is made for: all but those that
 * prepare or check its files.
 *
 * @param summary A run's summary.
 * @returns One entry for each, in order.
 */
export function measuredKinds(
  { kinds }: Pick<RunSummary, "kinds">,
): KindSummary[] {
  return [...kinds.values()]
    .filter(({ kind }) => PHASE_KINDS[kind].keyPrefix !== null);
}

/**
 * Whether a run missed the AU goal, in training or in evaluation.
 *
 * @param summary A run's summary.
 * @returns False also for a run without steps, which has no AU.
 */
export function missesGoal(summary: Pick<RunSummary, "kinds">): boolean {
  return measuredKinds(summary)
    .some(({ steps }) => steps !== null && !steps.meetsGoal);
}

/**
 * Whether figures of training or evaluation are those of a run that is too
 * short for what its readers hold.
 *
 * @param summary A run's summary.
 */
export function isUnsettled(summary: Pick<RunSummary, "kinds">): boolean {
  return measuredKinds(summary)
    .some(({ steps }) => steps !== null && !steps.settling.isSettled);
}

/**
 * Bytes of the training set that the ranks of one host read. The number of
 * samples is rounded down, as in DLIO.
 *
 * @param run The number of accelerators and hosts.
 * @param settings The dataset's size.
 * @returns Nominal bytes.
 */
export function dataBytesPerHost(
  run: Pick<RunRecord, "accelerators" | "hosts">,
  settings: SummarySettings,
): number {
  const ranksPerHost = run.accelerators / Math.max(1, run.hosts.length);
  const sampleCount = settings.numSamplesPerFile * settings.numFilesTrain;
  const share = Math.floor(
    ranksPerHost * sampleCount / Math.max(1, run.accelerators),
  );
  return share * settings.recordBytes;
}

function kindsOf(
  { phases, complete }: RunRecord,
  settings: SummarySettings,
): Map<PhaseKind, KindSummary> {
  const kinds = new Map<PhaseKind, KindSummary>();
  for (const kind of PHASE_KIND_NAMES) {
    const own = phases.filter((phase) => phase.kind === kind);
    if (own.length === 0) continue;
    const run = { settings, isComplete: complete };
    kinds.set(kind, summarizeKind(kind, own, run));
  }
  return kinds;
}

/** Warnings that only the measured figures give rise to. */
function derivedWarnings(
  record: RunRecord,
  kinds: ReadonlyMap<PhaseKind, KindSummary>,
  settings: SummarySettings,
): string[] {
  return [
    ...[...kinds].flatMap(([kind, { cache }]) =>
      cacheWarning(kind, cache) ?? []
    ),
    ...cacheDropWarnings(record.phases),
    ...[...kinds.values()].flatMap(stepWarnings),
    ...windowWarnings(record, settings),
    ...ioEngineWarnings(totalIoEngines(record.phases)),
  ];
}

/** One text for all epochs of a kind that the exclusions leave nothing of. */
function windowWarnings(
  record: RunRecord,
  settings: SummarySettings,
): string[] {
  const epochs = new Map<string, number[]>();
  for (const phase of record.phases) {
    const reason = emptyWindow(phase, settings);
    if (reason === null) continue;
    epochs.set(reason, [...epochs.get(reason) ?? [], phase.epoch]);
  }
  return [...epochs].map(([reason, numbers]) =>
    `${numbers.length === 1 ? "Epoch" : "Epochs"} ${numbers.join(", ")} ` +
    reason
  );
}

function emptyWindow(
  phase: PhaseRecord,
  settings: SummarySettings,
): string | null {
  const { hasSteps, verb } = PHASE_KINDS[phase.kind];
  if (!hasSteps) return null;
  if (phaseUtilization(phase, settings).au !== null) return null;
  const steps = Math.max(0, ...phase.ranks.map((rank) => rank.stepCount));
  if (steps === 0) {
    return `(${verb}) without AU and throughput: ` +
      "it was ended before its first step";
  }
  return `(${verb}) without AU and throughput: of ${steps} steps per ` +
    `accelerator the first ${settings.excludeStartSteps} and the last ` +
    `${settings.excludeEndSteps} are excluded ` +
    "(output.metric.exclude_start_steps, output.metric.exclude_end_steps)";
}
