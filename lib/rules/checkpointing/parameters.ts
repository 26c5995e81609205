/**
 * 4.6.3: nothing but the folder was changed.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { TOOL_PARAMETERS } from "../shared/allowed_parameters.ts";
import { type Rule, unchecked } from "../rule.ts";

/** What the command itself sets, and other rules look at. */
const BY_COMMAND: ReadonlySet<string> = new Set([
  ...TOOL_PARAMETERS,
  "checkpoint.checkpoint_folder",
  "checkpoint.num_checkpoints_read",
  "checkpoint.num_checkpoints_write",
  "checkpoint.mode",
  "checkpoint.fsync",
  "storage.storage_root",
  "storage.storage_type",
]);

/** What OPEN may change: the copies of the model. */
const OPEN_NAMES = ["model.parallelism.data"];

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.6.3",
  title: "no setting but the folder was changed",
  severity: "invalid",
  reads: "metadata: override_parameters; dlio_config/overrides.yaml",
  isKnownBefore: true,
  why: "Another layout of the model is another set of files.",
  mend: "Leave the setting as the workload file has it.",
  *check({ overrides }) {
    if (overrides === null) {
      yield unchecked("what was changed", "dlio_config/overrides.yaml");
      return;
    }
    for (const [name, value] of overrides) {
      if (BY_COMMAND.has(name) || name.startsWith("workflow.")) continue;
      yield {
        ...(OPEN_NAMES.includes(name) ? { severity: "open" } : {}),
        have: `${name}=${value}`,
        need: "the workload file's value",
      };
    }
  },
};
