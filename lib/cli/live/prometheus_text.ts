/**
 * A running phase for Prometheus: the text exposition format, version 0.0.4.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * Names begin with `stoker_`, units are base units. What is not known is left
 * out. Counters are of the phase at hand: its labels tell the phases apart.
 */
import type { LiveState } from "../watch/run_watch.ts";

/** Content-Type of the format. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type MetricType = "gauge" | "counter";

/** One metric: its name without prefix, and a value for each set of labels. */
interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly samples: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value: number | null;
  }[];
}

/**
 * Renders what is to be seen of a run.
 *
 * @param state Null between phases.
 * @param facts `host`: its name; `model`: of the workload.
 */
export function prometheusText(
  state: LiveState | null,
  facts: { readonly host: string; readonly model: string },
): string {
  const metrics = [
    one("up", "gauge", "1 while the run goes on", 1),
    ...(state === null ? [] : phaseMetrics(state)),
  ];
  return metrics.map((metric) => metricText(metric, facts)).join("");
}

function one(
  name: string,
  type: MetricType,
  help: string,
  value: number | null,
): Metric {
  return { name, type, help, samples: [{ value }] };
}

function phaseMetrics(state: LiveState): Metric[] {
  return [
    ...timeMetrics(state),
    ...ratioMetrics(state),
    ...threadMetrics(state),
  ];
}

function timeMetrics({ snapshot, phaseLeftSeconds, runLeft }: LiveState) {
  const { elapsedSeconds, total, done, unit } = snapshot;
  return [
    one(
      "phase_elapsed_seconds",
      "gauge",
      "Since the phase began",
      elapsedSeconds,
    ),
    one(
      "phase_remaining_seconds",
      "gauge",
      "To the end of the phase at its mean rate",
      phaseLeftSeconds,
    ),
    one(
      "run_remaining_seconds",
      "gauge",
      "To the end of the run, of the kinds of phase that were seen",
      runLeft?.seconds ?? null,
    ),
    one("phase_total", "gauge", "Steps or files of the phase", total),
    {
      name: "phase_done_total",
      type: "counter",
      help: "Steps or files that are done",
      samples: [{ labels: { ...phaseLabels(snapshot), unit }, value: done }],
    },
  ] satisfies Metric[];
}

function ratioMetrics(state: LiveState): Metric[] {
  const gauge = (name: string, help: string, value: number | null) =>
    one(name, "gauge", help, value);
  const part = (percent: number | null) =>
    percent === null ? null : percent / 100;
  const { snapshot, auNowPercent, auGoalPercent, p99Ms } = state;
  return [
    gauge(
      "au_ratio",
      "AU of the phase so far, 0 to 1",
      part(snapshot.auPercent),
    ),
    gauge("au_now_ratio", "AU of the last seconds", part(auNowPercent)),
    gauge("au_goal_ratio", "AU to reach", part(auGoalPercent)),
    gauge(
      "latency_p99_seconds",
      "Of the phase's reads, or writes, and requests",
      p99Ms === null ? null : p99Ms / 1000,
    ),
    gauge(
      "from_memory_ratio",
      "Of the bytes read, from memory instead of the device",
      state.fromMemoryFraction,
    ),
  ];
}

function threadMetrics({ snapshot }: LiveState): Metric[] {
  const { roles, ranks } = snapshot;
  const phase = phaseLabels(snapshot);
  const byRank = (
    name: string,
    help: string,
    values: Float64Array,
    perUnit: number,
  ): Metric => {
    const samples = [...values].map((value, index) => ({
      labels: { ...phase, rank: String(ranks.firstRank + index) },
      value: value / perUnit,
    }));
    return { name, type: "counter", help, samples };
  };
  const ofRole = (
    name: string,
    help: string,
    valueOf: (role: Role) => number,
  ): Metric => byRole(name, help, roles, valueOf, phase);
  return [
    ofRole("bytes_total", "Bytes that calls moved", ({ bytes }) => bytes),
    ofRole("operations_total", "Operations", (role) => role.operations),
    ofRole("errors_total", "Requests that failed", ({ errors }) => errors),
    ofRole("retries_total", "Attempts made again", ({ retries }) => retries),
    byRank("rank_steps_total", "Steps of a rank", ranks.stepCounts, 1),
    byRank("rank_load_seconds_total", "Waits for batches", ranks.loadMs, 1000),
    byRank("rank_step_seconds_total", "Time of steps", ranks.stepMs, 1000),
  ];
}

function phaseLabels({ kind, epoch }: LiveState["snapshot"]) {
  return { phase: kind, epoch: String(epoch) };
}

type Role = LiveState["snapshot"]["roles"][number];

function byRole(
  name: string,
  help: string,
  roles: readonly Role[],
  valueOf: (role: Role) => number,
  phase: Readonly<Record<string, string>>,
): Metric {
  const samples = roles.map((role) => ({
    labels: { ...phase, role: role.role },
    value: valueOf(role),
  }));
  return { name, type: "counter", help, samples };
}

function metricText(
  { name, type, help, samples }: Metric,
  facts: Readonly<Record<string, string>>,
): string {
  const known = samples.filter(({ value }) => Number.isFinite(value));
  if (known.length === 0) return "";
  const full = `stoker_${name}`;
  const lines = known.map(({ labels, value }) =>
    `${full}{${labelsText({ ...facts, ...labels })}} ${value}`
  );
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines, ""]
    .join("\n");
}

/** Backslash, quote and line feed are escaped, as the format has it. */
function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([name, value]) =>
    `${name}="${
      value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')
        .replaceAll("\n", "\\n")
    }"`
  ).join(",");
}
