/**
 * Removes runs: those that were selected, file by file, and only what is
 * Stoker's.
 */
import { contentOf, type FolderContent } from "./removable_files.ts";
import type { ResultsHead, RunStatus } from "./results_head.ts";

/** Which runs are to go. At least one of the three is given. */
export interface PruneRules {
  /** So many of the newest that the other rules select stay; null: none. */
  readonly keep: number | null;
  /** Only those that began before this, milliseconds since 1970; null: all. */
  readonly beforeMs: number | null;
  /** Only those that failed or were interrupted. */
  readonly onlyFailed: boolean;
}

/** What may be removed at all. */
const ENDED: readonly RunStatus[] = ["complete", "failed", "interrupted"];

/**
 * Selects runs.
 *
 * @param runs Sorted by time.
 * @param rules Which of them.
 * @returns Those that are to go, and those that the rules mean but that must
 *   stay: whose run may go on, or that cannot be read.
 */
export function selectRuns(
  runs: readonly ResultsHead[],
  { keep, beforeMs, onlyFailed }: PruneRules,
): { readonly selected: ResultsHead[]; readonly held: ResultsHead[] } {
  const meant = runs.filter(({ status, startMs }) =>
    (!onlyFailed || status !== "complete") &&
    (beforeMs === null || startMs < beforeMs)
  );
  const going = keep === null ? meant : meant.slice(0, -keep);
  return {
    selected: going.filter(({ status }) => ENDED.includes(status)),
    held: going.filter(({ status }) => !ENDED.includes(status)),
  };
}

/** A run that can be removed, or why it cannot. */
export type PrunePlan =
  & { readonly run: ResultsHead }
  & (
    | { readonly content: FolderContent; readonly reason: null }
    | { readonly content: null; readonly reason: string }
  );

/**
 * Looks at what a folder has.
 *
 * @param run A selected run.
 * @returns What is to be removed; or why the folder stays as it is.
 */
export async function planRemoval(run: ResultsHead): Promise<PrunePlan> {
  if (run.facts === null) {
    return { run, content: null, reason: "its files cannot be read" };
  }
  try {
    const content = await contentOf(run.folder, run.facts);
    const [foreign] = content.foreign;
    if (foreign === undefined) return { run, content, reason: null };
    const more = content.foreign.length - 1;
    return {
      run,
      content: null,
      reason: `it has a file that is not Stoker's: ${foreign}` +
        (more === 0 ? "" : ` and ${more} more`),
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { run, content: null, reason: error.message };
  }
}

/**
 * Removes what was planned: files one by one, `stoker.json` last, then the
 * folders, which go only if they are empty.
 *
 * @param content What a folder has.
 * @returns Why not all of it is gone; null if it is.
 */
export async function removeContent(
  { files, folders }: FolderContent,
): Promise<string | null> {
  try {
    for (const path of [...files, ...folders]) {
      await Deno.remove(path);
    }
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message;
  }
}
