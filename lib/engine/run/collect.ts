/**
 * Takes what workers measured out of the region, after a phase.
 */
import type { RankPlace } from "../../cluster/ranks.ts";
import {
  HISTOGRAM_SLOTS,
  histogramTotals,
  mergeHistogram,
} from "../../metrics/histogram.ts";
import { type Operation, OPERATIONS } from "../../metrics/operations.ts";
import type {
  BlockRecord,
  EndpointRecord,
  HistogramCounts,
  PhaseRecord,
  RankRecord,
  WorkerRecord,
} from "../../metrics/run_record.ts";
import {
  entryBounds,
  type StepEntries,
  type StepExtremes,
} from "../../metrics/step_entries.ts";
import {
  ENDPOINT_FIELD,
  FIELD,
  OVERRUN_SLOT,
  type Region,
  STEP_TIMES,
} from "../threads/region.ts";

/** Counters of one worker in a phase. */
export function collectWorker(
  who: Pick<WorkerRecord, "host" | "role" | "rank" | "thread">,
  fields: Float64Array,
): WorkerRecord {
  const field = (name: keyof typeof FIELD) => fields[FIELD[name]] ?? 0;
  const fsyncMs = field("fsyncMs");
  const downloadBytes = field("downloadBytes");
  return {
    host: who.host,
    role: who.role,
    rank: who.rank,
    thread: who.thread,
    bytes: field("bytes"),
    operations: field("operations"),
    files: field("files"),
    samples: field("samples"),
    errors: field("errors"),
    retries: field("retries"),
    firstDoneSeconds: field("firstDoneMs") / 1000,
    lastDoneSeconds: field("lastDoneMs") / 1000,
    ...(downloadBytes > 0 ? { downloadBytes } : {}),
    ...(fsyncMs > 0 ? { fsyncSeconds: fsyncMs / 1000 } : {}),
    ...(field("deviceCounted") === 1
      ? {
        deviceReadBytes: field("deviceReadBytes"),
        deviceWriteBytes: field("deviceWriteBytes"),
      }
      : {}),
  };
}

/** A rank whose step times are collected. */
export interface CollectedRank extends RankPlace {
  /**
   * Its own, and with a checkpoint those of all threads that load it: it is
   * done with the last of them.
   */
  readonly rows: readonly [number, ...number[]];
  readonly host: string;
}

/** What the accelerators of a phase recorded of their steps. */
export type StepRecords = Pick<
  PhaseRecord,
  "ranks" | "stepEntries" | "stepTimes"
>;

/**
 * Step times of all accelerators in a phase, copied out of the region.
 *
 * @param entries Which steps share an entry; absent: none do.
 */
export function collectSteps(
  region: Region,
  who: readonly CollectedRank[],
  entries?: StepEntries,
): StepRecords {
  if (entries === undefined) {
    return { ranks: who.map((one) => collectRank(region, one)) };
  }
  const bounds = entryBounds(entries);
  const ranks = who.map((one): RankRecord => ({
    ...collectRank(region, one, bounds),
    entryBounds: bounds,
    stepExtremes: extremesOf(region, one.localRank),
  }));
  const [load, compute, step, requested] = STEP_TIMES.map((_name, time) => {
    const merged = new Float64Array(HISTOGRAM_SLOTS);
    for (const { localRank } of who) {
      mergeHistogram(merged, region.stepHistogram(localRank, time));
    }
    return merged;
  }) as [HistogramCounts, HistogramCounts, HistogramCounts, HistogramCounts];
  return {
    ranks,
    stepEntries: entries,
    stepTimes: { load, compute, step, requested },
  };
}

/** Step times of one accelerator in a phase, copied out of the region. */
export function collectRank(
  region: Region,
  who: CollectedRank,
  bounds?: Float64Array,
): RankRecord {
  const fields = region.fields(who.rows[0]);
  const stepCount = fields[FIELD.steps] ?? 0;
  const count = bounds === undefined
    ? stepCount
    : bounds.findIndex((firstStep) => firstStep >= stepCount);
  const [loadSeconds, computeSeconds, stepSeconds, requestedSeconds] =
    STEP_TIMES.map((_name, time) =>
      secondsOf(region.stepTimes(who.localRank, time), count)
    );
  const durationSeconds = sum(stepSeconds ?? NO_STEPS);
  const doneMs = who.rows.length === 1
    ? fields[FIELD.doneMs] ?? 0
    : firstToLastMs(who.rows.map((row) => region.fields(row)));
  return {
    rank: who.rank,
    host: who.host,
    stepCount,
    loadSeconds: loadSeconds ?? NO_STEPS,
    computeSeconds: computeSeconds ?? NO_STEPS,
    stepSeconds: stepSeconds ?? NO_STEPS,
    computeRequestedSeconds: requestedSeconds ?? NO_STEPS,
    doneSeconds: doneMs > 0 ? doneMs / 1000 : durationSeconds,
    blocks: stepCount === 0
      ? NO_BLOCKS
      : [{ firstStep: 0, stepCount, startSeconds: 0, durationSeconds }],
  };
}

