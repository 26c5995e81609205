/**
 * One phase as several processes recorded it -> one record.
 *
 *    ranks, workers, hosts     all of them, each sorted by what names it
 *    bytesRequested            sum
 *    latencies, endpoints,
 *    stepTimes                 counts added up
 *    stepEntries               the same in all
 *    durationSeconds           the longest: gates open together, a phase ends
 *                              with the last thread of all
 *    start                     of the process with the lowest number: clocks
 *                              of different hosts are not compared
 *    end                       start + durationSeconds
 *    series                    see `merge_series.ts`
 *    complete                  if it is complete everywhere
 *
 * Merging is associative and does not depend on the order of the records: a
 * relay may merge what it has and pass the result on.
 */
import { HISTOGRAM_SLOTS, mergeHistogram } from "./histogram.ts";
import { type Operation, OPERATIONS } from "./operations.ts";
import { mergeSeries } from "./merge_series.ts";
import type {
  EndpointRecord,
  HistogramCounts,
  PhaseHostRecord,
  PhaseRecord,
  RankRecord,
  WorkerRecord,
} from "./run_record.ts";

/**
 * Merges the records of one phase.
 *
 * @param records One of each process, or results of earlier merges; at least
 *   one.
 * @returns One record. A single record comes back as it is.
 * @throws {RangeError} If the records are not of one phase, or two of them
 *   hold the same process or rank: a defect of whoever gathers them.
 */
export function mergePhases(
  records: readonly PhaseRecord[],
): PhaseRecord {
  const [first, ...others] = [...records].sort((a, b) =>
    processOf(a) - processOf(b)
  );
  if (first === undefined) {
    throw new RangeError("Cannot merge phases as there must be at least one");
  }
  if (others.length === 0) return first;
  for (const other of others) checkSamePhase(first, other);
  const durationSeconds = Math.max(
    ...records.map((record) => record.durationSeconds),
  );
  return {
    kind: first.kind,
    epoch: first.epoch,
    checkpoint: first.checkpoint,
    start: first.start,
    end: {
      wallMs: first.start.wallMs + durationSeconds * 1000,
      atSeconds: first.start.atSeconds + durationSeconds,
    },
    durationSeconds,
    batchSize: first.batchSize,
    plannedSteps: first.plannedSteps,
    ...(first.stepEntries === undefined
      ? {}
      : { stepEntries: first.stepEntries }),
    ...mergeStepTimes(records),
    ranks: mergeRanks(records),
    workers: records.flatMap(({ workers }) => workers).sort(byWorker),
    latencies: mergeLatencies(records),
    ...mergeEndpoints(records),
    bytesRequested: records.reduce(
      (sum, { bytesRequested }) => sum + bytesRequested,
      0,
    ),
    hosts: mergeHosts(records),
    ...mergeSeries([first, ...others]),
    complete: records.every(({ complete }) => complete),
  };
}

/** Lowest number of the processes that a record is of. */
function processOf({ hosts }: PhaseRecord): number {
  return Math.min(...hosts.map(({ process }) => process));
}

const SAME_KEYS = [
  "kind",
  "epoch",
  "checkpoint",
  "batchSize",
  "plannedSteps",
] as const;

function checkSamePhase(first: PhaseRecord, other: PhaseRecord): void {
  for (const key of SAME_KEYS) {
    if (first[key] === other[key]) continue;
    throw new RangeError(
      `Cannot merge phases as all must be of one phase: ${key} is ` +
        `${first[key]} in process ${processOf(first)} and ${other[key]} in ` +
        `process ${processOf(other)}`,
    );
  }
}

function mergeRanks(records: readonly PhaseRecord[]): RankRecord[] {
  const ranks = records.flatMap((record) => record.ranks)
    .sort((a, b) => a.rank - b.rank);
  checkDistinct("rank", ranks.map(({ rank }) => rank));
  return ranks;
}

function mergeHosts(records: readonly PhaseRecord[]): PhaseHostRecord[] {
  const hosts = records.flatMap((record) => record.hosts)
    .sort((a, b) => a.process - b.process);
  checkDistinct("process", hosts.map(({ process }) => process));
  return hosts;
}

function checkDistinct(name: string, sorted: readonly number[]): void {
  const twice = sorted.find((value, index) => value === sorted[index - 1]);
  if (twice === undefined) return;
  throw new RangeError(
    `Cannot merge phases as each must have its own ${name}s: ${name} ` +
      `${twice} is in two of them`,
  );
}

function byWorker(a: WorkerRecord, b: WorkerRecord): number {
  return compare(a.role, b.role) || a.rank - b.rank || a.thread - b.thread;
}

function mergeLatencies(
  records: readonly PhaseRecord[],
): Partial<Record<Operation, HistogramCounts>> {
  const merged: Partial<Record<Operation, HistogramCounts>> = {};
  for (const operation of OPERATIONS) {
    const counts = records.flatMap(({ latencies }) =>
      latencies[operation] ?? []
    );
    if (counts.length > 0) merged[operation] = sumOf(counts);
  }
  return merged;
}

/** Absent where each step has an entry. */
function mergeStepTimes(
  records: readonly PhaseRecord[],
): Pick<PhaseRecord, "stepTimes"> {
  const all = records.flatMap(({ stepTimes }) => stepTimes ?? []);
  if (all.length === 0) return {};
  return {
    stepTimes: {
      load: sumOf(all.map(({ load }) => load)),
      compute: sumOf(all.map(({ compute }) => compute)),
      step: sumOf(all.map(({ step }) => step)),
      requested: sumOf(all.map(({ requested }) => requested)),
    },
  };
}

/** By address; absent if no record has any. */
function mergeEndpoints(
  records: readonly PhaseRecord[],
): Pick<PhaseRecord, "endpoints"> {
  const groups = new Map<string, EndpointRecord[]>();
  for (const endpoint of records.flatMap(({ endpoints = [] }) => endpoints)) {
    const group = groups.get(endpoint.address) ?? [];
    group.push(endpoint);
    groups.set(endpoint.address, group);
  }
  if (groups.size === 0) return {};
  const endpoints = [...groups].map(([address, group]) => ({
    address,
    requests: group.reduce((sum, { requests }) => sum + requests, 0),
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
    errors: group.reduce((sum, { errors }) => sum + errors, 0),
    retries: group.reduce((sum, { retries }) => sum + retries, 0),
    latency: sumOf(group.map(({ latency }) => latency)),
  }));
  return {
    endpoints: endpoints.sort((a, b) => compare(a.address, b.address)),
  };
}

function sumOf(counts: readonly HistogramCounts[]): HistogramCounts {
  const sum = new Float64Array(HISTOGRAM_SLOTS);
  for (const one of counts) mergeHistogram(sum, one);
  return sum;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
