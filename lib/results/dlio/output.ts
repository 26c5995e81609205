/**
 * DLIO's `{rank}_output.json`: what one accelerator did in every step.
 *
 *    {facts of the host,
 *     "1": {"load": {"block1": [s, …], "eval": [s, …]}, "proc": {…},
 *           "throughput": {"block1": samples/s, …}, "au": {"block1": %, …},
 *           "compute": {…}, "host_meminfo": {…}, "end"},
 *     …, "hostname"}
 *
 * AU and throughput of a block are those of its steps inside the epoch's
 * window; null if there are none. `proc` is load + compute, as in DLIO. Of a
 * long run a value is the mean of several steps (`metrics/step_entries.ts`).
 */
import { epochsOf, rankOf, spanName } from "./epochs.ts";
import type { Epoch, EpochSpan } from "./epochs.ts";
import type { PlainRecord } from "../key_case.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { RankRecord, RunRecord } from "../../metrics/run_record.ts";
import {
  entriesIn,
  type EntryRange,
  stepMeans,
} from "../../metrics/step_entries.ts";
import { dataBytesPerHost } from "../../metrics/summary.ts";
import { stepsUtilization } from "../../metrics/utilization.ts";
import type { ResultContext } from "../result_context.ts";
import { localTimestamp } from "./timestamp.ts";

const BYTES_PER_GIB = 2 ** 30;

/** `dlio_postprocessor` divides by each of these times: none may be 0. */
const LEAST_SECONDS = 1e-9;

/**
 * The content of `{rank}_output.json`.
 *
 * @param record The run.
 * @param context The settings that formulas use.
 * @param rank The accelerator.
 * @returns Plain data with `Float64Array`s, for `jsonPieces`.
 */
export function rankOutput(
  record: RunRecord,
  context: ResultContext,
  rank: number,
): PlainRecord {
  const hostname = hostOf(record, rank);
  const host = record.hosts.find((h) => h.hostname === hostname) ??
    record.hosts[0];
  const memoryBytes = host?.memoryBytes ?? 0;
  const epochs: Record<string, PlainRecord> = {};
  for (const epoch of epochsOf(record, rank)) {
    epochs[String(epoch.number)] = epochOutput(epoch, context, rank);
  }
  return {
    host_memory_GB: memoryBytes / BYTES_PER_GIB,
    host_cpu_count: host?.cpuCount ?? 0,
    host_processor_name: host?.cpuModel ?? "",
    potential_caching: memoryBytes > dataBytesPerHost(record, context) ? 1 : 0,
    host_cpuinfo: host?.cpuInfo ?? {},
    host_meminfo: host?.memInfo ?? {},
    ...epochs,
    hostname: hostname ?? host?.hostname ?? "",
  };
}

function hostOf({ phases }: RunRecord, rank: number): string | undefined {
  for (const phase of phases) {
    const found = rankOf(phase, rank);
    if (found !== undefined) return found.host;
  }
  return undefined;
}

function epochOutput(
  epoch: Epoch,
  context: ResultContext,
  rank: number,
): PlainRecord {
  const load: Record<string, Float64Array> = {};
  const proc: Record<string, Float64Array> = {};
  const throughput: Record<string, number | null> = {};
  const au: Record<string, number | null> = {};
  const compute: Record<string, Float64Array> = {};
  for (const span of epoch.spans) {
    const record = rankOf(span.phase, rank);
    const steps = spanSteps(span, record);
    if (record === undefined || steps === null) continue;
    const name = spanName(span);
    const entries = entriesIn(record, steps);
    load[name] = stepMeans(record, record.loadSeconds, entries);
    compute[name] = stepMeans(record, record.computeSeconds, entries);
    proc[name] = processSeconds(record, entries);
    const window = {
      from: Math.max(steps.from, context.excludeStartSteps),
      to: Math.min(steps.to, record.stepCount - context.excludeEndSteps),
    };
    const utilization = stepsUtilization(
      record,
      span.phase.batchSize,
      window,
    );
    au[name] = utilization.au;
    throughput[name] = utilization.samplesPerSecond;
  }
  return {
    load,
    proc,
    throughput,
    au,
    compute,
    end: localTimestamp(epoch.endMs, context.utcOffsetMinutes),
  };
}

/** First step of a span and the one after its last; null without steps. */
function spanSteps(
  span: EpochSpan,
  record: RankRecord | undefined,
): { readonly from: number; readonly to: number } | null {
  if (record === undefined) return null;
  if (!PHASE_KINDS[span.phase.kind].hasSteps) return null;
  if (span.block === null) return { from: 0, to: record.stepCount };
  const { firstStep, stepCount } = span.block;
  return {
    from: Math.min(firstStep, record.stepCount),
    to: Math.min(firstStep + stepCount, record.stepCount),
  };
}

function processSeconds(record: RankRecord, entries: EntryRange): Float64Array {
  const load = stepMeans(record, record.loadSeconds, entries);
  const compute = stepMeans(record, record.computeSeconds, entries);
  return load.map((seconds, index) =>
    Math.max(seconds + (compute[index] ?? 0), LEAST_SECONDS)
  );
}
