/**
 * `report.txt`: a run on one page, for people without a browser.
 *
 * Rendering only: everything comes from the summary and the run's context.
 */
import { isScaled, type ResultContext } from "../../metrics/result_context.ts";
import type { Summary } from "../../metrics/summary.ts";
import type { MetricValue } from "../../metrics/summary_metric.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { endpointTable } from "./endpoint_table.ts";
import { metricBlock } from "./metric_block.ts";
import { bytesText, fixedText } from "./quantity.ts";

const BYTES_PER_MIB = 2 ** 20;
const BYTES_PER_GIB = 2 ** 30;

/**
 * Renders a run.
 *
 * @param summary The run's summary.
 * @param context The settings of the run.
 * @param phases Its phases, for what the summary leaves out.
 * @returns The text of the file.
 */
export function reportText(
  summary: Summary,
  context: ResultContext,
  phases: readonly PhaseRecord[] = [],
): string {
  const sections = [
    headSection(summary, context),
    epochSection("Training", "train", summary, context),
    epochSection("Evaluation", "eval", summary, context),
    metricBlock(summary, isScaled(context)),
    endpointTable(phases),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function headSection(summary: Summary, context: ResultContext): string {
  const memoryBytes = summary.host_memory_GB
    .reduce((sum, gib) => sum + gib, 0) * BYTES_PER_GIB;
  const cpuCount = summary.host_cpu_count.reduce((sum, n) => sum + n, 0);
  const rows: (readonly [string, string])[] = [
    ["Workload", context.modelName],
    ["Label", context.label],
    ["Started", summary.start],
    ["Ended", summary.end],
    ["Status", summary.complete ? "complete" : "INCOMPLETE"],
    ["Accelerators", String(summary.num_accelerators)],
    [
      "Hosts",
      `${summary.num_hosts} (${summary.hostname}), ${cpuCount} CPUs, ` +
      `${bytesText(memoryBytes)} memory`,
    ],
    [
      "Training set",
      `${summary.num_files_train} files × ` +
      `${summary.num_samples_per_file} samples × ` +
      bytesText(context.recordBytes),
    ],
    ["AU goal", `${fixedText(100 * context.auGoal, 1)} %`],
    ["Command", context.commandLine.join(" ")],
  ];
  const lines = rows.filter(([, text]) => text !== "")
    .map(([name, text]) => `${name.padEnd(14)}${text}\n`);
  return `Stoker ${context.stokerVersion} report\n\n${lines.join("")}`;
}

function epochSection(
  title: string,
  kind: "train" | "eval",
  summary: Summary,
  context: ResultContext,
): string {
  const aus = listOf(summary.metric[`${kind}_au_percentage`]);
  const rates = listOf(
    summary.metric[`${kind}_throughput_samples_per_second`],
  );
  if (aus.length === 0) return "";
  const rows = aus.map((au, index) => {
    const rate = rates[index] ?? null;
    const io = rate === null ? null : rate * context.recordBytes;
    return [
      String(index + 1),
      fixedText(au, 2),
      fixedText(rate, 2),
      fixedText(io === null ? null : io / BYTES_PER_MIB, 2),
    ];
  });
  // Evaluations are numbered by themselves: not every epoch has one.
  const first = kind === "train" ? "Epoch" : "Eval";
  return `${title}\n` +
    tableText([[first, "AU (%)", "samples/s", "MiB/s"], ...rows]);
}

/** Rows of right-aligned columns. */
function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) => {
    const cells = row.map((cell, i) => cell.padStart(widths[i] ?? 0));
    return `  ${cells.join("  ")}\n`;
  }).join("");
}

function listOf(
  value: MetricValue | undefined,
): readonly (number | null)[] {
  return Array.isArray(value) ? value : [];
}
