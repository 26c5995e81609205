/**
 * A comparison as text: the groups, what they differ in, a table of figures
 * for each, and the verdict.
 */
import type {
  Comparison,
  GroupComparison,
  MetricComparison,
} from "../../compare/comparison.ts";
import { firstRun, type RunGroup } from "../../compare/run_group.ts";
import { textTable } from "../../bytes/text_table.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { notesOf } from "./comparison_notes.ts";
import { levelText, verdictSentences } from "./verdict_text.ts";

const INDENT = "  ";
/** Widest that a value of a setting makes its column, in characters. */
const MAX_VALUE_WIDTH = 48;
/** Widest that a key does. */
const MAX_KEY_WIDTH = 44;
/** From here on a ratio is told as one. */
const MAX_PERCENT_RATIO = 10;

/**
 * Renders a comparison.
 *
 * @param comparison The comparison.
 * @returns Text without a line feed at the end.
 */
export function comparisonText(comparison: Comparison): string {
  const { groups, comparisons } = comparison;
  return [
    ...groups.flatMap(groupLines),
    "",
    ...differenceLines(comparison),
    ...comparisons.flatMap((compared) => comparedLines(comparison, compared)),
    "",
    "* judged; other figures are shown and decide nothing. " +
    "Formulas: stoker help comparing",
  ].join("\n");
}

/** The group's name, what it ran, and its folders. */
function groupLines(group: RunGroup): string[] {
  const { context, record } = firstRun(group);
  const name = context.label === "" ? "" : ` "${context.label}"`;
  return [
    `${group.name}${name}: ${context.modelName}, ${record.accelerators} ` +
    `accelerator${record.accelerators === 1 ? "" : "s"}, comparability ` +
    `class ${context.comparabilityClass ?? "none"}`,
    ...group.runs.flatMap(({ folder, summary: { verdict } }) => [
      `${INDENT}${folder}`,
      ...(verdict === null ? [] : [`${INDENT}${INDENT}${verdict.text}`]),
    ]),
  ];
}

function differenceLines({ groups, differences }: Comparison): string[] {
  if (differences.length === 0) return ["All settings are the same."];
  const rows = differences.map(({ key, values }) => [
    key,
    ...values.map((each) =>
      each === null ? "–" : `${shownValue(each.value)} (${each.origin})`
    ),
  ]);
  return [
    "Settings that differ:",
    ...textTable([["", ...groups.map(({ name }) => name)], ...rows], {
      indent: INDENT,
      maxWidths: [
        MAX_KEY_WIDTH,
        ...groups.map(() => MAX_VALUE_WIDTH),
      ],
    }),
  ];
}

/**
 * A value of a setting as text.
 *
 * @param value Plain data.
 */
export function shownValue(value: unknown): string {
  return typeof value === "string" && value !== ""
    ? value
    : JSON.stringify(value);
}

function comparedLines(
  comparison: Comparison,
  compared: GroupComparison,
): string[] {
  const { group, reasons, metrics } = compared;
  const base = comparison.groups[0]?.name ?? "";
  const kinds = new Set(metrics.map(({ kind }) => kind));
  return [
    "",
    `${group.name} against ${base}`,
    ...reasons.map((reason) => `${INDENT}NOT COMPARABLE: ${reason}`),
    ...[...kinds].flatMap((kind) => [
      `${INDENT}${PHASE_KINDS[kind].title}`,
      ...metricTable(
        metrics.filter((one) => one.kind === kind),
        [base, group.name],
      ),
    ]),
    ...verdictSentences(comparison, compared)
      .map((sentence) => `${INDENT}Verdict: ${sentence}`),
    ...notesOf(comparison, compared).map((note) => `${INDENT}Note: ${note}`),
  ];
}

function metricTable(
  metrics: readonly MetricComparison[],
  [first, second]: readonly [string, string],
): string[] {
  return textTable([
    ["", "", first, second, "difference", "interval", ""],
    ...metrics.map(metricRow),
  ], { indent: INDENT }).map((line) => line.trimEnd());
}

function metricRow(compared: MetricComparison): string[] {
  const { metric, level } = compared;
  const { low, high } = compared.result;
  return [
    metric.isJudged ? "*" : "",
    `${metric.title} (${metric.unit})`,
    figureText(meanOf(compared.first)),
    figureText(meanOf(compared.second)),
    changeText(compared, compared.result.difference),
    low === null || high === null
      ? "–"
      : `${changeText(compared, low)} … ${changeText(compared, high)}`,
    compared.isSignificant === true ? `significant at ${levelText(level)}` : "",
  ];
}

/**
 * A difference as text.
 *
 * @param compared Which figure.
 * @param value A ratio, or a difference of percentages.
 * @returns "+12.3 %", "−0.4 points", "×25" where percent would mislead.
 */
export function changeText(
  { metric }: Pick<MetricComparison, "metric">,
  value: number,
): string {
  const isRatio = metric.scale === "ratio";
  if (isRatio && value >= MAX_PERCENT_RATIO) return `×${value.toPrecision(2)}`;
  const amount = isRatio ? 100 * (value - 1) : value;
  const sign = amount < 0 ? "−" : "+";
  return `${sign}${Math.abs(amount).toFixed(1)} ${isRatio ? "%" : "points"}`;
}

/**
 * A figure with the digits that a reader can use.
 *
 * @param value Any finite number.
 */
export function figureText(value: number): string {
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 2 : 4;
  return value.toFixed(digits);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