function extremesOf(region: Region, localRank: number): StepExtremes {
  const [load, compute, step] = STEP_TIMES.map((_name, time) => {
    const { minMs, maxMs } = histogramTotals(
      region.stepHistogram(localRank, time),
    );
    return { min: minMs / 1000, max: maxMs / 1000 };
  });
  const overrun = region.stepOverrun(localRank);
  return {
    minLoadSeconds: load?.min ?? 0,
    maxLoadSeconds: load?.max ?? 0,
    minComputeSeconds: compute?.min ?? 0,
    maxComputeSeconds: compute?.max ?? 0,
    minStepSeconds: step?.min ?? 0,
    maxStepSeconds: step?.max ?? 0,
    maxOverrunSeconds: (overrun[OVERRUN_SLOT.maxMs] ?? 0) / 1000,
    maxOverrunStep: overrun[OVERRUN_SLOT.step] ?? 0,
  };
}

/** From the begin of the first thread to the end of the last. */
function firstToLastMs(rows: readonly Float64Array[]): number {
  let beganMs = Infinity;
  let endMs = 0;
  for (const fields of rows) {
    const doneMs = fields[FIELD.doneMs] ?? 0;
    // Those that only load have no part in saving.
    if (doneMs === 0) continue;
    const rowBeganMs = fields[FIELD.beganMs] ?? 0;
    beganMs = Math.min(beganMs, rowBeganMs);
    endMs = Math.max(endMs, rowBeganMs + doneMs);
  }
  return Math.max(0, endMs - beganMs);
}

/** Latencies of some rows, merged by operation; those never done left out. */
export function collectLatencies(
  region: Region,
  rows: readonly number[],
): Partial<Record<Operation, HistogramCounts>> {
  const latencies: Partial<Record<Operation, HistogramCounts>> = {};
  for (const [index, operation] of OPERATIONS.entries()) {
    const merged = new Float64Array(HISTOGRAM_SLOTS);
    for (const row of rows) {
      mergeHistogram(merged, region.histogram(row, index));
    }
    if (histogramTotals(merged).count > 0) latencies[operation] = merged;
  }
  return latencies;
}

/** The requests of all workers to each endpoint. */
export function collectEndpoints(
  region: Region,
  addresses: readonly string[],
  rows: readonly number[],
): EndpointRecord[] {
  return addresses.map((address, endpoint) => {
    const latency = new Float64Array(HISTOGRAM_SLOTS);
    for (const row of rows) {
      mergeHistogram(latency, region.endpointHistogram(row, endpoint));
    }
    const total = (name: keyof typeof ENDPOINT_FIELD) =>
      rows.reduce((sum, row) => {
        const fields = region.endpointFields(row, endpoint);
        return sum + (fields[ENDPOINT_FIELD[name]] ?? 0);
      }, 0);
    return {
      address,
      requests: total("requests"),
      bytes: total("bytes"),
      errors: total("errors"),
      retries: total("retries"),
      latency,
    };
  });
}

/** Of all ranks without steps: those of checkpoints, which may be many. */
const NO_STEPS = new Float64Array();
const NO_BLOCKS: readonly BlockRecord[] = [
  { firstStep: 0, stepCount: 0, startSeconds: 0, durationSeconds: 0 },
];

function secondsOf(milliseconds: Float64Array, count: number): Float64Array {
  if (count === 0) return NO_STEPS;
  return milliseconds.slice(0, count).map((ms) => ms / 1000);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Seconds that one row spent in calls of input and output. A GET is counted
 * as a read too, a PUT as a write.
 */
export function ioSeconds(region: Region, row: number): number {
  const ms = (operation: Operation) =>
    histogramTotals(region.histogram(row, OPERATIONS.indexOf(operation))).sumMs;
  const read = Math.max(ms("read"), ms("get"));
  const write = Math.max(ms("write"), ms("put"));
  return (ms("open") + read + write + ms("fsync")) / 1000;
}
