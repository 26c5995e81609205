/**
 * `summary.json`: one run in one small object, DLIO's keys and ours, rendered
 * from the typed summary. Metrics have a file of their own: `metric_json.ts`.
 * `lib/help/results.md` lists all keys.
 *
 * DLIO's key names say MB and GB where they mean MiB and GiB. They are kept
 * because its tools ask for them.
 */
import type { RunSummary } from "../metrics/summary.ts";
import type { Verdict } from "../metrics/verdict/verdict.ts";
import { localTimestamp } from "./dlio/timestamp.ts";
import { metricJson } from "./metric_json.ts";
import type { MetricJson } from "./metric_json.ts";
import { type PlainRecord, recordToPlain } from "./key_case.ts";
import { isScaled, type ResultContext } from "./result_context.ts";

const BYTES_PER_GIB = 2 ** 30;

/** The content of `summary.json`. */
export interface SummaryJson {
  readonly start: string;
  readonly num_accelerators: number;
  readonly num_hosts: number;
  readonly hostname: string;
  readonly metric: MetricJson;
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
  /** Null: nothing was measured that could be compared. */
  readonly comparability_class: string | null;
  /** How files were read; null: there were none. */
  readonly read_engine: PlainRecord | null;
  /** The same of files that were written. */
  readonly write_engine: PlainRecord | null;
  /** Null without training, evaluation and checkpoints. */
  readonly verdict: PlainRecord | null;
  /** One for each host; absent of a run with a single process. */
  readonly hosts?: readonly PlainRecord[];
  /** False for a result made of shares; absent for a run of its own. */
  readonly synchronised?: false;
  /** Of the shares, see `MergedShares`; absent for a run of its own. */
  readonly shares?: PlainRecord;
}

/**
 * Renders the summary of a run.
 *
 * @param summary The run's figures.
 * @param context The settings of the run.
 * @returns Plain data without NaN or Infinity.
 */
export function summaryJson(
  summary: RunSummary,
  context: ResultContext,
): SummaryJson {
  const { utcOffsetMinutes } = context;
  const { hosts, dataBytesPerHost } = summary;
  const [host] = hosts;
  return {
    start: localTimestamp(summary.start.wallMs, utcOffsetMinutes),
    num_accelerators: summary.accelerators,
    num_hosts: hosts.length,
    hostname: host?.hostname ?? "",
    metric: metricJson(summary),
    num_files_train: context.numFilesTrain,
    num_files_eval: context.numFilesEval,
    num_samples_per_file: context.numSamplesPerFile,
    host_cpu_count: hosts.map((h) => h.cpuCount),
    host_processor_name: host?.cpuModel ?? "",
    potential_caching: hosts.map((h) =>
      h.memoryBytes > dataBytesPerHost ? 1 : 0
    ),
    host_cpuinfo: host?.cpuInfo ?? {},
    host_meminfo: host?.memInfo ?? {},
    host_memory_GB: hosts.map((h) => h.memoryBytes / BYTES_PER_GIB),
    data_size_per_host_GB: dataBytesPerHost / BYTES_PER_GIB,
    epochs: summary.kinds.get("train")?.phaseCount ?? 0,
    end: localTimestamp(summary.end.wallMs, utcOffsetMinutes),
    stoker_version: context.stokerVersion,
    complete: summary.complete,
    warnings: summary.warnings,
    comparability_class: context.comparabilityClass ?? null,
    read_engine: summary.readEngine === null
      ? null
      : recordToPlain(summary.readEngine),
    write_engine: summary.writeEngine === null
      ? null
      : recordToPlain(summary.writeEngine),
    verdict: verdictJson(summary.verdict),
    ...(summary.hostFigures.length === 0
      ? {}
      : { hosts: summary.hostFigures.map(recordToPlain) }),
    ...(context.merged === undefined
      ? {}
      : { synchronised: false, shares: recordToPlain(context.merged) }),
  };
}

/** A verdict under the names of its keys. */
function verdictJson(verdict: Verdict | null): PlainRecord | null {
  if (verdict === null) return null;
  return {
    ...recordToPlain(verdict),
    evidence: verdict.evidence.map(recordToPlain),
  };
}

/** What `--json` prints of a run whose files were scaled down. */
export interface ScaledJson {
  readonly scaled: SummaryJson & {
    readonly checkpoint_scale: number;
  };
}

/** What `--json` prints of a share of a run. */
export interface ShareJson {
  readonly share: SummaryJson & PlainRecord;
}

/**
 * What `--json` prints: `summary.json`, but of a run whose files were scaled
 * down, or of which only a share was done, all under one key that DLIO's
 * tools do not know.
 *
 * @param summary The run's figures.
 * @param context The settings of the run.
 */
export function printedJson(
  summary: RunSummary,
  context: ResultContext,
): SummaryJson | ScaledJson | ShareJson {
  const json = summaryJson(summary, context);
  const { checkpointScale = 1, share } = context;
  if (isScaled(context)) {
    return { scaled: { checkpoint_scale: checkpointScale, ...json } };
  }
  if (share === undefined) return json;
  return { share: { ...recordToPlain(share), ...json } };
}
