/**
 * What dropping the page cache achieved, for reports.
 */
import { formatBytes } from "../bytes/sizes.ts";
import { totalCacheDrop } from "./host_totals.ts";
import type { CacheDrop, PhaseRecord } from "./run_record.ts";

/** What all drops before the phases of one kind came to. */
export interface CacheDropTotals {
  /** Of these phases. */
  readonly phaseCount: number;
  /** Phases before which something was dropped. */
  readonly dropCount: number;
  /** Without repetitions, in the order of their first use. */
  readonly methods: readonly string[];
  readonly durationSeconds: number;
  readonly fileCount: number;
  readonly sampledFiles: number;
  /** Bytes of the sampled files that memory held; null if not known. */
  readonly residentBytesBefore: number | null;
  readonly residentBytesAfter: number | null;
}

/**
 * Adds up the drops before the phases of one kind.
 *
 * @param phases Phases of one kind.
 * @returns Null if nothing was to be dropped before any of them.
 */
export function cacheDropTotals(
  phases: readonly PhaseRecord[],
): CacheDropTotals | null {
  const drops = phases.flatMap((phase) => totalCacheDrop(phase) ?? []);
  if (drops.length === 0) return null;
  return {
    phaseCount: phases.length,
    dropCount: drops.length,
    methods: [...new Set(drops.flatMap((drop) => drop.methods))],
    durationSeconds: drops.reduce((sum, d) => sum + d.durationSeconds, 0),
    fileCount: drops.reduce((sum, d) => sum + d.fileCount, 0),
    sampledFiles: drops.reduce((sum, d) => sum + d.sampledFiles, 0),
    residentBytesBefore: sumOf(drops, (drop) => drop.residentBytesBefore),
    residentBytesAfter: sumOf(drops, (drop) => drop.residentBytesAfter),
  };
}

/**
 * The drops before the phases of one kind, in words.
 *
 * @param totals What they came to.
 * @returns A clause that begins with "before".
 */
export function cacheDropText(totals: CacheDropTotals): string {
  const { residentBytesBefore: before, residentBytesAfter: after } = totals;
  const found = before === null || after === null
    ? "what memory held is not known"
    : `memory held ${formatBytes(before)} before and ${formatBytes(after)} ` +
      `after in the ${totals.sampledFiles} of ${totals.fileCount} files ` +
      "looked at";
  return `before ${totals.dropCount} of ${totals.phaseCount} phases by ` +
    `${totals.methods.join(", then ") || "nothing"}, ` +
    `${totals.durationSeconds.toFixed(2)} s: ${found}`;
}

/**
 * Warnings that files stayed in memory although they were to be dropped, or
 * that this is not known.
 *
 * @returns One sentence for each different reason.
 */
export function cacheDropWarnings(phases: readonly PhaseRecord[]): string[] {
  const reasons = new Map<string, number>();
  for (const { hosts } of phases) {
    const found = hosts.flatMap(({ cacheDrop }) => cacheDrop?.problem ?? []);
    // A reason that several hosts give is one phase's all the same.
    for (const reason of new Set(found)) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return [...reasons].map(([reason, count]) =>
    `The page cache may still hold files before ${count} ` +
    `phase${count === 1 ? "" : "s"}: ${reason}`
  );
}

function sumOf(
  drops: readonly CacheDrop[],
  bytesOf: (drop: CacheDrop) => number | null,
): number | null {
  let sum = 0;
  for (const drop of drops) {
    const bytes = bytesOf(drop);
    if (bytes === null) return null;
    sum += bytes;
  }
  return sum;
}
