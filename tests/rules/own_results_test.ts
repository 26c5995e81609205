/**
 * Stoker's own results against the rules: what the kernel's count of device
 * bytes says, and which rules a whole run keeps.
 */
import { assertEquals } from "@std/assert";
import type { PhaseRecord, RunRecord } from "../../lib/metrics/run_record.ts";
import type { ResultContext } from "../../lib/results/result_context.ts";
import { ResultsFolder } from "../../lib/results/results_folder.ts";
import { NEWEST_EDITION } from "../../lib/rules/editions.ts";
import { validate } from "../../lib/rules/validate.ts";
import type { Validation } from "../../lib/rules/validation.ts";
import {
  CONTEXT,
  hostsOf,
  momentAt,
  phaseOf,
  runOf,
  savePhase,
  trainPhase,
} from "../metrics/sample_run.ts";
import { foundRules, inFolder } from "./judging.ts";

/** Phases whose device moved this part of what was asked for. */
function fromDevice(
  phase: PhaseRecord,
  part: number,
): PhaseRecord {
  return {
    ...phase,
    hosts: hostsOf({
      bytes: Math.round(phase.bytesRequested * part),
      source: "/proc/self/io read_bytes",
    }),
  };
}

async function save(
  folder: string,
  record: RunRecord,
  context: ResultContext,
): Promise<void> {
  const results = await ResultsFolder.prepare(folder, {
    head: record,
    context,
  });
  for (const phase of record.phases) await results.appendPhase(phase);
  await results.finish(record);
}

const TRAINING: ResultContext = {
  ...CONTEXT,
  modelName: "unet3d",
  workflow: {
    generateData: false,
    train: true,
    evaluation: false,
    checkpoint: false,
  },
  overrides: ["workload=unet3d_b200"],
};

const CHECKPOINT: ResultContext = {
  ...CONTEXT,
  modelName: "llama3_8b",
  workflow: {
    generateData: false,
    train: false,
    evaluation: false,
    checkpoint: true,
  },
  overrides: ["workload=llama3_8b"],
  checkpointBytes: 105 * 2 ** 30,
};

function loadPhase(number: number): PhaseRecord {
  return phaseOf({
    kind: "load_checkpoint",
    epoch: 1,
    checkpoint: number,
    start: momentAt(20 + number),
    end: momentAt(21 + number),
    durationSeconds: 1,
    batchSize: 0,
    plannedSteps: 0,
    bytesRequested: 2 ** 30,
  });
}

async function judgedRun(
  record: RunRecord,
  context: ResultContext,
): Promise<Validation> {
  return await inFolder(async (folder) => {
    await save(folder, record, context);
    return await validate(folder, NEWEST_EDITION);
  });
}

/** Findings of rules that speak of caches. */
function onCaches(validation: Validation): string[] {
  return foundRules(validation).filter((each) =>
    /STOKER-CACHES|4\.3\.1/.test(each)
  );
}

Deno.test("training from memory is a warning, by the count of the device", async () => {
  const record = runOf([fromDevice(trainPhase(1), 0.5)]);
  assertEquals(onCaches(await judgedRun(record, TRAINING)), [
    "warning STOKER-CACHES",
  ]);
});

Deno.test("training from the device keeps the rule on caches", async () => {
  const record = runOf([fromDevice(trainPhase(1), 1)]);
  assertEquals(onCaches(await judgedRun(record, TRAINING)), []);
});

Deno.test("a device that nobody counts is unchecked", async () => {
  const phase = trainPhase(1);
  const record = runOf([{
    ...phase,
    hosts: hostsOf({ bytes: null, source: "no permission for FFI" }),
  }]);
  assertEquals(onCaches(await judgedRun(record, TRAINING)), [
    "unchecked STOKER-CACHES",
  ]);
});

Deno.test("checkpoints that were read from memory are invalid", async () => {
  const record = runOf([savePhase(1), fromDevice(loadPhase(1), 0)]);
  assertEquals(onCaches(await judgedRun(record, CHECKPOINT)), [
    "invalid 4.3.1",
  ]);
});

Deno.test("checkpoints that were read from the device are enough, however large the memory", async () => {
  const record = runOf([savePhase(1), fromDevice(loadPhase(1), 1)]);
  assertEquals(onCaches(await judgedRun(record, CHECKPOINT)), []);
});

Deno.test("a result of Stoker says that a submission is the tool's", async () => {
  const validation = await judgedRun(runOf([trainPhase(1)]), TRAINING);
  assertEquals(foundRules(validation).includes("note 1.1"), true);
});

Deno.test("a run that was cut short is invalid", async () => {
  const record = runOf([trainPhase(1)], {
    complete: false,
    failure: "Interrupted by SIGINT",
  });
  const found = foundRules(await judgedRun(record, TRAINING));
  assertEquals(found.includes("invalid STOKER-COMPLETE"), true);
});

Deno.test("a run that crashed is judged by its journal", async () => {
  await inFolder(async (folder) => {
    const record = runOf([trainPhase(1)]);
    const results = await ResultsFolder.prepare(folder, {
      head: record,
      context: TRAINING,
    });
    for (const phase of record.phases) await results.appendPhase(phase);
    const found = foundRules(await validate(folder, NEWEST_EDITION));
    assertEquals(found.includes("invalid STOKER-COMPLETE"), true);
  });
});

Deno.test("two invocations of checkpoints beside each other are a pair", async () => {
  await inFolder(async (folder) => {
    const saves = runOf([savePhase(1)]);
    const loads = runOf([fromDevice(loadPhase(1), 1)]);
    await save(`${folder}/a_write`, saves, CHECKPOINT);
    await save(`${folder}/b_read`, loads, CHECKPOINT);
    const validation = await validate(folder, NEWEST_EDITION);
    assertEquals(validation.shape, "series of runs");
    const found = foundRules(validation);
    assertEquals(found.includes("invalid 2.1.23"), false);
    // One of each, not ten.
    assertEquals(found.includes("invalid 4.7.1"), true);
  });
});
