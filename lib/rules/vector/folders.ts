/**
 * 5.4.1: the database and the results are in different folders.
 */
import type { VectorFacts } from "../facts/vector.ts";
import { differentFolders } from "../shared/different_folders.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.4.1",
  title: "the database and the results are in different folders",
  severity: "invalid",
  reads: "metadata: args.storage_root, args.results_dir",
  isKnownBefore: false,
  why: "Logs on the storage under test are load that is not measured.",
  mend: "Write results elsewhere.",
  *check({ runs }) {
    for (const run of runs) {
      if (run.isObjectStore === true) continue;
      const problems = differentFolders(
        {
          what: "the database's folder",
          path: run.storageRoot,
          source: "args.storage_root",
        },
        {
          what: "the results folder",
          path: run.resultsFolder,
          source: "args.results_dir",
        },
      );
      for (const problem of problems) yield { ...problem, where: run.where };
    }
  },
};
