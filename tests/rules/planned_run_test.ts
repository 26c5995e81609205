/**
 * The rules before a run: what settings alone decide.
 */
import { assertEquals } from "@std/assert";
import { NEWEST_EDITION } from "../../lib/rules/editions.ts";
import { runFacts } from "../../lib/rules/facts/run_facts.ts";
import { plannedRunFindings } from "../../lib/rules/planned_run.ts";

const TRAINING = runFacts({
  family: "training",
  model: "unet3d",
  accelerator: "b200",
  accelerators: 8,
  hostCount: 1,
  memoryBytes: 256 * 2 ** 30,
  overrides: new Map(),
  dataFolder: "/mnt/fast",
  resultsFolder: "/local",
  separation: { isSeparate: true, source: "a try" },
  numFilesTrain: 28_000,
  samplesPerFile: 1,
  recordBytes: 146_600_628,
  batchSize: 7,
});

function found(facts: Parameters<typeof plannedRunFindings>[0]): string[] {
  return plannedRunFindings(facts, NEWEST_EDITION, "training")
    .map(({ severity, ruleId }) => `${severity} ${ruleId}`);
}

Deno.test("a run that would be valid has no finding beforehand", () => {
  assertEquals(found(TRAINING), []);
});

Deno.test("a run that would be invalid says so beforehand, with all findings", () => {
  assertEquals(
    found({
      ...TRAINING,
      numFilesTrain: 168,
      resultsFolder: "/mnt/fast/",
      overrides: new Map([["reader.batch_size", 9]]),
    }),
    ["invalid 3.1.2", "invalid 3.4.1", "invalid 3.6.3"],
  );
});

Deno.test("what only a run can tell is not asked beforehand", () => {
  const { rules } = NEWEST_EDITION;
  const before = [...rules.trainingRun, ...rules.checkpointRun]
    .filter(({ isKnownBefore }) => isKnownBefore).map(({ id }) => id);
  assertEquals(before.includes("3.3.2"), false);
  assertEquals(before.includes("3.1.2"), true);
});
