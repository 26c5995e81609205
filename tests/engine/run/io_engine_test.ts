/** Tests of lib/engine/run/io_engine.ts with hosts that are made up. */
import { assertEquals, assertThrows } from "@std/assert";
import { solo } from "../../../lib/cluster/cluster.ts";
import { describeRun } from "../../../lib/engine/plan/describe_run.ts";
import {
  type EngineHost,
  foldersWithQueues,
  withIoEngine,
} from "../../../lib/engine/run/io_engine.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { smallWorkload } from "../engine_fixture.ts";

/** More than anybody may have in flight. */
const LONG_QUEUE = () => ({
  value: { requests: 1e6, device: "sdz" },
  reason: null,
});
const HAS_RINGS: EngineHost = {
  queueOf: LONG_QUEUE,
  probe: () => ({ value: { defersWork: true }, reason: null }),
};
const HAS_NONE: EngineHost = {
  queueOf: LONG_QUEUE,
  probe: () => ({ value: null, reason: "it is forbidden" }),
};

function described(accelerators: number, ...settings: string[]) {
  const workload = smallWorkload("/data", [
    "reader.odirect=true",
    "model.model_size_bytes=100000",
    "workflow.checkpoint=true",
    "checkpoint.type=all_ranks",
    "reader.batch_size=1",
    ...settings,
  ]);
  return describeRun(workload, { accelerators, cluster: solo, randomSeed: 1 });
}

/** Generators, accelerators, io_depth, and writes in flight of each thread. */
const DEPTHS = [
  [1, 1, 64, 32, 8],
  [1, 1, 8, 8, 8],
  [8, 2, 64, 4, 4],
  // More are not needed than there are files: 16.
  [32, 8, 64, 2, 2],
  [32, 8, 1, 1, 1],
] as const;

for (const [threads, accelerators, ioDepth, generate, save] of DEPTHS) {
  Deno.test(`${threads} generators and ${accelerators} savers with io_depth ${ioDepth} have ${generate} and ${save} writes in flight`, async () => {
    const run = withIoEngine(
      await described(
        accelerators,
        `reader.write_threads=${threads}`,
        `reader.io_depth=${ioDepth}`,
      ),
      HAS_RINGS,
    );
    assertEquals(run.generateQueue?.depth, generate);
    assertEquals(run.checkpointPlan?.saveQueue?.depth, save);
    // Saved between epochs by the plan of training.
    assertEquals(run.plan.checkpoint?.saveQueue?.depth, save);
    assertEquals(run.plan.checkpoint?.queue, undefined);
    assertEquals(run.plan.loader.queue?.depth, ioDepth);
    assertEquals(run.warnings.generating, []);
  });
}

Deno.test("auto without io_uring has no queue and says so once for each part; uring is an error with the cause", async () => {
  const auto = withIoEngine(await described(1), HAS_NONE);
  assertEquals(auto.generateQueue, undefined);
  assertEquals(auto.checkpointPlan?.saveQueue, undefined);
  assertEquals(auto.plan.loader.queue, undefined);
  const { generating, checkpoints, training } = auto.warnings;
  assertEquals(
    [...generating, ...checkpoints, ...training].map((text) =>
      text.replace(/ \(reader.io_engine = auto\): io_uring is not used/, "")
    ),
    ["Files are generated", "Checkpoints are saved", "Readers make"]
      .map((what) => `${what} one call after another, as it is forbidden`),
  );
  const uring = await described(1, "reader.io_engine=uring");
  assertThrows(
    () => withIoEngine(uring, HAS_NONE),
    ConfigError,
    "must have io_uring: it is forbidden",
  );
});

Deno.test("sync asks no host; storage without a choice is left alone", async () => {
  const asked: unknown[] = [];
  const ask = (wanted: unknown): never => {
    asked.push(wanted);
    throw new Error("nobody is to be asked");
  };
  const host = { queueOf: ask, probe: ask };
  const sync = await described(1, "reader.io_engine=sync");
  assertEquals(withIoEngine(sync, host), sync);
  assertEquals(foldersWithQueues(sync), []);
  const none = await described(
    1,
    "reader.odirect=false",
    "storage.storage_type=null",
    "reader.io_engine=auto",
  );
  assertEquals(withIoEngine(none, host).generateQueue, undefined);
  assertEquals(foldersWithQueues(none), []);
  assertEquals(asked, []);
});
