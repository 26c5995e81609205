/**
 * Results outside of a submission tree: one run, or several beside each other.
 */
import type { Edition } from "../edition.ts";
import type { RunFacts } from "../facts/run_facts.ts";
import { applyRules } from "../rule.ts";
import type { OwnResult } from "../validation.ts";
import type { FileTree, Folder } from "./file_tree.ts";
import { hasOwnResults } from "./own_results.ts";
import { readRun } from "./run_reader.ts";

/**
 * Whether a folder is that of a run: of Stoker, of DLIO, or of the field's
 * tool but for its `datasize` and `datagen`.
 */
export function isRunFolder(folder: Folder): boolean {
  return hasOwnResults(folder) || folder.files.has("summary.json");
}

/** Paths of run folders, by their place in the tree. */
export function runFolders(tree: FileTree): string[] {
  const found: string[] = [];
  const visit = (folder: Folder, path: string): void => {
    if (isRunFolder(folder)) {
      found.push(path);
      return;
    }
    for (const [name, inner] of folder.folders) {
      visit(inner, path === "" ? name : `${path}/${name}`);
    }
  };
  visit(tree.root, "");
  return found;
}

/** Judges runs; those of one model beside each other are a series. */
export async function judgeRuns(
  tree: FileTree,
  paths: readonly string[],
  edition: Edition,
): Promise<OwnResult[]> {
  const groups = new Map<string, RunFacts[]>();
  for (const path of paths) {
    const run = await readRun(tree, { path, division: null, model: null });
    const above = path.includes("/")
      ? path.slice(0, path.lastIndexOf("/"))
      : ".";
    const key = `${above}\n${run.family}\n${run.model}`;
    groups.set(key, [...groups.get(key) ?? [], run]);
  }
  const results: OwnResult[] = [];
  for (const [key, runs] of groups) {
    const where = paths.length === 1 ? "." : key.split("\n")[0]!;
    results.push(...judgeSeries(where, sortedByTime(runs), edition));
  }
  return results;
}

/** Runs by time: by their folder's name, else by their begin. */
export function sortedByTime(runs: readonly RunFacts[]): RunFacts[] {
  const timeOf = ({ folderSeconds, startSeconds }: RunFacts) =>
    folderSeconds ?? startSeconds ?? 0;
  return [...runs].sort((a, b) =>
    timeOf(a) - timeOf(b) || (a.where < b.where ? -1 : 1)
  );
}

function judgeSeries(
  where: string,
  runs: readonly RunFacts[],
  edition: Edition,
): OwnResult[] {
  const first = runs[0]!;
  const { family, model } = first;
  const { rules } = edition;
  const series = { where, division: null, model, runs, sharing: null };
  const isCheckpoint = family === "checkpointing";
  // One run of training is no series yet; one of checkpoints may be whole.
  const findings = isCheckpoint
    ? applyRules(rules.checkpointSeries, series, edition)
    : runs.length > 1
    ? applyRules(rules.trainingSeries, series, edition)
    : [];
  const runRules = isCheckpoint ? rules.checkpointRun : rules.trainingRun;
  const shown = runs.map((run): OwnResult => ({
    kind: "run",
    where: run.where,
    division: null,
    family,
    model,
    findings: applyRules(runRules, run, edition),
  }));
  const only = shown[0]!;
  return runs.length === 1
    ? [{ ...only, findings: [...findings, ...only.findings] }]
    : [
      { kind: "series", where, division: null, family, model, findings },
      ...shown,
    ];
}
