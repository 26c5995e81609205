/**
 * `dlio.log`: the run in the lines of DLIO's log.
 *
 * Every line is `[OUTPUT] {local time} text`, in order of time. DLIO's lines
 * about what Stoker does not do (listing, resharding, pre-warming) are left
 * out. Figures of a block are those of all ranks: mean AU, and the sum of
 * throughputs where DLIO prints rank 0's times the number of ranks.
 *
 * Source: DLIO's `utils/statscounter.py` and `main.py`.
 */
import { checkpointMetrics } from "../../metrics/checkpoint_metrics.ts";
import { epochsOf } from "./epochs.ts";
import type { Epoch, EpochSpan } from "./epochs.ts";
import { dlioMetricLines, METRIC_RULE } from "./metric_lines.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseKind } from "../../metrics/phase_kinds.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import { spreadOf } from "../../metrics/spread.ts";
import { entriesIn, stepMeans } from "../../metrics/step_entries.ts";
import type { RunSummary } from "../../metrics/summary.ts";
import { stepsUtilization } from "../../metrics/utilization.ts";
import type { ResultContext } from "../result_context.ts";
import { localTimestamp } from "./timestamp.ts";

/** A line and when it was true. */
type TimedLine = readonly [wallMs: number, text: string];

/** Phases outside of epochs that DLIO tells of: lines at begin and end. */
const OUTSIDE_EPOCHS: Readonly<
  Partial<Record<PhaseKind, readonly [begin: string, end: string]>>
> = {
  generate: ["Starting data generation", "Generation done"],
};

/**
 * The text of `dlio.log`.
 *
 * @param record The run.
 * @param context The settings of the run.
 * @param summary Derived from both.
 * @returns The whole file.
 */
export function dlioLog(
  record: RunRecord,
  context: ResultContext,
  summary: RunSummary,
): string {
  const lines = [
    ...beginLines(record, context),
    ...epochsOf(record, 0).flatMap((epoch) => epochLines(epoch, context)),
  ];
  // The sort is stable: lines of one moment stay as they were made.
  lines.sort(([a], [b]) => a - b);
  const stamp = (wallMs: number) =>
    localTimestamp(wallMs, context.utcOffsetMinutes);
  const text = lines
    .map(([wallMs, line]) => `[OUTPUT] ${stamp(wallMs)} ${line}\n`).join("");
  const metrics = [METRIC_RULE, ...dlioMetricLines(summary), METRIC_RULE];
  return `${text}[OUTPUT] Averaged metric over all steps/epochs\n` +
    `${metrics.join("\n")}\n\n` +
    `[OUTPUT] ${stamp(record.end.wallMs)} ` +
    "outputs saved in RANKID_output.json\n" +
    summary.warnings.map((warning) => `[WARNING] ${warning}\n`).join("");
}

function beginLines(
  record: RunRecord,
  context: ResultContext,
): TimedLine[] {
  const { workflow } = context;
  const parts = [
    workflow.generateData ? "Generating data" : "",
    workflow.train ? "Training" : "",
    workflow.evaluation ? "Evaluation" : "",
    workflow.checkpoint ? "Checkpointing" : "",
  ].filter((part) => part !== "");
  const lines: TimedLine[] = [[
    record.start.wallMs,
    `Running DLIO [${parts.join(" & ")}] with ${record.accelerators} ` +
    "process(es)",
  ]];
  for (const { kind, start, end } of record.phases) {
    const texts = OUTSIDE_EPOCHS[kind];
    if (texts === undefined) continue;
    lines.push([start.wallMs, texts[0]], [end.wallMs, texts[1]]);
  }
  const train = record.phases.find(({ kind }) =>
    PHASE_KINDS[kind].dlioSpan === "block"
  );
  if (train !== undefined) {
    // Files of one rank, as the text says; DLIO prints those of all ranks.
    const files = context.numFilesTrain / Math.max(1, record.accelerators);
    lines.push([
      train.start.wallMs,
      `Max steps per epoch per rank: ${train.plannedSteps} = ` +
      `${context.numSamplesPerFile} * ${files} / ${train.batchSize} ` +
      "(samples per file * local files / batch size)",
    ]);
  }
  return lines;
}

