/**
 * Whether two folders are on different file systems, by the test of MLPerf
 * Storage: a hard link between them must fail with EXDEV.
 *
 * A folder is what is linked. Folders have no hard links, so nothing is ever
 * made: Linux compares the mounts first (EXDEV), and only then refuses
 * (EPERM, EISDIR) or finds that it may not write (EACCES).
 *
 * Spec: link(2), `do_linkat` of Linux. Rules 3.4.2 and 4.4.2 of
 * https://github.com/mlcommons/storage/blob/main/Rules.md.
 */
import { resolve } from "node:path";
import { nearestExisting } from "./free_space.ts";
import type { Reading } from "./system_file.ts";

/** Two folders and what the kernel says of a link between them. */
export interface FolderSeparation {
  /** Absolute, without symbolic links; what is not there yet is left out. */
  readonly dataRealPath: string;
  readonly resultsRealPath: string;
  readonly isSameFileSystem: boolean;
}

/** Refusals that come only after the mounts were found to be one. */
const ONE_MOUNT_CODES: readonly string[] = [
  "EPERM",
  "EACCES",
  "EISDIR",
  "EMLINK",
];

/**
 * Tries it.
 *
 * @param dataFolder Of the dataset or of checkpoints; may be missing yet.
 * @param resultsFolder Of the results.
 * @returns Why it cannot be told, where it cannot.
 */
export function readFolderSeparation(
  dataFolder: string,
  resultsFolder: string,
): Reading<FolderSeparation> {
  const data = nearestExisting(resolve(dataFolder));
  const results = nearestExisting(resolve(resultsFolder));
  try {
    const facts = {
      dataRealPath: Deno.realPathSync(data),
      resultsRealPath: Deno.realPathSync(results),
    };
    const code = linkCode(facts.resultsRealPath, facts.dataRealPath);
    if (code === "EXDEV" || code === "EROFS") {
      // Results are written, so a read-only place is another mount.
      return { value: { ...facts, isSameFileSystem: false }, reason: null };
    }
    return ONE_MOUNT_CODES.includes(code)
      ? { value: { ...facts, isSameFileSystem: true }, reason: null }
      : { value: null, reason: `a link from one to the other gives ${code}` };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { value: null, reason: error.message };
  }
}

/** What a hard link of one folder in another fails with. */
function linkCode(target: string, folder: string): string {
  try {
    Deno.linkSync(target, `${folder}/.stoker-link-${crypto.randomUUID()}`);
    return "no error";
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}
