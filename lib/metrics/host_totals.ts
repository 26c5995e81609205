/**
 * Totals of a phase over its processes. Where one of them does not know, the
 * total is not known either, and the reason is that one's.
 */
import type { CacheDrop, DeviceIo, PhaseRecord } from "./run_record.ts";

type WithHosts = Pick<PhaseRecord, "hosts">;

/** Bytes that the devices of all hosts moved in a phase. */
export function totalDevice({ hosts }: WithHosts): DeviceIo {
  const devices = hosts.map(({ device }) => device);
  const unknown = devices.find(({ bytes }) => bytes === null);
  if (unknown !== undefined) return { bytes: null, source: unknown.source };
  if (devices.length === 0) {
    return { bytes: null, source: "the record names no host" };
  }
  return {
    bytes: sumOf(devices.map(({ bytes }) => bytes)),
    source: distinct(devices.map(({ source }) => source)).join("; "),
  };
}

/**
 * What all processes dropped from their hosts' page caches before a phase.
 *
 * @returns Sums, and the time of the slowest since they drop at once; null
 *   if none of them was to drop anything.
 */
export function totalCacheDrop({ hosts }: WithHosts): CacheDrop | null {
  const drops = hosts.flatMap(({ cacheDrop }) => cacheDrop ?? []);
  const [only] = drops;
  if (only === undefined) return null;
  if (drops.length === 1) return only;
  const total = (valueOf: (drop: CacheDrop) => number | null) =>
    sumOf(drops.map(valueOf));
  const problems = distinct(drops.flatMap(({ problem }) => problem ?? []));
  return {
    methods: distinct(drops.flatMap(({ methods }) => methods)),
    fileCount: total(({ fileCount }) => fileCount) ?? 0,
    sampledFiles: total(({ sampledFiles }) => sampledFiles) ?? 0,
    residentBytesBefore: total(({ residentBytesBefore }) =>
      residentBytesBefore
    ),
    residentBytesAfter: total(({ residentBytesAfter }) => residentBytesAfter),
    durationSeconds: Math.max(
      ...drops.map(({ durationSeconds }) => durationSeconds),
    ),
    problem: problems.length === 0 ? null : problems.join("; "),
  };
}

/** Null if one of them is. */
function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
