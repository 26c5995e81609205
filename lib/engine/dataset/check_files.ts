/**
 * Checks that some of a dataset's files exist and have their length.
 */
import { DatasetError } from "../../errors.ts";
import type { Format } from "../../formats/format.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";

/** Files that are checked even where the interval gives fewer. */
const MIN_CHECKS = 64;
/**
 * Files of somebody else's dataset that are looked up where that is cheap:
 * half a second's worth.
 */
const MAX_LOCAL_CHECKS = 100_000;

/** A file and what it must be. */
export interface ExpectedFile {
  readonly path: string;
  /** Null: any but 0. */
  readonly byteLength: number | null;
}

/**
 * Files together with those that tell where their samples are: a sample
 * cannot be found without.
 */
export function withIndexFiles(
  files: readonly ExpectedFile[],
  format: Format,
): readonly ExpectedFile[] {
  return files.flatMap((file) => {
    const path = format.indexPath?.(file.path);
    return path === undefined ? [file] : [file, { path, byteLength: null }];
  });
}

/**
 * Which files to look up: every `interval`-th, but at least 64, spread
 * evenly, first and last included.
 *
 * @param fileCount Files there should be.
 * @param interval `dataset.listing_validation_interval`; 0: none.
 * @returns Indices, ascending.
 */
export function filesToCheck(fileCount: number, interval: number): number[] {
  if (interval === 0 || fileCount === 0) return [];
  const wanted = Math.max(MIN_CHECKS, Math.ceil(fileCount / interval) + 1);
  const count = Math.min(fileCount, wanted);
  if (count === 1) return [0];
  return Array.from(
    { length: count },
    (_, i) => Math.floor((i * (fileCount - 1)) / (count - 1)),
  );
}

/**
 * Which files to look up of a dataset that nothing describes: all of up to
 * 100,000 where files are on this host's file systems, else as
 * {@linkcode filesToCheck}.
 *
 * @param interval `dataset.listing_validation_interval`; 0: none.
 */
export function foreignFilesToCheck(
  storage: Pick<Storage, "hostPath">,
  fileCount: number,
  interval: number,
): number[] {
  if (interval === 0 || storage.hostPath === undefined) {
    return filesToCheck(fileCount, interval);
  }
  const wanted = Math.ceil(fileCount / MAX_LOCAL_CHECKS);
  return filesToCheck(fileCount, Math.min(interval, Math.max(1, wanted)));
}

/**
 * Looks up files.
 *
 * @param storage Where they are.
 * @param files Which ones.
 * @param where `folder`: the dataset's, for messages; `cure`: what helps;
 *   `onEntry`: called after each.
 * @throws {DatasetError} Naming the first that is missing or has another
 *   length, and how many more.
 */
export async function checkFiles(
  storage: Storage,
  files: readonly ExpectedFile[],
  where: {
    readonly folder: string;
    readonly cure: string;
    readonly onEntry?: (() => void) | undefined;
  },
): Promise<void> {
  const problems: (string | undefined)[] = [];
  await forEachFile(storage, files.length, async (index) => {
    const file = files[index];
    if (file === undefined) return;
    const problem = problemOf(
      file,
      await storage.sizeOf(file.path),
      where.cure,
    );
    if (problem !== null) problems[index] = problem;
    where.onEntry?.();
  });
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length === 0) return;
  const others = found.length === 1
    ? ""
    : ` (and ${found.length - 1} more of the ${files.length} looked up)`;
  throw new DatasetError(
    `Cannot use the dataset in "${where.folder}" as ${found[0]}${others}`,
  );
}

function problemOf(
  { path, byteLength }: ExpectedFile,
  haveBytes: number | null,
  cure: string,
): string | null {
  if (haveBytes === null) {
    return `"${path}" must be there: it is missing${cure}`;
  }
  if (byteLength === null && haveBytes === 0) {
    return `"${path}" must have at least 1 byte: it is empty`;
  }
  if (byteLength === null || haveBytes === byteLength) return null;
  return `"${path}" must have ${byteLength} bytes: it has ${haveBytes}; ` +
    `"stoker verify" finds all damage`;
}
