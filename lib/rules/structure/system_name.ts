/**
 * 2.1.8: the description is of the system in whose name it stands.
 */
import type { SystemFacts } from "../facts/tree.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<SystemFacts> = {
  id: "2.1.8",
  title: "the description names the system that its file is named after",
  severity: "invalid",
  reads: "systems/<system>.yaml: solution.submission_name",
  isKnownBefore: false,
  why: "A copied description may be that of another system.",
  mend: "Write the name of the folder as submission_name.",
  *check({ name, description }) {
    if (description === null) return;
    if (!description.isReadable) {
      yield {
        have: "something that is no YAML",
        need: "a description in YAML",
      };
    } else if (description.submissionName !== name) {
      yield { have: description.submissionName, need: `"${name}"` };
    }
  },
};
