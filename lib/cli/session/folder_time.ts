/**
 * What the results folder of a run is called.
 */

/**
 * UTC to the millisecond, in characters that every file system takes.
 *
 * @param now When the run begins.
 * @returns "2026-11-22T16-56-41-902Z".
 */
export function folderTime(now: Date): string {
  return now.toISOString().replaceAll(/[:.]/g, "-");
}
