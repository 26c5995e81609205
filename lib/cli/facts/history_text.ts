/**
 * The list of runs, as text and as plain data.
 */
import { textTable } from "../../bytes/text_table.ts";
import type { RunHistory } from "../../history/find_results.ts";
import type { ResultsHead } from "../../history/results_head.ts";

/**
 * Runs as a table, the oldest first.
 *
 * @param history The runs, at least one.
 * @returns Lines without a line feed at the end.
 */
export function historyText({ runs }: RunHistory): string {
  return textTable([
    ["STARTED (UTC)", "STATUS", "WORKLOAD", "N", "AU %", "MiB/s", "LABEL"]
      .concat("FOLDER"),
    ...runs.map((run) => [
      timeText(run.startMs),
      run.status,
      run.facts?.workload ?? "–",
      run.accelerators === null ? "–" : String(run.accelerators),
      fixed(run.auPercent, 1),
      fixed(run.mibPerSecond, 1),
      run.facts?.label || "–",
      run.folder,
    ]),
  ]).join("\n");
}

/**
 * What was passed over, in words.
 *
 * @param history What was found.
 * @param root Where.
 * @returns One sentence.
 */
export function passedOverText(
  { runs, foreignFolders, closedFolders, skippedFolders }: RunHistory,
  root: string,
): string {
  const parts = [
    ...counted(foreignFolders, "with other files passed over"),
    ...counted(closedFolders, "that may not be read"),
    ...counted(skippedFolders, "beyond the limits of the search"),
  ];
  return `${runs.length} run${runs.length === 1 ? "" : "s"} in ${root}` +
    parts.map((part) => `; ${part}`).join("");
}

/**
 * Runs as plain data.
 *
 * @param history What was found.
 * @param root Where.
 */
export function historyJson(history: RunHistory, root: string): unknown {
  return {
    results: root,
    runs: history.runs.map(runJson),
    foreign_folders: history.foreignFolders,
    unreadable_folders: history.closedFolders,
    skipped_folders: history.skippedFolders,
  };
}

/**
 * A run as plain data.
 *
 * @param run Its head.
 */
export function runJson(run: ResultsHead): Record<string, unknown> {
  return {
    folder: run.folder,
    status: run.status,
    reason: run.reason,
    start: new Date(run.startMs).toISOString(),
    end: run.endMs === null ? null : new Date(run.endMs).toISOString(),
    label: run.facts?.label ?? null,
    workload: run.facts?.workload ?? null,
    model: run.facts?.modelName ?? null,
    accelerators: run.accelerators,
    hostname: run.hostname,
    au_mean_percentage: run.auPercent,
    mib_per_second: run.mibPerSecond,
    comparability_class: run.facts?.comparabilityClass ?? null,
  };
}

/**
 * A moment for people.
 *
 * @param wallMs Milliseconds since 1970.
 * @returns "2026-11-22 16:56:41", UTC.
 */
export function timeText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 19).replace("T", " ");
}

function counted(count: number, what: string): string[] {
  if (count === 0) return [];
  return [`${count} folder${count === 1 ? "" : "s"} ${what}`];
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "–" : value.toFixed(digits);
}
