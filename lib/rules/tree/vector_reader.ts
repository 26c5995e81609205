/**
 * The facts of the results of a vector database.
 */
import type { VectorFacts, VectorRunFacts } from "../facts/vector.ts";
import type { Division } from "../finding.ts";
import {
  booleanOf,
  flattened,
  folderOf,
  mapOf,
  numberOf,
  textOf,
} from "../values.ts";
import { TIMESTAMP_REGEXP } from "../shared/names.ts";
import type { FileTree } from "./file_tree.ts";
import { separationOf } from "./run_reader.ts";

/** The folder of an index. */
export interface IndexPlace {
  readonly where: string;
  readonly division: Division | null;
  readonly engine: string | null;
  readonly index: string;
  readonly benchmarkApi: string | null;
}

/**
 * Folders of indexes below `vector_database/`: with a level for the engine,
 * or without.
 */
export function indexFolders(
  tree: FileTree,
  where: string,
): { readonly where: string; engine: string | null; index: string }[] {
  const found: { where: string; engine: string | null; index: string }[] = [];
  for (const [name, folder] of tree.folder(where).folders) {
    if (isIndex(folder)) {
      found.push({ where: `${where}/${name}`, engine: null, index: name });
      continue;
    }
    for (const [index, inner] of folder.folders) {
      if (!isIndex(inner)) continue;
      found.push({ where: `${where}/${name}/${index}`, engine: name, index });
    }
  }
  return found;
}

function isIndex(
  folder: { readonly folders: ReadonlyMap<string, unknown> },
): boolean {
  return folder.folders.has("run") || folder.folders.has("datagen");
}

/** Folders of invocations of a phase, by time. */
export function timestamps(tree: FileTree, where: string): string[] {
  return [...tree.folder(where).folders.keys()]
    .filter((name) => TIMESTAMP_REGEXP.test(name)).sort()
    .map((name) => `${where}/${name}`);
}

/** Reads one. */
export async function readIndex(
  tree: FileTree,
  place: IndexPlace,
): Promise<VectorFacts> {
  const loads: VectorRunFacts[] = [];
  const runs: VectorRunFacts[] = [];
  for (const where of timestamps(tree, `${place.where}/datagen`)) {
    loads.push(await readVectorRun(tree, where));
  }
  for (const where of timestamps(tree, `${place.where}/run`)) {
    runs.push(await readVectorRun(tree, where));
  }
  return { ...place, loads, runs };
}

async function readVectorRun(
  tree: FileTree,
  where: string,
): Promise<VectorRunFacts> {
  const names = [...tree.folder(where).files];
  const read = async (name: string | undefined) =>
    name === undefined ? null : await tree.json(`${where}/${name}`);
  const summary = await read(
    names.find((name) => name === "summary.json") ??
      names.find((name) => name.endsWith("_summary.json")),
  );
  const config = await read(names.find((name) => name === "config.json"));
  const recall = await read(names.find((name) => name === "recall_stats.json"));
  const metadata = await read(
    names.find((name) => name.endsWith("_metadata.json")),
  );
  const verdict = await read(
    names.find((name) => name === "result_verdict.json"),
  );
  const separation = await read(
    names.find((name) => name === "fs_separation.json"),
  );
  const args = mapOf(metadata?.args) ?? {};
  const setup = mapOf(verdict?.flat_setup) ?? verdict;
  const type = textOf(args.storage_type) ??
    textOf(mapOf(mapOf(metadata?.parameters)?.storage)?.storage_type);
  return {
    where,
    values: summary === null
      ? null
      : flattened({ ...config, ...recall, ...summary }),
    separation: separationOf(separation),
    storageRoot: folderOf(args.storage_root) ??
      folderOf(mapOf(mapOf(metadata?.parameters)?.storage)?.storage_root),
    resultsFolder: folderOf(args.results_dir),
    isObjectStore: type === null ? null : /^(s3|object)/i.test(type),
    truth: verdict === null ? null : {
      isOk: booleanOf(setup?.ok),
      coverage: numberOf(setup?.coverage) ?? numberOf(verdict.coverage),
    },
  };
}
