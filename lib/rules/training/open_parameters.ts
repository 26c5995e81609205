/**
 * 3.6.3: not even OPEN may change other settings.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import {
  CLOSED_PARAMETERS,
  OPEN_PARAMETERS,
  TOOL_PARAMETERS,
} from "../shared/allowed_parameters.ts";
import type { Rule } from "../rule.ts";

/** {@linkcode OPEN_PARAMETERS} and what CLOSED may change. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...CLOSED_PARAMETERS,
  ...OPEN_PARAMETERS,
  ...TOOL_PARAMETERS,
]);

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.6.3",
  title: "no setting was changed that no division may change",
  severity: "invalid",
  reads: "metadata: override_parameters; dlio_config/overrides.yaml",
  isKnownBefore: true,
  why: "With another batch, compute time or record length it is another " +
    "workload.",
  mend: "Leave the setting as the workload file has it.",
  *check({ overrides, model }) {
    for (const [name, value] of overrides ?? []) {
      if (ALLOWED.has(name)) continue;
      // The parts of a workflow are chosen by the command; 3.6.2 speaks of
      // the one that is disputed.
      if (name.startsWith("workflow.")) {
        if (name !== "workflow.checkpoint" || model === "unet3d") continue;
      }
      yield {
        have: `${name}=${value}`,
        need: "the workload file's value",
      };
    }
  },
};
