/**
 * What to say of a results folder that could not be finished.
 */
import {
  JOURNAL_NAME,
  type SavedResults,
  STOKER_JSON_NAME,
} from "../results/results_folder.ts";

/** Names in a message about files that could not be written. */
const MAX_NAMES = 5;

/**
 * Says what could not be saved, and where else it is.
 *
 * @param saved What became of the folder.
 * @param run `path`: of the folder. `phaseCount`: phases that were measured.
 * @returns Null if all was saved.
 */
export function notSavedText(
  { missing, journalPhases }: SavedResults,
  { path, phaseCount }: { readonly path: string; readonly phaseCount: number },
): string | null {
  const [first] = missing;
  if (first === undefined) return null;
  const names = missing.slice(0, MAX_NAMES).map(({ name }) => name).join(", ");
  const more = missing.length > MAX_NAMES
    ? ` and ${missing.length - MAX_NAMES} more`
    : "";
  const there = journalPhases === null
    ? `${STOKER_JSON_NAME} there has all that was measured`
    : `${JOURNAL_NAME} there has ${journalPhases} of ${phaseCount} phases, ` +
      `standard output has the result`;
  return `Cannot save all results in "${path}": ${names}${more} could not be ` +
    `written (${first.problem}); ${there}`;
}

/**
 * Says that a folder does not answer, so that nothing could be finished.
 *
 * @param path Of the folder.
 * @param phaseCount Phases that were measured.
 */
export function silentText(path: string, phaseCount: number): string {
  return `Cannot save the results in "${path}": its storage does not answer; ` +
    `${JOURNAL_NAME} there may have some of the ${phaseCount} phases, ` +
    `standard output has the result`;
}
