/**
 * Finds results folders below a folder, whatever else is there: the layouts
 * of Stoker (`results/<model>/<time>`) and of MLPerf Storage's tree alike.
 *
 * Links are not followed, and hidden folders not entered. A folder with
 * results has no others in it. Everything else that has files is foreign: it
 * is counted and left alone.
 */
import { StorageError } from "../errors.ts";
import { openStates } from "../host/open_by_process.ts";
import { JOURNAL_NAME, STOKER_JSON_NAME } from "../results/results_folder.ts";
import {
  readResultsHead,
  type ResultsFileName,
  type ResultsHead,
} from "./results_head.ts";

/** Levels of folders; MLPerf Storage's tree has nine. */
const MAX_DEPTH = 16;
/** Folders that are looked into. */
const MAX_FOLDERS = 200_000;
/** Entries of one folder that are looked at for further folders. */
const MAX_ENTRIES = 100_000;

/** The runs below a folder. */
export interface RunHistory {
  /** Sorted by the time of their start. */
  readonly runs: readonly ResultsHead[];
  /** Folders with files that are no results. */
  readonly foreignFolders: number;
  /** Folders that may not be read. */
  readonly closedFolders: number;
  /** Folders that were not looked into, beyond the limits. */
  readonly skippedFolders: number;
}

/** How folders are searched. */
export interface FindOptions {
  /** Name of this host: only its processes can be seen. */
  readonly hostname: string;
  /** Called for each folder that was looked into. */
  readonly onFolder?: (() => void) | undefined;
}

/**
 * Finds runs.
 *
 * @param root The folder; may be a results folder itself.
 * @param options Whose processes can be seen; who hears of progress.
 * @throws {StorageError} If the folder is not there or cannot be read.
 */
export async function findResults(
  root: string,
  options: FindOptions,
): Promise<RunHistory> {
  await requireFolder(root);
  const runs: ResultsHead[] = [];
  const counts = { foreignFolders: 0, closedFolders: 0, skippedFolders: 0 };
  const waiting = [{ path: root, depth: 0 }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, depth } = next;
    if (depth > MAX_DEPTH || seen >= MAX_FOLDERS) {
      counts.skippedFolders++;
      continue;
    }
    seen++;
    options.onFolder?.();
    const fileName = await resultsFileIn(path);
    if (fileName !== null) {
      runs.push(await readResultsHead(path, fileName));
      continue;
    }
    const below = await foldersIn(path);
    if (below === null) counts.closedFolders++;
    else {
      if (below.hasFiles) counts.foreignFolders++;
      if (below.isCut) counts.skippedFolders++;
      waiting.push(...below.names.map((name) => ({
        path: `${path}/${name}`,
        depth: depth + 1,
      })));
    }
  }
  const judged = withRunning(runs, options.hostname);
  judged.sort((a, b) =>
    a.startMs - b.startMs || (a.folder < b.folder ? -1 : 1)
  );
  return { runs: judged, ...counts };
}

/**
 * Which file says that a folder holds results.
 *
 * @param folder Its path.
 * @returns Null if neither of them is there.
 */
export async function resultsFileIn(
  folder: string,
): Promise<ResultsFileName | null> {
  for (const name of [STOKER_JSON_NAME, JOURNAL_NAME] as const) {
    try {
      await Deno.lstat(`${folder}/${name}`);
      return name;
    } catch {
      // Not there, or not to be seen: then the other is not either.
    }
  }
  return null;
}

/**
 * Says of runs that are not saved whether they go on.
 *
 * @param runs Heads as they were read.
 * @param hostname Name of this host.
 */
export function withRunning(
  runs: readonly ResultsHead[],
  hostname: string,
): ResultsHead[] {
  const isUnsaved = ({ status, endMs }: ResultsHead) =>
    status === "interrupted" && endMs === null;
  const journalOf = ({ folder }: ResultsHead) => `${folder}/${JOURNAL_NAME}`;
  const states = openStates(runs.filter(isUnsaved).map(journalOf));
  return runs.map((run) => {
    const state = states.get(journalOf(run));
    if (!isUnsaved(run) || state === undefined) return run;
    if (state === "open") return { ...run, status: "running", reason: null };
    if (state === "closed" && run.hostname === hostname) return run;
    return {
      ...run,
      status: "unknown",
      reason: run.hostname === hostname
        ? "it is not saved; whether it still runs cannot be seen"
        : `it is not saved; only ${run.hostname} can tell whether it runs`,
    };
  });
}

interface FoldersBelow {
  readonly names: readonly string[];
  readonly hasFiles: boolean;
  /** There are more entries than are looked at. */
  readonly isCut: boolean;
}

/** Null if it may not be read, or is gone meanwhile. */
async function foldersIn(path: string): Promise<FoldersBelow | null> {
  const names: string[] = [];
  let hasFiles = false;
  let entryCount = 0;
  try {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (++entryCount > MAX_ENTRIES) {
        return { names, hasFiles, isCut: true };
      }
      if (name.startsWith(".")) continue;
      if (isDirectory) names.push(name);
      else hasFiles = true;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return null;
  }
  return { names, hasFiles, isCut: false };
}

async function requireFolder(root: string): Promise<void> {
  try {
    if ((await Deno.stat(root)).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageError("list runs in", root, "EACCES", reason);
    }
    throw new StorageError(
      "list runs in",
      root,
      "ENOENT",
      "there is no such folder; --results names the one that holds results",
    );
  }
  throw new StorageError("list runs in", root, "ENOTDIR", "it is no folder");
}
