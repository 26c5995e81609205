/**
 * The facts of a run of the KV cache benchmark:
 *
 *    <ts>/summary.json                     options 1 to 3, added up
 *    <ts>/kv_cache_<ts>_metadata.json      how it was started
 *    <ts>/option_<O>/trial_<T>/rank_<N>/kvcache_results_*.json
 */
import type {
  KvCacheFacts,
  KvOptionFacts,
  KvRankFacts,
} from "../facts/kv_cache.ts";
import type { Division } from "../finding.ts";
import { booleanOf, flattened, folderOf, mapOf, numberOf } from "../values.ts";
import type { FileTree } from "./file_tree.ts";
import { separationOf } from "./run_reader.ts";
import type { Document } from "./run_documents.ts";

/** Clients of one trial that are read. */
const MAX_RANKS = 100_000;

/** Names under which a rank may say what it was run with. */
const SETTINGS: readonly (readonly [string, readonly string[]])[] = [
  ["model", ["model", "model_name"]],
  ["num_users", ["num_users", "users"]],
  ["duration", ["duration", "duration_seconds"]],
  ["gpu_mem_gb", ["gpu_mem_gb", "gpu_memory_gb"]],
  ["cpu_mem_gb", ["cpu_mem_gb", "cpu_memory_gb"]],
  ["max_concurrent_allocs", ["max_concurrent_allocs"]],
  ["generation_mode", ["generation_mode"]],
];

/** Reads one run. */
export async function readKvCache(
  tree: FileTree,
  place: {
    readonly where: string;
    readonly division: Division | null;
    readonly model: string;
  },
): Promise<KvCacheFacts> {
  const { where } = place;
  const folder = tree.folder(where);
  const named = (pattern: RegExp) =>
    [...folder.files].filter((name) => pattern.test(name)).sort()[0];
  const read = async (name: string | undefined) =>
    name === undefined ? null : await tree.json(`${where}/${name}`);
  const summary = await read(named(/^(summary|kvcache_run_summary)\.json$/));
  const metadata = await read(named(/_metadata\.json$/));
  const separation = await read(named(/^fs_separation\.json$/));
  const args = mapOf(metadata?.args);
  const options: KvOptionFacts[] = [];
  for (const name of [...folder.folders.keys()].sort()) {
    const option = /^option_(\w+)$/.exec(name)?.[1];
    if (option === undefined) continue;
    options.push(await readOption(tree, `${where}/${name}`, option, summary));
  }
  return {
    ...place,
    options,
    args: args === null ? null : new Map(Object.entries(args)),
    totalRanks: numberOf(summary?.total_ranks),
    hostCount: numberOf(summary?.host_count),
    ranksPerHost: numberOf(summary?.npernode),
    hasPartialFailure: booleanOf(summary?.partial_failure),
    separation: separationOf(separation),
    cacheFolder: folderOf(args?.cache_dir),
    resultsFolder: folderOf(args?.results_dir),
  };
}

async function readOption(
  tree: FileTree,
  where: string,
  option: string,
  summary: Document | null,
): Promise<KvOptionFacts> {
  const added = mapOf(mapOf(summary?.options)?.[option]);
  const trials: KvRankFacts[][] = [];
  for (const trial of [...tree.folder(where).folders.keys()].sort()) {
    if (!/^trial_\d+$/.test(trial)) continue;
    const ranks: KvRankFacts[] = [];
    const names = [...tree.folder(`${where}/${trial}`).folders.keys()];
    for (const name of names.slice(0, MAX_RANKS)) {
      const rank = /^rank_(\d+)$/.exec(name)?.[1];
      if (rank === undefined) continue;
      const facts = await readRank(
        tree,
        `${where}/${trial}/${name}`,
        Number(rank),
      );
      if (facts !== null) ranks.push(facts);
    }
    trials.push(ranks.sort((a, b) => a.rank - b.rank));
  }
  return {
    option,
    summary: added === null ? null : new Map(Object.entries(added)),
    trials,
  };
}

/** @returns Null: the client left no result. */
async function readRank(
  tree: FileTree,
  where: string,
  rank: number,
): Promise<KvRankFacts | null> {
  const name =
    [...tree.folder(where).files].filter((each) =>
      /^kvcache_results_.*\.json$/.test(each)
    ).sort()[0];
  const result = name === undefined
    ? null
    : await tree.json(`${where}/${name}`);
  if (result === null) return null;
  const values = flattened(result);
  const find = (names: readonly string[]) => {
    for (const each of names) {
      for (const [key, value] of values) {
        if (key === each || key.endsWith(`.${each}`)) return value;
      }
    }
    return undefined;
  };
  const settings = new Map<string, unknown>();
  for (const [setting, names] of SETTINGS) {
    const value = find(names);
    if (value !== undefined) settings.set(setting, value);
  }
  return {
    where,
    rank,
    readGibPerSecond: numberOf(find(["tier_storage_read_bandwidth_gbps"])),
    writeGibPerSecond: numberOf(find(["tier_storage_write_bandwidth_gbps"])),
    tokensPerSecond: numberOf(find(["storage_throughput_tokens_per_sec"])),
    storageEntries: numberOf(find(["storage_entries"])),
    cacheFolder: folderOf(find(["cache_dir"])),
    settings,
  };
}
