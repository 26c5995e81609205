/**
 * 5.6.2, 5.6.5: the database is one that the division takes.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";
import { vectorText } from "./values.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.6.2",
  title: "the database is one that the division takes",
  severity: "open",
  reads: "summary.json, config.json: database; the folder's name",
  isKnownBefore: false,
  why: "CLOSED compares storage under one database.",
  mend: "Run Milvus, or submit as OPEN.",
  dispute: "The drawing of the layout leaves out the folder of the engine, " +
    "which the tool writes. Stoker reads both layouts.",
  *check({ engine, runs, loads, where }, { vector }) {
    const names = new Set([
      ...engine === null ? [] : [engine.toLowerCase()],
      ...[...loads, ...runs].flatMap((run) =>
        vectorText(run, "database.database", "database", "vdb_engine", "engine")
          ?.toLowerCase() ?? []
      ),
    ]);
    for (const name of names) {
      if (vector.engines.includes(name)) continue;
      yield {
        where,
        ...(vector.openEngines.includes(name) ? {} : { severity: "invalid" }),
        have: name,
        need: `${vector.engines.join(", ")}; OPEN: ${
          vector.openEngines.join(", ")
        }`,
      };
    }
  },
};
