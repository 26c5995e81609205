/**
 * `--max-cache-hit`: how much of what a run reads may come from memory.
 */
import { StokerError, UsageError } from "../../errors.ts";
import type { SummaryMetric } from "../../metrics/summary_metric.ts";

/** Kinds of phase that read, by the prefix of their metrics. */
const READING_KINDS = [
  ["train", "Training"],
  ["eval", "Evaluation"],
  ["load_checkpoint", "Checkpoint loading"],
] as const;

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
 * @param metric The run's metrics.
 * @param maxFraction 0…1; null: no limit.
 * @throws {StokerError} If more came from memory, or if it is not known.
 */
export function checkCacheHits(
  metric: SummaryMetric,
  maxFraction: number | null,
): void {
  if (maxFraction === null) return;
  const problems: string[] = [];
  for (const [kind, name] of READING_KINDS) {
    const hits = metric[`${kind}_cache_hit_fraction`];
    if (hits === undefined || metric[`${kind}_bytes_requested`] === 0) continue;
    if (typeof hits !== "number") {
      const source = metric[`${kind}_bytes_from_device_source`];
      problems.push(`${name}: not known (${source})`);
    } else if (hits > maxFraction) {
      problems.push(`${name}: ${(100 * hits).toFixed(1)} % came from memory`);
    }
  }
  if (problems.length === 0) return;
  throw new StokerError(
    `Cannot accept the run as at most ${100 * maxFraction} % of what is ` +
      `read may come from memory (--max-cache-hit):\n` +
      problems.map((problem) => `  ${problem}`).join("\n") +
      `\nUse --odirect, --drop-caches before-epoch, or a dataset larger ` +
      `than memory`,
  );
}
