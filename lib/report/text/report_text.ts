/**
 * `report.txt`: a run on one page, for people without a browser.
 *
 * Rendering only: everything comes from the summary and the run's context.
 */
import { textTable } from "../../bytes/text_table.ts";
import type { KindSummary } from "../../metrics/kind_summary.ts";
import type { TotalIoEngine } from "../../metrics/io_engine.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { measuredKinds } from "../../metrics/summary.ts";
import type { RunSummary } from "../../metrics/summary.ts";
import { publishedClassText } from "../../config/published_classes.ts";
import { SUBMISSION_NOTE } from "../../results/mlperf/mlperf_facts.ts";
import { localTimestamp } from "../../results/dlio/timestamp.ts";
import { metricTag, type ResultContext } from "../../results/result_context.ts";
import { hostTable } from "./host_table.ts";
import { endpointTable } from "./endpoint_table.ts";
import { metricBlock } from "./metric_block.ts";
import { bytesText, fixedText } from "./quantity.ts";

const BYTES_PER_MIB = 2 ** 20;

/**
 * Renders a run.
 *
 * @param summary The run's summary.
 * @param context The settings of the run.
 * @param phases Its phases, for what the summary leaves out.
 * @returns The text of the file.
 */
export function reportText(
  summary: RunSummary,
  context: ResultContext,
  phases: readonly PhaseRecord[] = [],
): string {
  const sections = [
    headSection(summary, context),
    ...measuredKinds(summary).map((kind) => epochSection(kind, context)),
    metricBlock(summary, metricTag(context)),
    endpointTable(phases),
    hostTable(summary.hostFigures),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function headSection(summary: RunSummary, context: ResultContext): string {
  const { hosts } = summary;
  const memoryBytes = hosts.reduce((sum, h) => sum + h.memoryBytes, 0);
  const cpuCount = hosts.reduce((sum, h) => sum + h.cpuCount, 0);
  const timeText = (wallMs: number) =>
    localTimestamp(wallMs, context.utcOffsetMinutes);
  const rows: (readonly [string, string])[] = [
    ["Workload", context.modelName],
    ["Label", context.label],
    ["Started", timeText(summary.start.wallMs)],
    ["Ended", timeText(summary.end.wallMs)],
    ["Status", summary.complete ? "complete" : "INCOMPLETE"],
    ["Accelerators", String(summary.accelerators)],
    ["Share", sharesText(context)],
    [
      "Hosts",
      `${hosts.length} (${hosts[0]?.hostname ?? ""}), ${cpuCount} CPUs, ` +
      `${bytesText(memoryBytes)} memory`,
    ],
    [
      "Training set",
      `${context.numFilesTrain} files × ` +
      `${context.numSamplesPerFile} samples × ` +
      bytesText(context.recordBytes),
    ],
    ["Reads", engineText(summary.readEngine, "for each reader")],
    ["Writes", engineText(summary.writeEngine, "in each thread")],
    ["Processes", processesText(context)],
    ["AU goal", `${fixedText(100 * context.auGoal, 1)} %`],
    ["Comparable", comparableText(context)],
    ["Submission", (context.mlperf ?? null) === null ? "" : SUBMISSION_NOTE],
    ["Command", context.commandLine.join(" ")],
  ];
  const lines = textTable(rows.filter(([, text]) => text !== ""));
  return `Stoker ${context.stokerVersion} report\n\n${linesText(lines)}`;
}

/** "" for a run with a single process. */
function processesText({ processes }: ResultContext): string {
  if (processes === undefined) return "";
  const { count, library, version, launcher } = processes;
  return `${count}, started by ${launcher}, joined by ${library} ${version}`;
}

/** "" for a whole run. */
function sharesText({ share, merged }: ResultContext): string {
  if (merged !== undefined) {
    return `${merged.count} shares, not synchronised: they began within ` +
      `${merged.startSpreadSeconds.toFixed(3)} s`;
  }
  return share === undefined
    ? ""
    : `${share.number} of ${share.count}, of a run on ${share.accelerators} ` +
      "accelerators; others did not wait for it";
}

/** "" for a run without files to read, or to write. */
function engineText(total: TotalIoEngine | null, where: string): string {
  switch (total?.engine) {
    case undefined:
      return "";
    case "sync":
      return "one call after another in each thread (sync)";
    case "uring":
      return `up to ${depthText(total)} in flight ${where} (io_uring` +
        (total.depthReason === undefined ? ")" : `; ${total.depthReason})`);
    case "mixed":
      return "some processes through io_uring, others one call after another";
  }
}

/** Hosts choose by their own devices, kinds of phases by their threads. */
function depthText(
  { depth, greatestDepth }: Pick<TotalIoEngine, "depth" | "greatestDepth">,
): string {
  return greatestDepth === undefined
    ? `${depth}`
    : `${depth} (elsewhere ${greatestDepth})`;
}

/** "" for a run that has no class. */
function comparableText({ comparabilityClass = null }: ResultContext): string {
  return comparabilityClass === null
    ? ""
    : `class ${publishedClassText(comparabilityClass)}`;
}

/** A row for each epoch or evaluation; "" where there are no steps. */
function epochSection(
  { kind, steps }: KindSummary,
  { recordBytes }: ResultContext,
): string {
  if (steps === null) return "";
  const { title, epochColumn } = PHASE_KINDS[kind];
  const rows = steps.auPercent.values.map((au, index) => {
    const rate = steps.samplesPerSecond.values[index] ?? null;
    const mib = rate === null ? null : rate * recordBytes / BYTES_PER_MIB;
    return [
      String(index + 1),
      fixedText(au, 2),
      fixedText(rate, 2),
      fixedText(mib, 2),
    ];
  });
  const head = [epochColumn ?? "", "AU (%)", "samples/s", "MiB/s"];
  const lines = textTable([head, ...rows], { indent: "  ", align: "right" });
  return `${title}\n${linesText(lines)}`;
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
