/**
 * The phase runner with workers that this test plays itself: a thread that is
 * through with its phase is one call of `Gate.done`.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
} from "@std/assert";
import { abortError } from "../../../lib/engine/run/abort_error.ts";
import {
  CHECKPOINTER,
  type CrewRow,
  type PhaseOrder,
  type PhaseParts,
  PhaseRunner,
} from "../../../lib/engine/run/phase_runner.ts";
import { Crew } from "../../../lib/engine/threads/crew.ts";
import { WorkerMeter } from "../../../lib/engine/threads/meter.ts";
import {
  controlValue,
  FIELD,
  PHASE_FILES,
  PHASE_SAVE,
  PHASE_TRAIN,
  Region,
  STEP_TIMES,
} from "../../../lib/engine/threads/region.ts";
import { Gate, isPoisoned } from "../../../lib/engine/threads/thread_sync.ts";
import { InterruptedError, WorkerError } from "../../../lib/errors.ts";
import type { Snapshot } from "../../../lib/metrics/snapshot.ts";
import { QUIET_PROBE, quietHooks } from "../engine_fixture.ts";

const SHAPE = {
  accelerators: 2,
  readersPerAccelerator: 1,
  generators: 0,
  maxSteps: 4,
};

/** Rows in the order of the region's. */
const ROWS = [
  rowOf("accelerator", 0, "accelerator of rank 0"),
  rowOf("accelerator", 1, "accelerator of rank 1"),
  rowOf("reader", 0, "reader 0 of rank 0"),
  rowOf("reader", 1, "reader 0 of rank 1"),
];

function rowOf(role: string, rank: number, title: string): CrewRow {
  return { role, rank, localRank: rank, thread: 0, title };
}

const TRAIN: PhaseOrder = {
  kind: "train",
  phase: PHASE_TRAIN,
  epoch: 3,
  stepCount: 2,
  batchSize: 5,
  total: 4,
};

/** A runner, and its threads, which `act` plays once the gate is open. */
function runnerOf(parts: Partial<PhaseParts> = {}) {
  const region = parts.region ?? new Region(SHAPE);
  const crew = new Crew(region);
  const gates = ROWS.map(() => new Gate(region));
  const runner = new PhaseRunner({
    ...quietHooks(),
    region,
    crew,
    rows: ROWS,
    deviceIo: (_order, { bytesRequested: bytes }) => ({
      bytes,
      source: "every byte",
    }),
    probeOf: () => QUIET_PROBE,
    pathOf: (fileIndex) => `data/file_${fileIndex}`,
    ...parts,
  });
  const run = async (order: PhaseOrder, act: () => void) => {
    const running = runner.run(order);
    act();
    return await running;
  };
  return { region, gates, run };
}

Deno.test("a phase tells the workers what to do, and that before it lets them go", async () => {
  const { region, gates, run } = runnerOf();
  const { error, record } = await run(TRAIN, () => {
    for (const gate of gates) {
      assertEquals(gate.next(), PHASE_TRAIN);
      gate.done();
    }
    assertEquals(controlValue(region, "epoch"), 3);
    assertEquals(controlValue(region, "stepCount"), 2);
  });
  assertEquals(error, null);
  assertEquals([record.kind, record.epoch, record.complete], [
    "train",
    3,
    true,
  ]);
  assertEquals([record.batchSize, record.plannedSteps], [5, 2]);
});

Deno.test("a phase is over when every thread is done, not when all but one are", async () => {
  const looks: number[] = [];
  const { region, gates, run } = runnerOf({
    onProgress: () => {
      looks.push(controlValue(region, "doneCount"));
      // The last thread is done only after the others were seen to be.
      if (looks.at(-1) === gates.length - 1) gates[0]?.done();
    },
  });
  const { record } = await run(TRAIN, () => {
    for (const gate of gates.slice(1)) gate.done();
  });
  assertEquals(record.complete, true);
  assert(looks.includes(gates.length - 1));
  assertEquals(looks.at(-1), gates.length);
});

Deno.test("a phase has the counters of its workers, those of readers and accelerators apart", async () => {
  const { region, gates, run } = runnerOf();
  const { record } = await run(TRAIN, () => {
    for (const row of ROWS.keys()) {
      const meter = new WorkerMeter(region, row);
      meter.beginPhase();
      if (row >= 2) {
        meter.read(meter.now(), 1000 * row);
        meter.finishedSamples(10);
      } else {
        const fields = region.fields(row);
        fields[FIELD.steps] = 2;
        region.stepTimes(row, 0).set([4, 1]);
        region.stepTimes(row, 1).set([10, 20 + row]);
        region.stepTimes(row, 2).set([15, 25]);
      }
      meter.endPhase();
    }
    for (const gate of gates) gate.done();
  });
  assertEquals(record.workers.map(({ role, bytes }) => [role, bytes]), [
    ["accelerator", 0],
    ["accelerator", 0],
    ["reader", 2000],
    ["reader", 3000],
  ]);
  assertEquals(record.bytesRequested, 5000);
  assertEquals(record.hosts[0]?.device, {
    bytes: 5000,
    source: "every byte",
  });
  assertEquals(record.ranks.map(({ rank }) => rank), [0, 1]);
  assertEquals([...record.ranks[1]?.computeSeconds ?? []], [0.01, 0.021]);
  assertEquals(record.ranks[1]?.stepCount, 2);
});

