import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  PHASE_KIND_NAMES,
  PHASE_KINDS,
} from "../../lib/metrics/phase_kinds.ts";
import type { PhaseKind } from "../../lib/metrics/phase_kinds.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import {
  measuredKinds,
  missesGoal,
  summarize,
} from "../../lib/metrics/summary.ts";
import {
  CONTEXT,
  evalPhase,
  hostsOf,
  phaseOf,
  rankOf,
  runOf,
  sampleRun,
  savePhase,
  trainPhase,
  workerOf,
} from "./sample_run.ts";

function kindOf(record: RunRecord, kind: PhaseKind) {
  const found = summarize(record, CONTEXT).kinds.get(kind);
  assert(found !== undefined, kind);
  return found;
}

function stepsOf(record: RunRecord, kind: PhaseKind) {
  const { steps } = kindOf(record, kind);
  assert(steps !== null, kind);
  return steps;
}

function checkpointsOf(record: RunRecord, kind: PhaseKind) {
  const { checkpoints } = kindOf(record, kind);
  assert(checkpoints !== null, kind);
  return checkpoints;
}

Deno.test("summarize() agrees with a hand calculation over epochs", () => {
  const fast = phaseOf({
    batchSize: 4,
    ranks: [
      rankOf(0, [[1, 1, 0], [0, 1, 0]]),
      rankOf(1, [[1, 1, 0], [0, 1, 0]]),
    ],
  });
  const slow = phaseOf({
    epoch: 2,
    batchSize: 4,
    ranks: [
      rankOf(0, [[1, 1, 0], [1, 1, 0]]),
      rankOf(1, [[1, 1, 0], [0, 1, 1]]),
    ],
  });
  const record = runOf([fast, slow]);
  const steps = stepsOf(record, "train");
  assertEquals(steps.auPercent, { values: [100, 50], mean: 75, stdev: 25 });
  assertEquals(steps.samplesPerSecond, { values: [8, 4], mean: 6, stdev: 2 });
  // Records of 1 MiB.
  assertEquals(steps.nominalMibPerSecond, { mean: 6, stdev: 2 });
  assertEquals(kindOf(record, "train").slowestRank, 0);
  assertEquals(kindOf(record, "train").phaseCount, 2);
});

Deno.test("summarize() states bytes, cache truth and completion", () => {
  const record = sampleRun();
  const train = kindOf(record, "train");
  assertEquals(train.cache, {
    bytesRequested: 3 * 56 * 2 ** 20,
    bytesFromDevice: 3 * 14 * 2 ** 20,
    hitFraction: 0.75,
    source: "/proc/self/io",
    shortfall: null,
  });
  assertEquals(train.firstDoneSeconds, 2);
  assertEquals(train.lastDoneSeconds, 2.5);
  // 56 MiB in 4 steps of 0.625 s.
  assertEquals(train.mibPerSecond.mean?.toFixed(9), "14.000000000");
  assertEquals(kindOf(record, "eval").cache.bytesFromDevice, null);
  assertEquals(kindOf(record, "eval").cache.hitFraction, null);
  const saves = checkpointsOf(record, "save_checkpoint");
  assertEquals(saves.durationSeconds.mean, 1);
  assertEquals(saves.gibPerSecond.mean, 1);
  assertEquals(summarize(record, CONTEXT).checkpointBytes, 2 ** 30);
});

Deno.test("summarize() sums eval throughput, means eval AU over ranks", () => {
  const steps = stepsOf(runOf([evalPhase(1)]), "eval");
  // Of both ranks the last step of 0.5 s counts: 7 samples each.
  assertEquals(steps.auPercent.values, [50]);
  assertEquals(steps.samplesPerSecond.values, [28]);
});

Deno.test("summarize() meets the goal at the goal, if complete", () => {
  const train = phaseOf({ ranks: [rankOf(0, [[0, 1, 0], [0.125, 0.875, 0]])] });
  const at = { ...CONTEXT, auGoal: 0.875 };
  const above = { ...CONTEXT, auGoal: 0.876 };
  const misses = (record: RunRecord, settings = at) =>
    missesGoal(summarize(record, settings));
  assertEquals(misses(runOf([train])), false);
  assertEquals(misses(runOf([train]), above), true);
  assertEquals(misses(runOf([train], { complete: false })), true);
  assertEquals(misses(runOf([{ ...train, complete: false }])), true);
});

