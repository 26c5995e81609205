/**
 * `summary.json`: one run in one small object, DLIO's keys and ours.
 *
 * Keys and their order: `dlio.md` 6.1; additions: `interface.md`, "Results
 * folder". DLIO's key names say MB and GB and mean MiB and GiB; they are
 * kept because its tools ask for them.
 */
import { cacheDropWarnings } from "./cache_drop.ts";
import { cacheTruth, cacheWarning, READING_KINDS } from "./cache_truth.ts";
import type { ResultContext } from "./result_context.ts";
import type { PhaseRecord, RunRecord } from "./run_record.ts";
import { summaryMetric } from "./summary_metric.ts";
import type { SummaryMetric } from "./summary_metric.ts";
import { localTimestamp } from "./timestamp.ts";
import { phaseUtilization } from "./utilization.ts";

const BYTES_PER_GIB = 2 ** 30;

/** The content of `summary.json`. */
export interface Summary {
  readonly start: string;
  readonly num_accelerators: number;
  readonly num_hosts: number;
  readonly hostname: string;
  readonly metric: SummaryMetric;
  readonly num_files_train: number;
  readonly num_files_eval: number;
  readonly num_samples_per_file: number;
  /** One per host, as the other lists. */
  readonly host_cpu_count: readonly number[];
  readonly host_processor_name: string;
  /** 1 if the host's share of the dataset fits into its memory. */
  readonly potential_caching: readonly number[];
  readonly host_cpuinfo: Readonly<Record<string, string>>;
  readonly host_meminfo: Readonly<Record<string, string>>;
  readonly host_memory_GB: readonly number[];
  readonly data_size_per_host_GB: number;
  readonly epochs: number;
  readonly end: string;
  readonly stoker_version: string;
  readonly complete: boolean;
  readonly warnings: readonly string[];
}

/**
 * Derives the summary of a run.
 *
 * @param record The run as it was measured, complete or not.
 * @param context The settings that formulas use.
 * @returns Plain data without NaN or Infinity.
 */
export function summarize(
  record: RunRecord,
  context: ResultContext,
): Summary {
  const { utcOffsetMinutes } = context;
  const host = record.hosts[0];
  const dataGib = dataSizePerHostGib(record, context);
  const memoryGib = record.hosts.map((h) => h.memoryBytes / BYTES_PER_GIB);
  return {
    start: localTimestamp(record.start.wallMs, utcOffsetMinutes),
    num_accelerators: record.accelerators,
    num_hosts: record.hosts.length,
    hostname: host?.hostname ?? "",
    metric: summaryMetric(record, context),
    num_files_train: context.numFilesTrain,
    num_files_eval: context.numFilesEval,
    num_samples_per_file: context.numSamplesPerFile,
    host_cpu_count: record.hosts.map((h) => h.cpuCount),
    host_processor_name: host?.cpuModel ?? "",
    potential_caching: memoryGib.map((gib) => gib > dataGib ? 1 : 0),
    host_cpuinfo: host?.cpuInfo ?? {},
    host_meminfo: host?.memInfo ?? {},
    host_memory_GB: memoryGib,
    data_size_per_host_GB: dataGib,
    epochs: record.phases.filter(({ kind }) => kind === "train").length,
    end: localTimestamp(record.end.wallMs, utcOffsetMinutes),
    stoker_version: context.stokerVersion,
    complete: record.complete,
    warnings: [...record.warnings, ...derivedWarnings(record, context)],
  };
}

/**
 * GiB of the training set that the ranks of one host read, as DLIO rounds
 * it (`dlio.md` 5.6).
 *
 * @param record For the number of accelerators and hosts.
 * @param context For the dataset's size.
 * @returns GiB.
 */
export function dataSizePerHostGib(
  record: RunRecord,
  context: ResultContext,
): number {
  const ranksPerHost = record.accelerators / Math.max(1, record.hosts.length);
  const sampleCount = context.numSamplesPerFile * context.numFilesTrain;
  const share = Math.floor(
    ranksPerHost * sampleCount / Math.max(1, record.accelerators),
  );
  return share * context.recordBytes / BYTES_PER_GIB;
}

/** Warnings that only the measured figures give rise to. */
function derivedWarnings(
  record: RunRecord,
  context: ResultContext,
): string[] {
  const warnings: string[] = [];
  for (const reading of READING_KINDS) {
    const phases = record.phases.filter(({ kind }) => kind === reading);
    const caching = cacheWarning(reading, cacheTruth(phases));
    if (caching !== null) warnings.push(caching);
  }
  warnings.push(...cacheDropWarnings(record.phases));
  warnings.push(...windowWarnings(record, context));
  return warnings;
}

/** One text for all epochs of a kind that the exclusions leave nothing of. */
function windowWarnings(
  record: RunRecord,
  context: ResultContext,
): string[] {
  const epochs = new Map<string, number[]>();
  for (const phase of record.phases) {
    const reason = emptyWindow(phase, context);
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
  context: ResultContext,
): string | null {
  if (phase.kind !== "train" && phase.kind !== "eval") return null;
  if (phaseUtilization(phase, context).au !== null) return null;
  const steps = Math.max(0, ...phase.ranks.map((rank) => rank.stepCount));
  if (steps === 0) {
    return `(${phase.kind}) without AU and throughput: ` +
      "it was ended before its first step";
  }
  return `(${phase.kind}) without AU and throughput: of ${steps} steps per ` +
    `accelerator the first ${context.excludeStartSteps} and the last ` +
    `${context.excludeEndSteps} are excluded ` +
    "(output.metric.exclude_start_steps, output.metric.exclude_end_steps)";
}