function epochLines(epoch: Epoch, context: ResultContext): TimedLine[] {
  const lines: TimedLine[] = [];
  const train = epoch.spans.find(({ block }) => block !== null)?.phase;
  if (train !== undefined) {
    lines.push([
      train.start.wallMs,
      `Starting epoch ${epoch.number}: ${train.plannedSteps} steps expected`,
    ]);
  }
  for (const span of epoch.spans) {
    lines.push(...spanLines(span, epoch.number, context));
  }
  if (train !== undefined) {
    const steps = train.ranks[0]?.stepCount ?? 0;
    lines.push([
      train.start.wallMs + train.durationSeconds * 1e3,
      `Ending epoch ${epoch.number} - ${steps} steps completed in ` +
      `${train.durationSeconds.toFixed(2)} s`,
    ]);
  }
  return lines;
}

function spanLines(
  span: EpochSpan,
  epoch: number,
  context: ResultContext,
): TimedLine[] {
  if (span.block !== null) return blockLines(span, epoch, context);
  const { isCheckpoint, direction } = PHASE_KINDS[span.phase.kind];
  if (!isCheckpoint) return evalLines(span, epoch, context);
  const doing = direction === "write" ? "saving" : "loading";
  const checkpoint = checkpointMetrics(span.phase);
  return [
    [
      span.startMs,
      `Starting ${doing} checkpoint ${span.number} for epoch ${epoch}`,
    ],
    [
      span.endMs,
      `Finished ${doing} checkpoint ${span.number} for epoch ${epoch} in ` +
      `${checkpoint.durationSeconds.toFixed(4)} s; Throughput: ` +
      `${fixed(checkpoint.gibPerSecond)} GiB/s`,
    ],
  ];
}

function blockLines(
  span: EpochSpan,
  epoch: number,
  context: ResultContext,
): TimedLine[] {
  const firstStep = span.block?.firstStep ?? 0;
  const stepCount = span.block?.stepCount ?? 0;
  const { au, samplesPerSecond, compute } = spanFigures(span, context, {
    from: firstStep,
    to: firstStep + stepCount,
  });
  const seconds = span.durationSeconds.toFixed(2);
  const block = `Epoch ${epoch} - Block ${span.number} [Training]`;
  const asked = JSON.stringify(
    (context.workload.train as Record<string, unknown> | undefined)
      ?.computation_time ?? null,
  );
  return [
    [span.startMs, `Starting block ${span.number}`],
    [
      span.endMs,
      `Ending block ${span.number} - ${stepCount} steps completed in ` +
      `${seconds} s`,
    ],
    [span.endMs, `${block} Accelerator Utilization [AU] (%): ${fixed(au)}`],
    [
      span.endMs,
      `${block} Throughput (samples/second): ${fixed(samplesPerSecond)}`,
    ],
    [
      span.endMs,
      `${block} Computation time per step (second): ` +
      `${fixed(compute.mean)}+/-${fixed(compute.stdev)} (set value: ${asked})`,
    ],
  ];
}

function evalLines(
  span: EpochSpan,
  epoch: number,
  context: ResultContext,
): TimedLine[] {
  const steps = span.phase.ranks[0]?.stepCount ?? 0;
  const { au, samplesPerSecond } = spanFigures(span, context, {
    from: 0,
    to: steps,
  });
  const seconds = span.durationSeconds.toFixed(2);
  const name = `Epoch ${epoch} [Eval]`;
  return [
    [span.startMs, `Starting eval - ${span.phase.plannedSteps} steps expected`],
    [span.endMs, `Ending eval - ${steps} steps completed in ${seconds} s`],
    [span.endMs, `${name} Accelerator Utilization [AU] (%): ${fixed(au)}`],
    [
      span.endMs,
      `${name} Throughput (samples/second): ${fixed(samplesPerSecond)}`,
    ],
  ];
}

/** Figures of all ranks over those steps of a span that count. */
function spanFigures(
  span: EpochSpan,
  context: ResultContext,
  steps: { readonly from: number; readonly to: number },
) {
  const ranks = span.phase.ranks;
  const parts = ranks.map((rank) =>
    stepsUtilization(rank, span.phase.batchSize, {
      from: Math.max(steps.from, context.excludeStartSteps),
      to: Math.min(steps.to, rank.stepCount - context.excludeEndSteps),
    })
  );
  const rates = parts.map((part) => part.samplesPerSecond)
    .filter((rate) => rate !== null);
  const [first] = ranks;
  const compute = first === undefined
    ? []
    : stepMeans(first, first.computeSeconds, entriesIn(first, steps));
  return {
    au: spreadOf(parts.map((part) => part.au)).mean,
    samplesPerSecond: rates.length === 0
      ? null
      : rates.reduce((sum, rate) => sum + rate, 0),
    compute: spreadOf(Array.from(compute)),
  };
}

function fixed(value: number | null): string {
  return value === null ? "n/a" : value.toFixed(4);
}
