/**
 * 4.4.1: checkpoints and results are in different folders, both named.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { differentFolders } from "../shared/different_folders.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.4.1",
  title: "checkpoints and results are in different folders",
  severity: "invalid",
  reads: "metadata: args.checkpoint_folder, args.results_dir",
  isKnownBefore: true,
  why: "Logs on the storage under test are load that is not measured.",
  mend: "Name another folder with --results.",
  *check({ checkpointFolder, resultsFolder }) {
    yield* differentFolders(
      {
        what: "the checkpoint folder",
        path: checkpointFolder,
        source: "args.checkpoint_folder",
      },
      {
        what: "the results folder",
        path: resultsFolder,
        source: "args.results_dir",
      },
    );
  },
};
