/**
 * What the drops of the page cache came to, for reports.
 */
import { formatBytes } from "../bytes/sizes.ts";
import { totalCacheDrop } from "./host_totals.ts";
import type { CacheDrop, PhaseRecord } from "./run_record.ts";

/**
 * The drops before the phases of one kind, in words.
 *
 * @param phases Phases of one kind.
 * @returns Null if nothing was to be dropped before any of them.
 */
export function cacheDropText(phases: readonly PhaseRecord[]): string | null {
  const drops = phases.flatMap((phase) => totalCacheDrop(phase) ?? []);
  if (drops.length === 0) return null;
  const methods = [...new Set(drops.flatMap((drop) => drop.methods))];
  const seconds = drops.reduce((sum, drop) => sum + drop.durationSeconds, 0);
  const before = sumOf(drops, (drop) => drop.residentBytesBefore);
  const after = sumOf(drops, (drop) => drop.residentBytesAfter);
  const sampled = drops.reduce((sum, drop) => sum + drop.sampledFiles, 0);
  const files = drops.reduce((sum, drop) => sum + drop.fileCount, 0);
  const found = before === null || after === null
    ? "what memory held is not known"
    : `memory held ${formatBytes(before)} before and ${formatBytes(after)} ` +
      `after in the ${sampled} of ${files} files looked at`;
  return `before ${drops.length} of ${phases.length} phases by ` +
    `${methods.join(", then ") || "nothing"}, ${
      seconds.toFixed(2)
    } s: ${found}`;
}

/**
 * Warnings that files stayed in memory although they were to be dropped, or
 * that it cannot be told.
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
    `The page cache was not seen to let go before ${count} ` +
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
