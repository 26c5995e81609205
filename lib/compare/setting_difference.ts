/**
 * Settings in which groups of runs differ.
 */
import { firstRun, type RunGroup } from "./run_group.ts";
import { type ComparedSetting, settingRows } from "./setting_rows.ts";

/** A setting that is not the same in all groups. */
export interface SettingDifference {
  readonly key: string;
  /** One for each group, in order; null where the run has no such setting. */
  readonly values: readonly (ComparedSetting | null)[];
}

/**
 * What groups of runs differ in.
 *
 * @param groups The groups; the runs of one are alike.
 * @returns One entry for each key, facts of the runs first.
 */
export function settingDifferences(
  groups: readonly RunGroup[],
): SettingDifference[] {
  const maps = groups.map((group) => new Map(settingRows(firstRun(group))));
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  return [...keys].flatMap((key) => {
    const values = maps.map((map) => map.get(key) ?? null);
    const texts = values.map((each) => JSON.stringify(each?.value));
    return texts.every((text) => text === texts[0]) ? [] : [{ key, values }];
  });
}
