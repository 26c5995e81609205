import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError, InterruptedError } from "../../../lib/errors.ts";
import type { Workload } from "../../../lib/config/workload.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import {
  hashesOf,
  inTempFolder,
  runSmall,
  smallWorkload,
  TINY_MODEL,
} from "../engine_fixture.ts";

const ONLY_CHECKPOINTS = [
  ...TINY_MODEL,
  "workflow.generate_data=false",
  "workflow.train=false",
  "workflow.checkpoint=true",
];

function checkpointing(folder: string, ...overrides: string[]) {
  return smallWorkload(folder, [
    `checkpoint.checkpoint_folder=${folder}/ck`,
    ...overrides,
  ]);
}

/** Tests a workload whose data and checkpoints are in a folder of its own. */
function testRun(
  outcome: string,
  overrides: readonly string[],
  test: (workload: Workload, folder: string) => Promise<void>,
): void {
  Deno.test(`runWorkload() ${outcome}`, () =>
    inTempFolder((folder) =>
      test(checkpointing(folder, ...overrides), folder)
    ));
}

function kindsOf(phases: readonly PhaseRecord[]) {
  return phases.map(({ kind, checkpoint }) => [kind, checkpoint]);
}

function folders(folder: string): string[] {
  return [...Deno.readDirSync(`${folder}/ck`)].map((entry) => entry.name)
    .filter((name) => name !== ".stoker").sort();
}

testRun("saves checkpoints, then loads and verifies them", [
  ...ONLY_CHECKPOINTS,
  "checkpoint.num_checkpoints_write=3",
  "checkpoint.num_checkpoints_read=2",
  "checkpoint.fsync=true",
  "checkpoint.verify=true",
], async (workload, folder) => {
  const turns: unknown[] = [];
  const { phases, error } = await runSmall(workload, { accelerators: 3 }, {
    onPhaseBegin: ({ checkpoint }) => turns.push(checkpoint),
  });
  assertEquals(error, null);
  assertEquals(turns, [
    { number: 1, count: 3 },
    { number: 2, count: 3 },
    { number: 3, count: 3 },
    { number: 1, count: 2 },
    { number: 2, count: 2 },
  ]);
  assertEquals(kindsOf(phases), [
    ["save_checkpoint", 1],
    ["save_checkpoint", 2],
    ["save_checkpoint", 3],
    ["load_checkpoint", 1],
    ["load_checkpoint", 2],
  ]);
  assertEquals(folders(folder), [
    "global_epoch1_step1",
    "global_epoch1_step2",
    "global_epoch1_step3",
  ]);
  const hashes = await hashesOf(`${folder}/ck`);
  assertEquals(Object.keys(hashes).length, 3 * 2 * 3);
  assertEquals(new Set(Object.values(hashes)).size, 18);
  const fsyncCounts = phases.map(({ workers }) =>
    workers.filter(({ fsyncSeconds = 0 }) => fsyncSeconds > 0).length
  );
  assertEquals(fsyncCounts, [3, 3, 3, 0, 0]);
});

for (const odirect of [false, true]) {
  for (const verify of [false, true]) {
    const how = `${odirect ? "with O_DIRECT" : "buffered"}, ` +
      (verify ? "verified" : "not verified");

    testRun(`loads a rank with 3 threads, ${how}`, [
      ...ONLY_CHECKPOINTS,
      "checkpoint.num_checkpoints_write=1",
      "checkpoint.num_checkpoints_read=1",
      "checkpoint.read_threads=3",
      "checkpoint.chunk_size=4096",
      `checkpoint.verify=${verify}`,
      `reader.odirect=${odirect}`,
    ], async (workload) => {
      const { phases, error } = await runSmall(workload, {
        accelerators: 2,
      });
      if (error?.message.includes("O_DIRECT")) return;
      assertEquals(error, null);
      const [save, load] = phases;
      assert(save !== undefined && load !== undefined);
      assertEquals(load.complete, true);
      assertEquals(load.bytesRequested, save.bytesRequested);
      assertEquals(load.workers.length, 6);
      assertEquals(
        load.workers.reduce((sum, { files }) => sum + files, 0),
        save.workers.reduce((sum, { files }) => sum + files, 0),
      );
      // All of them read, one of them saves.
      const byThread = Map.groupBy(load.workers, ({ thread }) => thread);
      for (const workers of byThread.values()) {
        assert(workers.some(({ bytes }) => bytes > 0));
      }
      assert(
        save.workers.every(({ thread, bytes }) =>
          (thread === 0) === (bytes > 0)
        ),
      );
      // A rank is done with the last of them.
      assertEquals(load.ranks.map(({ rank }) => rank), [0, 1]);
      for (const { rank, lastDoneSeconds } of load.workers) {
        const done = load.ranks[rank]?.doneSeconds ?? 0;
        assert(lastDoneSeconds <= done && done <= load.durationSeconds);
      }
    });
  }
}

