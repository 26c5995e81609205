/**
 * Writes `report.html`, after everything else of a results folder: it is made
 * of what is saved by then, and can be made again.
 */
import { StokerError } from "../errors.ts";
import type { RunSummary } from "../metrics/summary.ts";
import { loadReportHtml } from "../report/html/load_page.ts";
import { writePieces } from "../results/results_file.ts";
import type { SavedRun } from "../results/results_reader.ts";
import { judgeByRules } from "./rule_judgement.ts";

/** Name of the page in a results folder. */
export const REPORT_PAGE_NAME = "report.html";

/**
 * Writes the page of a run.
 *
 * @param path The file; what is there is replaced.
 * @param saved The run.
 * @param run `folder`: its results. `summary`: its figures.
 * @throws {StorageError} If it cannot be written; nothing is left then.
 */
export async function writeReportPage(
  path: string,
  saved: SavedRun,
  { folder, summary }: {
    readonly folder: string;
    readonly summary: RunSummary;
  },
): Promise<void> {
  const reportHtml = await loadReportHtml();
  const rules = await judgeByRules(folder, saved.context);
  const options = rules === null ? {} : { rules };
  writePieces(path, [reportHtml(saved, summary, options)]);
}

/**
 * Writes the page into the folder of a run that has just been saved. A page
 * that cannot be made must not lose the run, be the reason a defect.
 *
 * @returns Why it was not written; null if it was.
 */
export async function tryReportPage(
  folder: string,
  saved: SavedRun,
  summary: RunSummary,
): Promise<string | null> {
  const path = `${folder}/${REPORT_PAGE_NAME}`;
  try {
    await writeReportPage(path, saved, { folder, summary });
    return null;
  } catch (error) {
    if (error instanceof StokerError) return error.message;
    return `Cannot render "${path}", which is a defect of Stoker: ${error}`;
  }
}
