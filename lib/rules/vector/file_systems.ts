/**
 * 5.4.2: the database and the results are on different file systems.
 */
import type { VectorFacts } from "../facts/vector.ts";
import { separateFileSystems } from "../shared/separate_file_systems.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.4.2",
  title: "the database and the results are on different file systems",
  severity: "invalid",
  reads: "fs_separation.json",
  isKnownBefore: false,
  why: "Logs on the storage under test are load that is not measured.",
  mend: "Write results to a local disk that is not under test.",
  *check({ runs }) {
    for (const { where, separation, isObjectStore } of runs) {
      for (const problem of separateFileSystems(separation, isObjectStore)) {
        yield { ...problem, where };
      }
    }
  },
};
