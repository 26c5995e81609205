/**
 * STOKER-ACCELERATOR: model and accelerator are a pair that the edition has.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "STOKER-ACCELERATOR",
  title: "the accelerator is one of the edition",
  severity: "invalid",
  reads: "metadata: accelerator, args.accelerator_type; the workload's name",
  isKnownBefore: true,
  why: "Results compare within one model and accelerator; others than those " +
    "of the edition have nothing to compare with.",
  mend: "Run a workload of the edition: unet3d_b200, retinanet_b200 or " +
    "retinanet_mi355.",
  dispute: "The edition's table names unet3d on mi355, but no workload file " +
    "for it was ever published and no row was. Stoker warns.",
  *check({ model, accelerator }, { training }) {
    const limits = training[model ?? ""];
    if (limits === undefined) return;
    if (accelerator === null) {
      yield unchecked("the accelerator", "metadata: accelerator");
    } else if (!limits.accelerators.includes(accelerator)) {
      yield {
        have: `${model} on ${accelerator}`,
        need: `one of ${limits.accelerators.join(", ")}`,
      };
    } else if (limits.unshippedAccelerators.includes(accelerator)) {
      yield {
        severity: "warning",
        have: `${model} on ${accelerator}`,
        need: "an accelerator with a published workload file",
      };
    }
  },
};
