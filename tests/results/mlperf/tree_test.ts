/** Tests of lib/results/mlperf/tree.ts. */
import { assertEquals } from "@std/assert";
import {
  mlperfFolder,
  PLACE_NAME_REGEXP,
} from "../../../lib/results/mlperf/tree.ts";
import { FACTS } from "./sample_facts.ts";

const PLACE = {
  division: "closed",
  organization: "acme",
  system: "disk-1",
} as const;

Deno.test("mlperfFolder() has a level for the command of training, and none for checkpoints", () => {
  assertEquals(
    mlperfFolder("r", PLACE, FACTS),
    "r/closed/acme/results/disk-1/training/unet3d/run/20260724_123243",
  );
  assertEquals(
    mlperfFolder("/r", { ...PLACE, division: "open" }, {
      ...FACTS,
      benchmarkType: "checkpointing",
      model: "llama3-8b",
    }),
    "/r/open/acme/results/disk-1/checkpointing/llama3-8b/20260724_123243",
  );
});

Deno.test("PLACE_NAME_REGEXP takes the names that the rules take", () => {
  for (const name of ["acme", "A-1_b.c", ".x"]) {
    assertEquals(PLACE_NAME_REGEXP.test(name), true, name);
  }
  for (const name of ["", ".", "..", "a/b", "a b", "ä", "a\n"]) {
    assertEquals(PLACE_NAME_REGEXP.test(name), false, name);
  }
});