testRun("measures every rank of a checkpoint", [
  ...ONLY_CHECKPOINTS,
  "checkpoint.num_checkpoints_write=1",
  "checkpoint.fsync=true",
], async (workload) => {
  const { phases: [save] } = await runSmall(workload, { accelerators: 3 });
  assert(save !== undefined);
  assertEquals(save.complete, true);
  assertEquals(save.ranks.map(({ rank }) => rank), [0, 1, 2]);
  assertEquals(save.workers.map(({ role }) => role), [
    "checkpointer",
    "checkpointer",
    "checkpointer",
  ]);
  for (const { doneSeconds } of save.ranks) {
    assert(doneSeconds > 0 && doneSeconds <= save.durationSeconds);
  }
  for (const { files, bytes } of save.workers) {
    assertEquals(files, 2);
    assertEquals(bytes, save.bytesRequested / 3);
  }
  assert(save.latencies.write !== undefined);
  assert(save.latencies.fsync !== undefined);
  assertEquals(histogramTotals(save.latencies.fsync).count, 6);
});

testRun("ends every rank's time together with rank_sync", [
  ...ONLY_CHECKPOINTS,
  "model.parallelism.zero_stage=0",
  "checkpoint.num_checkpoints_write=1",
  "checkpoint.rank_sync=true",
  // Long enough that a thread that starts late changes nothing.
  "checkpoint.fsync=true",
  "model.model_size_bytes=64000000",
], async (workload) => {
  // Without ZeRO only rank 0 writes; the others wait for it.
  const { phases: [save] } = await runSmall(workload, { accelerators: 2 });
  const [writer, waiter] = save?.ranks ?? [];
  const written = save?.workers[0]?.lastDoneSeconds ?? Infinity;
  assert(written > 0);
  assertEquals(save?.workers[1]?.bytes, 0);
  assert((writer?.doneSeconds ?? 0) >= written);
  // It would be done in microseconds; its own time may begin late.
  assert((waiter?.doneSeconds ?? 0) > (writer?.doneSeconds ?? 0) / 20);
});

testRun("keeps the newest checkpoints and loads those", [
  ...ONLY_CHECKPOINTS,
  "checkpoint.num_checkpoints_write=4",
  "checkpoint.num_checkpoints_read=2",
  "checkpoint.keep_checkpoints=2",
  "checkpoint.verify=true",
], async (workload, folder) => {
  const { phases, error } = await runSmall(workload);
  assertEquals(error, null);
  assertEquals(phases.length, 6);
  assertEquals(folders(folder), [
    "global_epoch1_step3",
    "global_epoch1_step4",
  ]);
});

