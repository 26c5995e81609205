/**
 * `--max-cache-hit`: how much of what a run reads may come from memory.
 */
import { StokerError, UsageError } from "../../errors.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { measuredKinds } from "../../metrics/summary.ts";
import type { RunSummary } from "../../metrics/summary.ts";

/** Where only the page cache is left as the reason. */
const GENERAL_ADVICE = "Use --odirect, --drop-caches before-epoch, or a " +
  "dataset larger than memory";

/**
 * Reads the flag's value.
 *
 * @param text Such as "5%"; null if it was not given.
 * @returns A fraction, or null.
 * @throws {UsageError} If it is no percentage.
 */
export function parseMaxCacheHit(text: string | null): number | null {
  if (text === null) return null;
  const percent = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) : NaN;
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new UsageError(
    `Cannot use --max-cache-hit ${text}: it must be a percentage from 0% to 100%, such as 5%`,
  );
}

/**
 * Fails a run that read too much from memory. Its results are saved.
 *
 * @param summary The run's figures.
 * @param maxFraction 0…1; null: no limit.
 * @throws {StokerError} If more came from memory, or if it is not known.
 */
export function checkCacheHits(
  summary: Pick<RunSummary, "kinds">,
  maxFraction: number | null,
): void {
  if (maxFraction === null) return;
  const problems: string[] = [];
  const advice = new Set<string>();
  for (const { kind, cache } of measuredKinds(summary)) {
    const { title, direction } = PHASE_KINDS[kind];
    if (direction !== "read" || cache.bytesRequested === 0) continue;
    const { hitFraction, source, shortfall } = cache;
    const reasons = shortfall?.reasons ?? [];
    if (hitFraction === null) {
      problems.push(`${title}: not known (${source})`);
    } else if (hitFraction > maxFraction) {
      advice.add(shortfall?.advice ?? GENERAL_ADVICE);
      const percent = (100 * hitFraction).toFixed(1);
      problems.push(
        reasons.length === 0
          ? `${title}: ${percent} % came from memory`
          : `${title}: ${percent} % did not come from the device: ` +
            reasons.join("; "),
      );
    }
  }
  if (problems.length === 0) return;
  throw new StokerError(
    `Cannot accept the run as at most ${100 * maxFraction} % of what is ` +
      `read may come from memory (--max-cache-hit):\n` +
      [...problems.map((problem) => `  ${problem}`), [...advice].join(". ")]
        .filter((line) => line !== "").join("\n"),
  );
}
