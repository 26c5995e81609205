/**
 * Runs that are compared, and which of them are of the same settings: those
 * are one group, and show how much runs differ of themselves.
 *
 * Settings are the same if every one of them is, but for those that say where
 * and how results are kept; and the number of accelerators, the label, the
 * hosts and Stoker's version. Where all are the same, each run is a group of
 * its own: somebody compares runs then, not settings.
 */
import type { ComparedRun } from "./compared_run.ts";
import { settingRows } from "./setting_rows.ts";

/** Runs of the same settings. */
export interface RunGroup {
  /** "A", "B" … "Z", "A2" …; the first is what others are compared with. */
  readonly name: string;
  /** At least one, in the order in which they were given. */
  readonly runs: readonly ComparedRun[];
}

/** Letters for names. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * Groups runs by their settings.
 *
 * @param runs In the order in which they were given, at least two.
 * @returns Groups in the order of their first runs, at least two.
 */
export function groupRuns(runs: readonly ComparedRun[]): RunGroup[] {
  const groups = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const key = JSON.stringify(
      settingRows(run).map(([name, { value }]) => [name, value]).sort(),
    );
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [run]);
    else same.push(run);
  }
  const lists = groups.size === 1
    ? runs.map((run) => [run])
    : [...groups.values()];
  return lists.map((list, index) => ({ name: groupName(index), runs: list }));
}

/** The run that stands for its group where all are alike. */
export function firstRun({ runs }: RunGroup): ComparedRun {
  const [run] = runs;
  if (run === undefined) throw new RangeError("A group must have a run");
  return run;
}

function groupName(index: number): string {
  const round = Math.floor(index / LETTERS.length);
  const letter = LETTERS.charAt(index % LETTERS.length);
  return round === 0 ? letter : `${letter}${round + 1}`;
}
