/**
 * `stoker.json`: everything that is known of a run.
 *
 *    format_version            2 or 3, see `format_versions.ts`
 *    stoker_version … command_line, label, versions
 *    complete, failure, errors, warnings
 *    start, end                {wall_ms, at_seconds}
 *    accelerators, hosts
 *    context                   settings that formulas use
 *    settings                  key → {value, origin}
 *    metric                    as in summary.json
 *    phases                    [{…facts (`phase_json.ts`), metrics}]
 *
 * Facts stand beside what was derived from them, so every figure can be
 * checked by hand and derived again by a later version.
 */
import { checkpointMetrics } from "../metrics/checkpoint_metrics.ts";
import { totalCacheDrop, totalDevice } from "../metrics/host_totals.ts";
import {
  formatVersionOf,
  STOKER_FORMAT_VERSION,
  upgradedPhase,
} from "./format_versions.ts";
import { recordFromPlain, recordToPlain } from "./key_case.ts";
import type { PlainRecord } from "./key_case.ts";
import { MappedList } from "./mapped_list.ts";
import { phaseFromPlain, phaseToPlain } from "./phase_json.ts";
import type { PlainPhase } from "./phase_json.ts";
import { PHASE_KINDS } from "../metrics/phase_kinds.ts";
import { phaseMetrics } from "../metrics/phase_metrics.ts";
import type {
  HostRecord,
  Moment,
  PhaseRecord,
  RunRecord,
} from "../metrics/run_record.ts";
import type { RunSummary } from "../metrics/summary.ts";
import { metricJson } from "./metric_json.ts";
import type { ResultContext } from "./result_context.ts";

/** The part of a run that is known before its first phase. */
export interface PlainRunHead {
  readonly format_version: number;
  readonly start: PlainRecord;
  readonly accelerators: number;
  readonly hosts: readonly PlainRecord[];
  readonly context: PlainRecord;
}

/** The content of `stoker.json`, as far as it is read back. */
export interface PlainRun extends PlainRunHead {
  readonly end: PlainRecord;
  readonly complete: boolean;
  readonly failure: string | null;
  readonly run_warnings: readonly string[];
  readonly phases: Iterable<PlainPhase>;
}

/** A run record without what is known only at its end. */
export type RunHead = Pick<RunRecord, "start" | "accelerators" | "hosts">;

/**
 * The part of `stoker.json` that is known before the first phase; also the
 * first line of the journal.
 *
 * @param head Start, accelerators and hosts.
 * @param context The settings of the run.
 * @returns Plain data.
 */
export function runHeadToPlain(
  head: RunHead,
  context: ResultContext,
): PlainRunHead {
  return {
    format_version: STOKER_FORMAT_VERSION,
    start: recordToPlain(head.start),
    accelerators: head.accelerators,
    hosts: head.hosts.map(recordToPlain),
    context: recordToPlain(context),
  };
}

/**
 * The content of `stoker.json`.
 *
 * @param record The run as it was measured.
 * @param context The settings of the run.
 * @param summary Derived from both.
 * @returns Plain data with `Float64Array`s, for `jsonPieces`.
 */
export function stokerJson(
  record: RunRecord,
  context: ResultContext,
  summary: RunSummary,
): PlainRun & PlainRecord {
  const { settings, ...rest } = context;
  return {
    stoker_version: context.stokerVersion,
    command_line: context.commandLine,
    label: context.label,
    versions: context.versions,
    complete: record.complete,
    failure: record.failure,
    errors: errorsOf(record),
    warnings: summary.warnings,
    run_warnings: record.warnings,
    ...runHeadToPlain(record, { ...rest, settings: {} }),
    format_version: formatVersionOf(record.phases),
    end: recordToPlain(record.end),
    settings,
    metric: metricJson(summary),
    phases: new MappedList(record.phases, (phase) => ({
      ...phaseToPlain(phase),
      ...totalsToPlain(phase),
      metrics: phaseMetricsToPlain(phase, context),
    })),
  };
}

/**
 * The facts of a run from the content of `stoker.json`.
 *
 * @param plain The parsed file.
 * @returns Record and context as they were saved.
 */
export function runFromPlain(
  plain: PlainRun & { readonly settings?: ResultContext["settings"] },
): { readonly record: RunRecord; readonly context: ResultContext } {
  const context = recordFromPlain<ResultContext>(plain.context);
  const hosts = plain.hosts.map((host) => recordFromPlain<HostRecord>(host));
  const file = {
    version: plain.format_version,
    hostname: hosts[0]?.hostname ?? "",
  };
  return {
    record: {
      start: recordFromPlain<Moment>(plain.start),
      end: recordFromPlain<Moment>(plain.end),
      accelerators: plain.accelerators,
      hosts,
      phases: Array.from(
        plain.phases,
        (phase) => phaseFromPlain(upgradedPhase(phase, file)),
      ),
      complete: plain.complete,
      failure: plain.failure,
      warnings: plain.run_warnings,
    },
    context: { ...context, settings: plain.settings ?? context.settings },
  };
}

/** Failed operations by phase, and why the run ended early. */
function errorsOf(record: RunRecord): string[] {
  const errors = record.failure === null ? [] : [record.failure];
  for (const phase of record.phases) {
    for (const worker of phase.workers) {
      if (worker.errors === 0) continue;
      errors.push(
        `${worker.errors} failed operations: ${phase.kind}, epoch ` +
          `${phase.epoch}, rank ${worker.rank}, ${worker.role} ` +
          `${worker.thread}`,
      );
    }
  }
  return errors;
}

/** Over all processes, where version 1 had the only one's; not read back. */
function totalsToPlain(phase: PhaseRecord): PlainRecord {
  const cacheDrop = totalCacheDrop(phase);
  return {
    device: totalDevice(phase),
    ...(cacheDrop === null ? {} : { cache_drop: recordToPlain(cacheDrop) }),
  };
}

function phaseMetricsToPlain(
  phase: PhaseRecord,
  context: ResultContext,
): PlainRecord {
  const metrics = phaseMetrics(phase, context);
  const { utilization } = metrics;
  const { shortfall, ...cache } = metrics.cache;
  const { isCheckpoint } = PHASE_KINDS[phase.kind];
  return {
    ...(utilization === null ? {} : {
      au_percentage: utilization.au,
      throughput_samples_per_second: utilization.samplesPerSecond,
      slowest_rank: utilization.slowest?.rank ?? null,
      slowest_host: utilization.slowest?.host ?? null,
      ranks: utilization.ranks.map(recordToPlain),
    }),
    ...(isCheckpoint ? checkpointToPlain(phase) : {}),
    first_done_seconds: metrics.firstDoneSeconds,
    last_done_seconds: metrics.lastDoneSeconds,
    bytes_moved: metrics.bytesMoved,
    mib_per_second: metrics.mibPerSecond,
    cache: {
      ...recordToPlain(cache),
      ...(shortfall === null ? {} : { not_from_device: shortfall.reasons }),
    },
    latency_us: metrics.latencies,
  };
}

function checkpointToPlain(phase: PhaseRecord): PlainRecord {
  const { shares, ...checkpoint } = checkpointMetrics(phase);
  return {
    ...recordToPlain(checkpoint),
    ranks: new MappedList(shares, ([rank, share]) => ({
      rank,
      ...recordToPlain(share),
    })),
  };
}
