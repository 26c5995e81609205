/**
 * What follows from a comparison, in sentences: one for each kind of phase
 * that two groups have in common.
 */
import type {
  Comparison,
  GroupComparison,
  MetricComparison,
} from "../../compare/comparison.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { ValueUnit } from "../../metrics/statistics/mean_difference.ts";

/** What a judged figure says. */
export type JudgedVerdict = "faster" | "slower" | "none" | "unknown";

/**
 * What a judged figure says of the second group.
 *
 * @param compared A figure for which more is better.
 * @returns "none": no significant difference.
 */
export function judgedVerdict(
  { result, isSignificant }: MetricComparison,
): JudgedVerdict {
  if (isSignificant === null) return "unknown";
  if (!isSignificant) return "none";
  return result.difference > 1 ? "faster" : "slower";
}

/**
 * The verdict on a group.
 *
 * @param comparison All groups.
 * @param compared The group that is compared with the first one.
 * @returns Sentences, at least one.
 */
export function verdictSentences(
  { groups }: Comparison,
  { group, metrics }: GroupComparison,
): string[] {
  const judged = metrics.filter(({ metric }) => metric.isJudged);
  const first = groups[0]?.name ?? "";
  if (judged.length === 0) {
    return [`${first} and ${group.name} have nothing in common that is judged`];
  }
  return judged.map((one) =>
    `${PHASE_KINDS[one.kind].title}: ${judgedText(one, [first, group.name])}`
  );
}

function judgedText(
  compared: MetricComparison,
  [first, second]: readonly [string, string],
): string {
  const { low, high, difference } = compared.result;
  const basis = basisText(compared);
  if (low === null || high === null) {
    return `${second} has ${ratioText(difference)} of the throughput of ` +
      `${first}; whether that is chance cannot be told from ${basis}: ` +
      "measure more epochs or several runs of each";
  }
  const level = levelText(compared.level);
  const verdict = judgedVerdict(compared);
  if (verdict === "none") {
    return `no significant difference between ${first} and ${second} ` +
      `(${signedPercent(difference)}, ${level} interval ` +
      `${signedPercent(low)} … ${signedPercent(high)}; ${basis})`;
  }
  const [near, far] = verdict === "faster"
    ? [percentText(low - 1), percentText(high - 1)]
    : [percentText(1 - high), percentText(1 - low)];
  return `${second} is ${verdict} than ${first} by ` +
    `${percentText(Math.abs(difference - 1))} % (${level} interval ` +
    `${near}…${far} %; ${basis})`;
}

/** "3 and 4 runs", "3 epochs of one run each". */
function basisText({ unit, first, second }: MetricComparison): string {
  const [one, other] = [first.length, second.length];
  const counts = one === other ? `${one}` : `${one} and ${other}`;
  return unit === "runs"
    ? `${counts} runs${one === other ? " each" : ""}`
    : `${counts} ${wordOf(unit, Math.max(one, other))} of one run each`;
}

function wordOf(unit: ValueUnit, count: number): string {
  return count === 1 ? unit.slice(0, -1) : unit;
}

/**
 * A level as text.
 *
 * @param level In 0…1.
 * @returns "95 %", "97.5 %".
 */
export function levelText(level: number): string {
  return `${Number((100 * level).toFixed(2))} %`;
}

/** As many digits as a reader can use. */
function percentText(fraction: number): string {
  const percent = 100 * fraction;
  return percent.toFixed(percent >= 9.95 ? 0 : percent >= 0.1 ? 1 : 3);
}

function signedPercent(ratio: number): string {
  const percent = 100 * (ratio - 1);
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(1)} %`;
}

function ratioText(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
