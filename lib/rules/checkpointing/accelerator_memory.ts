/**
 * 4.3.4: the accelerators could hold the checkpoint.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";
import { count } from "../values.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.3.4",
  title: "the accelerators' memory holds the checkpoint",
  severity: "invalid",
  reads: "metadata: accelerator, num_processes",
  isKnownBefore: true,
  why: "A checkpoint that would not fit into the accelerators that are " +
    "emulated is none that they could write.",
  mend: "Emulate more accelerators, or ones with more memory.",
  dispute:
    "18,000 GB for llama3-1t is nominal: its files come to 15,427 GiB. " +
    "Stoker compares with the nominal size, as the field's tool does.",
  *check({ model, accelerator, accelerators }, limits) {
    const size = limits.checkpointing[model ?? ""];
    if (size === undefined) return;
    if (accelerator === null) {
      yield unchecked("the accelerator", "metadata: accelerator");
      return;
    }
    const memoryGB = limits.acceleratorMemoryGB[accelerator];
    if (memoryGB === undefined || !limits.accelerators.includes(accelerator)) {
      yield {
        have: `the accelerator "${accelerator}"`,
        need: `one of ${limits.accelerators.join(", ")}`,
        mend: "Name an accelerator of the edition with --accelerator-type.",
      };
      return;
    }
    if (accelerators === null) {
      yield unchecked("the accelerators", "metadata: num_processes");
      return;
    }
    const have = memoryGB * accelerators;
    if (have >= size.nominalGB) return;
    yield {
      have: `${accelerators} x ${memoryGB} GB of ${accelerator}`,
      need: `${count(size.nominalGB)} GB of ${model}`,
      deficit: `${count(size.nominalGB - have)} GB`,
    };
  },
};
