/**
 * What is to be written beside what file systems have left, for people who
 * plan: `--dry-run` and `datasize`. Nothing is opened.
 */
import { formatBytes } from "../../bytes/sizes.ts";
import type { DiskNeed } from "../../engine/plan/disk_needs.ts";
import { diskProblems, type SpaceOf } from "../../engine/run/room_check.ts";
import type { FreeSpace } from "../../host/free_space.ts";

/** A row for each need, and one for each that does not fit. */
export function diskRows(
  needs: readonly DiskNeed[],
  spaceOf: SpaceOf,
): (readonly [string, string])[] {
  return [
    ...needs.map((need) =>
      ["Disk", needText(need, spaceOf(need.hostFolder))] as const
    ),
    ...diskProblems(needs, spaceOf).map((text) =>
      [
        "Does not fit",
        `${text}. Files that are there already are not taken off`,
      ] as const
    ),
  ];
}

function needText(
  { what, hostFolder, bytes, files }: DiskNeed,
  space: FreeSpace | null,
): string {
  const free = space === null ? "an unknown size" : formatBytes(space.bytes);
  const inodes = space === null || space.files === null
    ? ""
    : `, of ${space.files} free inodes`;
  return `${formatBytes(bytes)} needed for ${what}, ${free} free at ` +
    `${hostFolder}; ${files} files${inodes}`;
}