testRun("loads with more ranks than threads", [
  ...ONLY_CHECKPOINTS,
  "checkpoint.num_checkpoints_write=1",
  "checkpoint.num_checkpoints_read=1",
  "checkpoint.verify=true",
  "checkpoint.scale=0.01",
  "checkpoint.fsync=true",
], async (workload, folder) => {
  const warnings: string[] = [];
  const { phases, error } = await runSmall(workload, {
    accelerators: 33,
    onWarning: (text) => warnings.push(text),
  });
  assertEquals(error, null);
  assertEquals(phases.map(({ ranks }) => ranks.length), [33, 33]);
  assertEquals(Object.keys(await hashesOf(`${folder}/ck`)).length, 66);
  assertEquals(warnings.length, 2);
  // Rank 32 waits for rank 0, which the same thread saves before it.
  const workers = phases[0]?.workers ?? [];
  const fsyncOf = (rank: number) => workers[rank]?.fsyncSeconds ?? 0;
  assert(fsyncOf(0) > 0 && fsyncOf(32) > fsyncOf(0));
});

testRun("saves after epochs", [
  "workflow.checkpoint=true",
  "model.model_size_bytes=100000",
  "train.epochs=5",
  "checkpoint.checkpoint_after_epoch=2",
  "checkpoint.epochs_between_checkpoints=2",
], async (workload, folder) => {
  const turns: unknown[] = [];
  const { phases, error } = await runSmall(workload, {}, {
    onPhaseBegin: ({ checkpoint }) => {
      if (checkpoint !== undefined) turns.push(checkpoint);
    },
  });
  assertEquals(error, null);
  assertEquals(turns, [{ number: 1, count: 2 }, { number: 2, count: 2 }]);
  assertEquals(
    phases.filter(({ kind }) => kind === "save_checkpoint")
      .map(({ epoch, checkpoint, bytesRequested }) => [
        epoch,
        checkpoint,
        bytesRequested,
      ]),
    [[2, 1, 100000], [4, 2, 100000]],
  );
  // six steps are done then
  assertEquals(folders(folder), [
    "global_epoch2_step6",
    "global_epoch4_step6",
  ]);
  // training is not charged with what checkpoints wrote
  const train = phases.find(({ kind, epoch }) =>
    kind === "train" && epoch === 3
  );
  assertEquals(
    train?.workers.some(({ role }) => role === "checkpointer"),
    false,
  );
});

for (const readThreads of [0, 2]) {
  testRun(`saves between steps with ${readThreads} readers`, [
    "workflow.checkpoint=true",
    "model.model_size_bytes=100000",
    "checkpoint.type=all_ranks",
    "checkpoint.steps_between_checkpoints=2",
    "train.epochs=2",
    "reader.batch_size=1",
    `reader.read_threads=${readThreads}`,
  ], async (workload, folder) => {
    const heard: string[] = [];
    const { phases, error } = await runSmall(workload, {
      accelerators: 2,
    }, {
      onPhaseEnd: ({ kind }) => void heard.push(kind),
      onPhaseWithin: ({ kind }) => heard.push(`within ${kind}`),
    });
    assertEquals(error, null);
    const saves = phases.filter(({ kind }) => kind === "save_checkpoint");
    assertEquals(
      saves.map(({ epoch, checkpoint }) => [epoch, checkpoint]),
      [[1, 1], [1, 2], [1, 3], [2, 4], [2, 5], [2, 6]],
    );
    for (const save of saves) {
      assertEquals(save.bytesRequested, 200000);
      assert(save.ranks.every(({ doneSeconds }) => doneSeconds > 0));
    }
    assertEquals(folders(folder).length, 6);
    assertEquals(heard.filter((kind) => kind.startsWith("within")).length, 6);
    const train = phases.find(({ kind }) => kind === "train");
    for (const rank of train?.ranks ?? []) {
      assertEquals(
        rank.blocks.map(({ firstStep, stepCount }) => [firstStep, stepCount]),
        [[0, 2], [2, 2], [4, 2]],
      );
      const starts = rank.blocks.map(({ startSeconds }) => startSeconds);
      assertEquals(starts, starts.toSorted((a, b) => a - b));
      // Checkpoints lie between blocks and are no part of any step.
      const steps = rank.stepSeconds.reduce((sum, s) => sum + s, 0);
      let blockSum = 0;
      let endSeconds = 0;
      for (const { startSeconds, durationSeconds } of rank.blocks) {
        assert(startSeconds >= endSeconds - 1e-6);
        endSeconds = startSeconds + durationSeconds;
        blockSum += durationSeconds;
      }
      assert(Math.abs(steps - blockSum) < 1e-6);
    }
  });
}

