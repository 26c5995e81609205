/**
 * 3.6.2: CLOSED changes only what its table names.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { OPEN_PARAMETERS } from "../shared/allowed_parameters.ts";
import { type Rule, unchecked } from "../rule.ts";
import { booleanOf } from "../values.ts";

/** Of unet3d: its only checkpoint is written after the last epoch. */
const DISPUTED = "workflow.checkpoint";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.6.2",
  title: "only settings that CLOSED may change were changed",
  severity: "open",
  reads: "metadata: override_parameters; dlio_config/overrides.yaml",
  isKnownBefore: true,
  why: "Results compare where the workload is the same; paths, threads and " +
    "buffers may differ, what is read and computed may not.",
  mend: "Leave the setting as the workload file has it, or submit as OPEN.",
  dispute: "workflow.checkpoint is false in the workload file of unet3d, and " +
    "twelve published rows ran with true; the working group declared both " +
    "the same. Stoker warns.",
  *check(run, { training }) {
    if (run.overrides === null) {
      yield unchecked("what was changed", "dlio_config/overrides.yaml");
      return;
    }
    for (const [name, value] of run.overrides) {
      if (name === DISPUTED && run.model === "unet3d") {
        if (booleanOf(value) !== true) continue;
        yield {
          severity: "warning",
          have: `${name}=${value}`,
          need: `${name}=false, as the workload file has it`,
        };
      } else if (OPEN_PARAMETERS.includes(name)) {
        yield { have: `${name}=${value}`, need: "the workload file's value" };
      } else if (name === "reader.odirect" && booleanOf(value) === true) {
        const mayRead = training[run.model ?? ""]?.mayReadDirect ?? true;
        if (mayRead) continue;
        yield {
          severity: "invalid",
          have: `${name}=${value} with ${run.model}`,
          need: "O_DIRECT with unet3d only",
          mend: "Leave reader.odirect out.",
        };
      }
    }
  },
};
