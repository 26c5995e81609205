/**
 * The files of a generated dataset that the settings ask for: what `verify`
 * looks at. Fewer than there are is a part; more are missing, and missing
 * files are damage.
 */
import { filePath } from "../../sampling/file_names.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import type { Damage } from "../threads/worker_start.ts";

/** Missing files that are named one by one. */
const MAX_NAMED = 1000;

/** What is to be verified. */
export interface WantedFiles {
  /** Those that the manifest lists and the settings ask for. */
  readonly splits: readonly SplitFiles[];
  /** Files that are asked for and that the manifest does not list. */
  readonly missingCount: number;
  /** The first 1000 of them. */
  readonly missing: readonly Damage[];
}

/**
 * Compares what a manifest lists with what the settings ask for.
 *
 * @param listed Splits as the manifest has them.
 * @param asked Splits as the settings have them.
 * @param folder The dataset folder.
 */
export function wantedFiles(
  listed: readonly SplitFiles[],
  asked: readonly SplitFiles[],
  folder: string,
): WantedFiles {
  const missing: Damage[] = [];
  let missingCount = 0;
  const splits = listed.map((split) => {
    const wanted = asked.find(({ naming }) =>
      naming.split === split.naming.split
    );
    const wantedCount = wanted?.fileCount ?? 0;
    missingCount += Math.max(0, wantedCount - split.fileCount);
    for (let file = split.fileCount; file < wantedCount; file++) {
      if (missing.length === MAX_NAMED || wanted === undefined) break;
      missing.push(notListed(wanted, file, { folder, split }));
    }
    return { ...split, fileCount: Math.min(split.fileCount, wantedCount) };
  });
  return { splits, missingCount, missing };
}

function notListed(
  { naming, fileCount }: SplitFiles,
  file: number,
  { folder, split }: { readonly folder: string; readonly split: SplitFiles },
): Damage {
  return {
    path: `${folder}/${filePath(naming, file)}`,
    kind: "missing",
    offset: 0,
    detail: `the manifest lists ${split.fileCount} files in ` +
      `${naming.split}, the settings ask for ${fileCount}`,
  };
}
