/**
 * 6.4.1: the cache and the results are on different file systems.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import { differentFolders } from "../shared/different_folders.ts";
import { separateFileSystems } from "../shared/separate_file_systems.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.4.1",
  title: "the cache and the results are on different file systems",
  severity: "invalid",
  reads: "fs_separation.json; metadata: args.cache_dir, args.results_dir",
  isKnownBefore: false,
  why: "Logs on the storage under test are load that is not measured.",
  mend: "Write results to a local disk that is not under test.",
  *check({ separation, cacheFolder, resultsFolder }) {
    const problems = [...differentFolders(
      {
        what: "the cache's folder",
        path: cacheFolder,
        source: "args.cache_dir",
      },
      {
        what: "the results folder",
        path: resultsFolder,
        source: "args.results_dir",
      },
    )];
    yield* problems;
    if (problems.length === 0) yield* separateFileSystems(separation, null);
  },
};
