import { assertEquals, assertMatch } from "@std/assert";
import { incomparableReasons } from "../../lib/compare/comparability.ts";
import { hostsOf, savePhase } from "../metrics/sample_run.ts";
import { comparedRun, epochOf, type RunFacts } from "./compared_runs.ts";

/** What is other in the second run, and what is said of it. */
const DIFFERENT: readonly (readonly [string, RunFacts, RegExp])[] = [
  ["another model", { context: { modelName: "bert" } }, /the model .* bert/],
  [
    "other phases",
    { phases: [epochOf(1), savePhase(2)] },
    /phases that are measured .* train and train, save checkpoint/,
  ],
  [
    "another format",
    { settings: { "dataset.format": "tfrecord" } },
    /the format .*"npz" and .*"tfrecord"/,
  ],
  [
    "more accelerators",
    { record: { accelerators: 4 } },
    /number of accelerators .* 2 and 4/,
  ],
  ["another batch size", { context: { batchSize: 8 } }, /batch size .* 8\/7/],
  [
    "another compute time",
    { settings: { "train.computation_time.mean": 0.25 } },
    /the compute time .*=0.5 and .*=0.25/,
  ],
  [
    "scaled checkpoints",
    { context: { checkpointScale: 0.01 } },
    /checkpoint\.scale .* 1 and 0\.01/,
  ],
  [
    "another class",
    { context: { comparabilityClass: null } },
    /comparability class .* 0d3ad0dec188becd and none/,
  ],
  [
    "an interrupted run",
    { record: { complete: false, failure: "Interrupted by SIGINT" } },
    /must be complete: Interrupted by SIGINT/,
  ],
  [
    "a run from memory",
    {
      phases: [{
        ...epochOf(1),
        hosts: hostsOf({ bytes: 0, source: "/proc/self/io" }),
      }],
    },
    /Training must come from memory in both .* 0\.0 % and 100\.0 %/,
  ],
];

for (const [title, facts, expected] of DIFFERENT) {
  Deno.test(`incomparableReasons() refuses ${title}, either way round`, () => {
    const [one, other] = [comparedRun(), comparedRun(facts)];
    const reasons = incomparableReasons(one, other);
    assertEquals(reasons.length, 1, reasons.join("; "));
    assertMatch(reasons[0]!, expected);
    assertEquals(incomparableReasons(other, one).length, 1);
  });
}

Deno.test("incomparableReasons() takes other storage, threads, dataset size and labels", () => {
  const other = comparedRun({
    folder: "results/b",
    context: { label: "after", numFilesTrain: 999, readThreads: 8 },
    settings: { "reader.odirect": true, "storage.storage_type": "s3" },
  });
  assertEquals(incomparableReasons(comparedRun(), other), []);
});
