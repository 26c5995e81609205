/**
 * What of a results folder is Stoker's and may be removed with the run: files
 * of known names, and the folders of Hydra's files. A link, a folder of
 * another name and every other file is somebody else's, and then nothing of
 * the folder is removed.
 *
 * Names that a folder itself tells, of the log and of Hydra's folder, count
 * only if they stay inside of it.
 */
import { fileNameRule } from "../bytes/path_rules.ts";
import { DLIO_CONFIG_FOLDER } from "../results/mlperf/mlperf_facts.ts";
import {
  HYDRA_NAMES,
  RESULT_NAME_REGEXPS,
  STOKER_JSON_NAME,
} from "../results/results_folder.ts";
import type { HeadFacts } from "./results_head.ts";

/** What a file is called until it is whole. */
const PARTIAL_ENDING = ".partial";

/** The record for MLPerf Storage's tools, as Stoker calls it. */
const METADATA_REGEXP = /^(training|checkpointing)_\d{8}_\d{6}_metadata\.json$/;

/** The content of a results folder. */
export interface FolderContent {
  /** Paths of files, the one that says that it holds results last. */
  readonly files: readonly string[];
  /** Paths of folders, in the order in which they become empty. */
  readonly folders: readonly string[];
  /** Paths of what is not Stoker's. */
  readonly foreign: readonly string[];
}

/**
 * Lists what a results folder has.
 *
 * @param folder Its path.
 * @param facts Of its run: names that settings give.
 * @throws What the system says if it cannot be listed.
 */
export async function contentOf(
  folder: string,
  facts: Pick<HeadFacts, "logFile" | "hydraFolder">,
): Promise<FolderContent> {
  const files: string[] = [];
  const folders: string[] = [];
  const foreign: string[] = [];
  const configFolders = [facts.hydraFolder, DLIO_CONFIG_FOLDER]
    .filter((name) => fileNameRule(name) === null);
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile && isResultFile(entry.name, facts)) files.push(path);
    else if (entry.isDirectory && configFolders.includes(entry.name)) {
      folders.push(path);
      for await (const inner of Deno.readDir(path)) {
        const isOwn = inner.isFile &&
          HYDRA_NAMES.some((name) => name === withoutPartial(inner.name));
        (isOwn ? files : foreign).push(`${path}/${inner.name}`);
      }
    } else foreign.push(path);
  }
  const isLast = (path: string) =>
    path.endsWith(`/${STOKER_JSON_NAME}`) ? 1 : 0;
  files.sort((a, b) => isLast(a) - isLast(b) || (a < b ? -1 : 1));
  return { files, folders: [...folders, folder], foreign: foreign.sort() };
}

/**
 * Whether a file at the top of a results folder is Stoker's.
 *
 * @param name The file's name.
 * @param facts `logFile` of the run.
 */
export function isResultFile(
  name: string,
  { logFile }: Pick<HeadFacts, "logFile">,
): boolean {
  const whole = withoutPartial(name);
  return (whole === logFile && fileNameRule(logFile) === null) ||
    METADATA_REGEXP.test(whole) ||
    RESULT_NAME_REGEXPS.some((pattern) => pattern.exec(whole)?.[0] === whole);
}

function withoutPartial(name: string): string {
  return name.endsWith(PARTIAL_ENDING)
    ? name.slice(0, -PARTIAL_ENDING.length)
    : name;
}
