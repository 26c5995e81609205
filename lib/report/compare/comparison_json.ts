/**
 * A comparison as plain data: what `stoker compare --json` prints. Figures
 * have the names that they have in `summary.json` where it has them.
 */
import type {
  Comparison,
  GroupComparison,
  MetricComparison,
} from "../../compare/comparison.ts";
import { firstRun, type RunGroup } from "../../compare/run_group.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { notesOf } from "./comparison_notes.ts";
import { judgedVerdict, verdictSentences } from "./verdict_text.ts";

/**
 * Renders a comparison.
 *
 * @param comparison The comparison.
 * @returns Plain data for `JSON.stringify`.
 */
export function comparisonJson(comparison: Comparison): unknown {
  const { groups, differences, comparisons } = comparison;
  return {
    groups: groups.map(groupJson),
    settings: differences.map(({ key, values }) => ({
      key,
      values: Object.fromEntries(
        values.map((value, index) => [groups[index]?.name ?? "", value]),
      ),
    })),
    comparisons: comparisons.map((compared) =>
      comparedJson(comparison, compared)
    ),
  };
}

function groupJson(group: RunGroup): unknown {
  const { context, record } = firstRun(group);
  return {
    name: group.name,
    runs: group.runs.map(({ folder, summary: { verdict } }) => ({
      folder,
      answer: verdict?.answer ?? null,
      limit: verdict?.limit ?? null,
      limit_confidence: verdict?.confidence ?? null,
      trust: verdict?.trust ?? null,
      text: verdict?.text ?? null,
    })),
    label: context.label,
    model: context.modelName,
    accelerators: record.accelerators,
    comparability_class: context.comparabilityClass ?? null,
  };
}

function comparedJson(
  comparison: Comparison,
  compared: GroupComparison,
): unknown {
  return {
    first: comparison.groups[0]?.name ?? null,
    second: compared.group.name,
    not_comparable: compared.reasons,
    metrics: compared.metrics.map(metricJson),
    verdict: verdictSentences(comparison, compared).join("; "),
    notes: notesOf(comparison, compared),
  };
}

function metricJson(compared: MetricComparison): unknown {
  const { kind, metric, result } = compared;
  return {
    key: `${PHASE_KINDS[kind].keyPrefix}_${metric.key}`,
    unit: metric.unit,
    better: metric.better,
    values_of: compared.unit,
    first: compared.first,
    second: compared.second,
    [metric.scale]: result.difference,
    interval: result.low === null
      ? null
      : { level: compared.level, low: result.low, high: result.high },
    probability: result.probability,
    significant: compared.isSignificant,
    judged: metric.isJudged ? judgedVerdict(compared) : null,
  };
}
