/**
 * The comparison of groups of runs: what they differ in, by how much their
 * figures do, and what follows.
 *
 * Every group is compared with the first one. A figure's values are the runs
 * of a group, each by the mean of its epochs, wherever a group has several
 * runs; else the epochs of the runs (`metrics/statistics/mean_difference.ts`).
 *
 * The intervals of judged figures share the chance of a false alarm: with m
 * of them each is at 1 - 5 %/m, so that all of them together are wrong in at
 * most 5 % of comparisons (Bonferroni,
 * https://www.itl.nist.gov/div898/handbook/prc/section4/prc473.htm).
 */
import { PHASE_KIND_NAMES, PHASE_KINDS } from "../metrics/phase_kinds.ts";
import type { PhaseKind } from "../metrics/phase_kinds.ts";
import {
  type MeanDifference,
  meanDifference,
  meanRatio,
  MIN_RUN_SPREAD,
  type ValueUnit,
} from "../metrics/statistics/mean_difference.ts";
import { incomparableReasons } from "./comparability.ts";
import { type ComparedMetric, metricsOfKind } from "./compared_metric.ts";
import type { ComparedRun } from "./compared_run.ts";
import { firstRun, groupRuns, type RunGroup } from "./run_group.ts";
import {
  type SettingDifference,
  settingDifferences,
} from "./setting_difference.ts";

/** Chance of a false alarm that a whole comparison may have. */
const FALSE_ALARM_CHANCE = 0.05;

/** Percentages are compared in points; the least spread of runs is one. */
const PERCENT = 100;

/** One figure of two groups. */
export interface MetricComparison {
  readonly kind: PhaseKind;
  readonly metric: ComparedMetric;
  readonly unit: ValueUnit;
  /** Values of both sides; at least one each. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** Of the interval, such as 0.95. */
  readonly level: number;
  /** Second by first for ratios, second less first for percentages. */
  readonly result: MeanDifference;
  /** Whether the interval leaves out "no difference"; null without one. */
  readonly isSignificant: boolean | null;
}

/** A group compared with the first one. */
export interface GroupComparison {
  readonly group: RunGroup;
  /** Why the two should not be compared; empty if they can be. */
  readonly reasons: readonly string[];
  readonly metrics: readonly MetricComparison[];
}

/** All groups compared with the first one. */
export interface Comparison {
  readonly groups: readonly RunGroup[];
  readonly differences: readonly SettingDifference[];
  /** One for each group but the first. */
  readonly comparisons: readonly GroupComparison[];
}

/**
 * Compares runs.
 *
 * @param runs At least two, in the order in which they were given.
 * @returns The comparison, also of what should not be compared.
 */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  const groups = groupRuns(runs);
  const [first, ...others] = groups;
  if (first === undefined) throw new RangeError("There must be runs");
  const judgedCount = others.reduce(
    (count, group) => count + judgedKinds(first, group).length,
    0,
  );
  const judgedLevel = 1 - FALSE_ALARM_CHANCE / Math.max(1, judgedCount);
  return {
    groups,
    differences: settingDifferences(groups),
    comparisons: others.map((group) => ({
      group,
      reasons: reasonsOf(first, group),
      metrics: compareGroups(first, group, judgedLevel),
    })),
  };
}

/** Each reason once, whichever runs give it. */
function reasonsOf(first: RunGroup, second: RunGroup): string[] {
  const base = firstRun(first);
  return [
    ...new Set([
      ...first.runs.flatMap((run) => incomparableReasons(base, run)),
      ...second.runs.flatMap((run) => incomparableReasons(base, run)),
    ]),
  ];
}

function judgedKinds(first: RunGroup, second: RunGroup): PhaseKind[] {
  return PHASE_KIND_NAMES.filter((kind) =>
    PHASE_KINDS[kind].keyPrefix !== null &&
    [first, second].every(({ runs }) =>
      runs.some(({ summary }) => summary.kinds.has(kind))
    )
  );
}

function compareGroups(
  first: RunGroup,
  second: RunGroup,
  judgedLevel: number,
): MetricComparison[] {
  return judgedKinds(first, second).flatMap((kind) =>
    metricsOfKind(kind).flatMap((metric) => {
      const level = metric.isJudged ? judgedLevel : 1 - FALSE_ALARM_CHANCE;
      const compared = compareMetric(metric, [first, second], { kind, level });
      return compared === null ? [] : [compared];
    })
  );
}

function compareMetric(
  metric: ComparedMetric,
  [a, b]: readonly [RunGroup, RunGroup],
  { kind, level }: { readonly kind: PhaseKind; readonly level: number },
): MetricComparison | null {
  const unit = a.runs.length > 1 || b.runs.length > 1 ? "runs" : "epochs";
  const first = valuesOf(metric, a, { kind, unit });
  const second = valuesOf(metric, b, { kind, unit });
  if (first.length === 0 || second.length === 0) return null;
  const isRatio = metric.scale === "ratio";
  // Nothing can be said of how many times 0 something is.
  if (isRatio && [...first, ...second].some((v) => !(v > 0))) return null;
  const compare = isRatio ? meanRatio : meanDifference;
  const result = compare(first, second, {
    unit,
    level,
    minRunSpread: isRatio ? MIN_RUN_SPREAD : MIN_RUN_SPREAD * PERCENT,
  });
  const same = isRatio ? 1 : 0;
  return {
    kind,
    metric,
    unit,
    first,
    second,
    level,
    result,
    isSignificant: result.low === null || result.high === null
      ? null
      : result.low > same || result.high < same,
  };
}

/** Values of a group: its runs' means, or the epochs of its only run. */
function valuesOf(
  metric: ComparedMetric,
  { runs }: RunGroup,
  { kind, unit }: { readonly kind: PhaseKind; readonly unit: ValueUnit },
): number[] {
  const byRun = runs.map(({ record, context }) =>
    record.phases.filter((phase) => phase.kind === kind)
      .map((phase) => metric.valueOf(phase, context))
      .filter((value) => value !== null)
  );
  if (unit === "epochs") return byRun.flat();
  return byRun.filter((values) => values.length > 0).map((values) =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  );
}
