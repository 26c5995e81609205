/**
 * One run in words: how it ended, how it was started, and the settings that
 * somebody gave it.
 */
import { formatDuration } from "../../bytes/durations.ts";
import { textTable } from "../../bytes/text_table.ts";
import type { WholeHead } from "../../history/results_head.ts";
import { shellLine } from "../line/shell_line.ts";
import { timeText } from "./history_text.ts";

/** Widest that keys and values make their columns, in characters. */
const MAX_WIDTHS = [44, 40];

/**
 * Says what a run was.
 *
 * @param whole Its head and settings.
 * @returns Lines without a line feed at the end.
 */
export function runText({ head: run, context }: WholeHead): string {
  const seconds = run.endMs === null ? null : (run.endMs - run.startMs) / 1000;
  const facts = [
    ["folder", run.folder],
    ["status", run.status + (run.reason === null ? "" : `: ${run.reason}`)],
    ["started", `${timeText(run.startMs)} UTC`],
    ["duration", seconds === null ? "–" : formatDuration(Math.max(0, seconds))],
    ["workload", run.facts?.workload ?? "–"],
    ["accelerators", String(run.accelerators ?? "–")],
    ["host", run.hostname ?? "–"],
    ["label", context?.label || "–"],
    ["class", context?.comparabilityClass ?? "none"],
    ["stoker", context?.stokerVersion ?? "–"],
    ["command", `stoker ${shellLine(context?.commandLine ?? [])}`],
    ["in", context?.workingFolder ?? "–"],
  ];
  const settings = Object.entries(context?.settings ?? {})
    .filter(([, { origin }]) => origin !== "default")
    .map(([key, { value, origin }]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
      origin,
    ]);
  return [
    ...textTable(facts),
    "",
    "Settings that are not the default:",
    ...textTable(settings, { indent: "  ", maxWidths: MAX_WIDTHS }),
  ].join("\n");
}
