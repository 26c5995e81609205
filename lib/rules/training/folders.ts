/**
 * 3.4.1: data and results are in different folders, both named.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { differentFolders } from "../shared/different_folders.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.4.1",
  title: "data and results are in different folders",
  severity: "invalid",
  reads: "metadata: args.data_dir, args.results_dir; config.yaml: " +
    "dataset.data_folder",
  isKnownBefore: true,
  why: "Logs on the storage under test are load that is not measured.",
  mend: "Name another folder with --results.",
  *check({ dataFolder, resultsFolder }) {
    yield* differentFolders(
      { what: "the data folder", path: dataFolder, source: "args.data_dir" },
      {
        what: "the results folder",
        path: resultsFolder,
        source: "args.results_dir",
      },
    );
  },
};
