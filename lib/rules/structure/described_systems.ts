/**
 * 2.1.8: results and descriptions of systems belong together, both ways.
 */
import type { OrganizationFacts } from "../facts/tree.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<OrganizationFacts> = {
  id: "2.1.8",
  title: "every system has results and a description",
  severity: "invalid",
  reads: "names in results/ and systems/",
  isKnownBefore: false,
  why: "Results of a system that nobody describes cannot be judged, and a " +
    "description without results is a leftover.",
  mend: "Give both the same name; names are case-sensitive.",
  *check({ entries, systems, systemFiles }) {
    if (!entries.includes("results") || !entries.includes("systems")) return;
    const described = systemFiles.filter((name) => name.endsWith(".yaml"))
      .map((name) => name.slice(0, -".yaml".length));
    for (const system of systems) {
      if (described.includes(system)) continue;
      yield { have: `results/${system}`, need: `systems/${system}.yaml` };
    }
    for (const system of described) {
      if (systems.includes(system)) continue;
      yield { have: `systems/${system}.yaml`, need: `results/${system}/` };
    }
    if (systems.length === 0) {
      yield { have: null, need: "at least one system in results/" };
    }
  },
};
