/**
 * A run that is compared with others: what was saved of it, and its figures.
 */
import { summarize } from "../metrics/summary.ts";
import type { RunSummary } from "../metrics/summary.ts";
import { readResults, type SavedRun } from "../results/results_reader.ts";

/** A run that is compared. */
export interface ComparedRun extends SavedRun {
  /** Its results folder. */
  readonly folder: string;
  readonly summary: RunSummary;
}

/**
 * Reads a run.
 *
 * @param folder Its results folder.
 * @throws {StorageError} If it is no results folder or cannot be read.
 * @throws {FormatError} If a file of it is damaged or of a newer version.
 */
export async function readRun(folder: string): Promise<ComparedRun> {
  const saved = await readResults(folder);
  return {
    ...saved,
    folder,
    summary: summarize(saved.record, saved.context),
  };
}