testRun("refuses accelerators that do not divide before it begins", [
  ...ONLY_CHECKPOINTS,
  "model.parallelism.zero_stage=1",
  "model.parallelism.tensor=2",
], async (workload) => {
  await assertRejects(
    () => runSmall(workload, { accelerators: 3 }),
    ConfigError,
    "multiple of tensor x pipeline = 2",
  );
});

Deno.test("runWorkload() ends with what could not be loaded", async () => {
  await inTempFolder(async (folder) => {
    const settings = [
      ...ONLY_CHECKPOINTS,
      "checkpoint.num_checkpoints_read=1",
    ];
    await runSmall(
      checkpointing(
        folder,
        ...ONLY_CHECKPOINTS,
        "checkpoint.num_checkpoints_write=1",
      ),
      { accelerators: 2 },
    );
    const path = `${folder}/ck/global_epoch1_step1/` +
      "zero_pp_rank_1_mp_rank_0_optim_states.pt";
    Deno.truncateSync(path, 100);
    const load = await runSmall(checkpointing(folder, ...settings), {
      accelerators: 2,
    });
    assert(load.error?.message.includes("but has 100"), load.error?.message);
    assertEquals(load.phases[0]?.complete, false);
    Deno.removeSync(path);
    const missing = await runSmall(checkpointing(folder, ...settings), {
      accelerators: 2,
    });
    assert(missing.error?.message.includes("ENOENT"));
  });
});

Deno.test("runWorkload() recognizes a checkpoint that was interrupted", async () => {
  await inTempFolder(async (folder) => {
    const stop = new AbortController();
    const workload = checkpointing(
      folder,
      ...ONLY_CHECKPOINTS,
      "checkpoint.num_checkpoints_write=1000",
    );
    let ended = 0;
    const interrupted = await runSmall(workload, {}, {
      signal: stop.signal,
      onPhaseEnd: () => {
        if (++ended === 2) stop.abort(new InterruptedError("Ctrl-C"));
      },
    });
    assert(interrupted.error instanceof InterruptedError);
    const read = (count: number) =>
      runSmall(checkpointing(
        folder,
        ...ONLY_CHECKPOINTS,
        `checkpoint.num_checkpoints_read=${count}`,
        "checkpoint.verify=true",
      ));
    assertEquals((await read(2)).error, null);
    const record = `${folder}/ck/.stoker/global_epoch1_step2.json`;
    const text = Deno.readTextFileSync(record);
    Deno.writeTextFileSync(record, text.replace("true", "false"));
    const { error } = await read(2);
    assert(error?.message.includes("was interrupted"), error?.message);
  });
});

Deno.test("runWorkload() waits between checkpoints, but not after an abort", async () => {
  await inTempFolder(async (folder) => {
    const stop = new AbortController();
    const workload = checkpointing(
      folder,
      ...ONLY_CHECKPOINTS,
      "checkpoint.num_checkpoints_write=1",
      "checkpoint.time_between_checkpoints=600",
    );
    const waits: string[] = [];
    const { phases, error } = await runSmall(workload, {}, {
      signal: stop.signal,
      onWait(wait) {
        if (wait?.what.startsWith("waiting 600 s") !== true) return;
        waits.push(wait.what);
        stop.abort(new InterruptedError("Ctrl-C"));
      },
    });
    assertEquals(waits.length, 1);
    assertEquals(phases, []);
    assert(error instanceof InterruptedError);
  });
});

Deno.test("runWorkload() reads past the page cache with reader.odirect", async () => {
  await inTempFolder(async (folder) => {
    const workload = smallWorkload(folder, ["reader.odirect=true"]);
    const { phases, error } = await runSmall(workload);
    if (error?.message.includes("O_DIRECT")) return;
    assertEquals(error, null);
    const train = phases.find(({ kind }) => kind === "train");
    assertEquals(train?.hosts[0]?.device.bytes, train?.bytesRequested);
  });
});
