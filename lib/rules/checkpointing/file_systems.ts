/**
 * 4.4.2: checkpoints and results are on different file systems.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { separateFileSystems } from "../shared/separate_file_systems.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.4.2",
  title: "checkpoints and results are on different file systems",
  severity: "invalid",
  reads: "fs_separation.json; storage.storage_type",
  isKnownBefore: true,
  why: "Logs on the storage under test are load that is not measured.",
  mend: "Write results to a local disk that is not under test.",
  *check({ separation, isObjectStore }) {
    yield* separateFileSystems(separation, isObjectStore);
  },
};