Deno.test("missesGoal() asks evaluations too, and nothing without steps", () => {
  const good = phaseOf({ ranks: [rankOf(0, [[0, 1, 0], [0, 1, 0]])] });
  const misses = (record: RunRecord) => missesGoal(summarize(record, CONTEXT));
  assertEquals(misses(runOf([good])), false);
  assertEquals(misses(runOf([good, evalPhase(1)])), true);
  assertEquals(misses(runOf([savePhase(0)])), false);
});

Deno.test("summarize() warns of AU from memory and of empty windows", () => {
  const short = phaseOf({ epoch: 2, ranks: [rankOf(0, [[1, 1, 0]])] });
  const record = runOf([trainPhase(1), short], { warnings: ["first"] });
  const { warnings } = summarize(record, CONTEXT);
  assertEquals(warnings[0], "first");
  assertStringIncludes(warnings[1] ?? "", "75.0 %");
  assert(
    warnings.some((text) => text.includes("Epoch 2 (train) without AU")),
    warnings.join("\n"),
  );
  const { auPercent } = stepsOf(record, "train");
  assertEquals(auPercent.values, [80, null]);
  assertEquals(auPercent.mean, 80);
});

Deno.test("summarize() of an interrupted run keeps what was measured", () => {
  const cut = { ...trainPhase(2), complete: false };
  const record = runOf([trainPhase(1), cut], {
    complete: false,
    failure: "Ctrl-C",
  });
  assertEquals(summarize(record, CONTEXT).complete, false);
  assertEquals(stepsOf(record, "train").auPercent.values, [80, 80]);
});

Deno.test("summarize() gives the kinds that a run had, in one order", () => {
  const phases = PHASE_KIND_NAMES.toReversed().map((kind) => phaseOf({ kind }));
  const all = summarize(runOf(phases), CONTEXT);
  assertEquals([...all.kinds.keys()], PHASE_KIND_NAMES);
  for (const summary of all.kinds.values()) {
    const { hasSteps, isCheckpoint } = PHASE_KINDS[summary.kind];
    assertEquals(summary.steps !== null, hasSteps, summary.kind);
    assertEquals(summary.checkpoints !== null, isCheckpoint, summary.kind);
  }
  assertEquals(
    measuredKinds(all).map(({ kind }) => kind),
    ["train", "eval", "save_checkpoint", "load_checkpoint"],
  );
  assertEquals(
    [...summarize(runOf([savePhase(0)]), CONTEXT).kinds.keys()],
    ["save_checkpoint"],
  );
});

Deno.test("summarize() states the share of fsync in all saves", () => {
  const saves = ([[4, 1], [2, 0.5], [2, 1.5]] as const).map((
    [lastDoneSeconds, fsyncSeconds],
  ) =>
    phaseOf({
      kind: "save_checkpoint",
      workers: [workerOf(0, { lastDoneSeconds, fsyncSeconds })],
    })
  );
  const found = checkpointsOf(runOf(saves), "save_checkpoint");
  assertEquals(found.fsyncSeconds, 1);
  assertEquals(found.fsyncFraction, 3 / 8);
});

Deno.test("summarize() warns of every kind of phase that read memory", () => {
  const phases = PHASE_KIND_NAMES.map((kind) =>
    phaseOf({
      kind,
      ranks: [rankOf(0, [[1, 1, 0], [1, 1, 0]])],
      bytesRequested: 100,
      hosts: hostsOf({ bytes: 0, source: "x" }),
    })
  );
  assertEquals(
    summarize(runOf(phases), CONTEXT).warnings.flatMap((text) =>
      text.includes(" took ") ? text.split(" took ")[0] : []
    ),
    ["Training", "Evaluation", "Loading checkpoints"],
  );
});

Deno.test("summarize() of a run without phases has no kinds", () => {
  const summary = summarize(runOf([]), CONTEXT);
  assertEquals(summary.kinds.size, 0);
  assertEquals(summary.checkpointBytes, null);
  assertEquals(summary.warnings, []);
});

Deno.test("summarize() divides the dataset among the hosts", () => {
  const settings = { ...CONTEXT, recordBytes: 2 ** 30 };
  const record = runOf([]);
  const [host] = record.hosts;
  assert(host !== undefined);
  const bytesOf = (run: RunRecord) => summarize(run, settings).dataBytesPerHost;
  assertEquals(bytesOf(record), 56 * 2 ** 30);
  assertEquals(bytesOf({ ...record, hosts: [host, host] }), 28 * 2 ** 30);
});