Deno.test("a phase begins with counters of zero, whatever the last one left", async () => {
  const snapshots: Snapshot[] = [];
  const { region, gates, run } = runnerOf({
    onProgress: (snapshot) => snapshots.push(snapshot),
  });
  region.fields(0)[FIELD.steps] = 2;
  region.fields(2)[FIELD.bytes] = 1e9;
  await run(TRAIN, () => {
    for (const gate of gates) gate.done();
  });
  assertEquals(snapshots[0]?.done, 0);
  assertEquals(snapshots[0]?.bytes, 0);
});

Deno.test("progress counts steps of training and files of generation, AU once there is one", async () => {
  const seen: Snapshot[] = [];
  const look = (snapshot: Snapshot) => void seen.push(snapshot);
  const { region, gates, run } = runnerOf({ onProgress: look });
  const play = () => {
    const [accelerator, , reader] = [0, 1, 2].map((row) => region.fields(row));
    assert(accelerator !== undefined && reader !== undefined);
    accelerator[FIELD.steps] = 2;
    accelerator[FIELD.computeRequestedMs] = 30;
    accelerator[FIELD.stepMs] = 40;
    // The first step does not count.
    region.stepTimes(0, STEP_TIMES.indexOf("requested"))[0] = 9;
    region.stepTimes(0, STEP_TIMES.indexOf("step"))[0] = 12;
    reader[FIELD.files] = 6;
    reader[FIELD.bytes] = 600;
    for (const gate of gates) gate.done();
  };
  await run(TRAIN, play);
  const files = { ...TRAIN, phase: PHASE_FILES, stepCount: 0, total: 9 };
  await run({ ...files, kind: "generate" }, play);
  assertEquals([seen[0]?.auPercent, seen[0]?.unit], [null, "steps"]);
  const [train, generate] = ["train", "generate"].map((kind) =>
    seen.findLast((snapshot) => snapshot.kind === kind)
  );
  assertEquals([train?.done, train?.total, train?.bytes], [2, 4, 600]);
  assertAlmostEquals(train?.auPercent ?? NaN, 75);
  assertEquals([generate?.unit, generate?.done, generate?.total], [
    "files",
    6,
    9,
  ]);
});

Deno.test("an abort ends a phase with its reason, all are told to stop, what was done is kept", async () => {
  const controller = new AbortController();
  const { region, gates, run } = runnerOf({ signal: controller.signal });
  const { error, record } = await run(TRAIN, () => {
    region.fields(2)[FIELD.bytes] = 77;
    gates[0]?.done();
    controller.abort(new InterruptedError("Interrupted"));
  });
  assertInstanceOf(error, InterruptedError);
  assertEquals(isPoisoned(region), true);
  assertEquals([record.complete, record.bytesRequested], [false, 77]);
});

Deno.test("abortError() is the reason, or an error that tells it", () => {
  assertEquals(abortError(new AbortController().signal), null);
  const reason = new InterruptedError("Ctrl-C");
  assertEquals(abortError(AbortSignal.abort(reason)), reason);
  const other = abortError(AbortSignal.abort("over"));
  assertInstanceOf(other, WorkerError);
  assertEquals(other.message, "the run was stopped: over");
});

Deno.test("an operation that does not end is an error with operation, file and worker", async () => {
  const { region, run } = runnerOf({ stallTimeoutMs: 1 });
  const { error, record } = await run(TRAIN, () => {
    new WorkerMeter(region, 3).reading(12);
  });
  assertInstanceOf(error, WorkerError);
  assertEquals(
    error.message.replace(/for \d+ s/, "for N s"),
    'Cannot go on as the read of "data/file_12" has not ended for N s ' +
      "(reader 0 of rank 1); --stall-timeout sets how long an operation may " +
      "take",
  );
  assertEquals(record.complete, false);
  assertEquals(isPoisoned(region), true);
});

Deno.test("a checkpoint's phase has the rows of checkpointers, other phases have not", async () => {
  const shape = { ...SHAPE, readersPerAccelerator: 0, checkpointRanks: 2 };
  const region = new Region(shape);
  const rows = [
    ...ROWS.slice(0, 2),
    ...[0, 1].map((rank) =>
      rowOf(CHECKPOINTER, rank, `checkpointer of rank ${rank}`)
    ),
  ];
  const { gates, run } = runnerOf({
    region,
    rows,
    deviceIo: (order, { bytesRequested: bytes }) => ({
      bytes: order.checkpoint === undefined ? null : bytes,
      source: "of checkpoints alone",
    }),
  });
  const play = () => {
    for (const row of rows.keys()) region.fields(row)[FIELD.bytes] = 10 ** row;
    for (const gate of gates) gate.done();
  };
  const train = await run(TRAIN, play);
  assertEquals(train.record.bytesRequested, 11);
  const save = await run({
    ...TRAIN,
    kind: "save_checkpoint",
    phase: PHASE_SAVE,
    stepCount: 0,
    checkpoint: { number: 2, count: 3, step: 40 },
  }, play);
  assertEquals(save.record.bytesRequested, 1100);
  assertEquals(save.record.checkpoint, 2);
  assertEquals(save.record.ranks.map(({ rank }) => rank), [0, 1]);
  assertEquals(save.record.hosts[0]?.device.bytes, 1100);
  assertEquals(controlValue(region, "checkpointStep"), 40);
});
