/** Tests of lib/engine/run/io_depth.ts, and of who uses it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Placement } from "../../../lib/cluster/placement.ts";
import { solo } from "../../../lib/cluster/cluster.ts";
import { describeRun } from "../../../lib/engine/plan/describe_run.ts";
import { chooseDepth, deviceQueues } from "../../../lib/engine/run/io_depth.ts";
import {
  type EngineHost,
  foldersWithQueues,
  withIoEngine,
} from "../../../lib/engine/run/io_engine.ts";
import type { Reading } from "../../../lib/host/system_file.ts";
import type { DeviceQueue } from "../../../lib/host/device_queue.ts";
import { smallWorkload } from "../engine_fixture.ts";

const HAS_RINGS =
  () => ({ value: { defersWork: true }, reason: null } as const);

function takes(requests: number, device = "sda"): Reading<DeviceQueue> {
  return { value: { requests, device }, reason: null };
}

const NONE = { value: null, reason: "a server has the files" };

/** Storage, queue, sharers, depth, reason. */
const AUTO = [
  ["direct_fs", takes(4092), 4, 64, "takes 4092 requests / 4 readers"],
  ["direct_fs", takes(128), 1, 64, "takes 128 requests / 1 reader of"],
  ["direct_fs", takes(128), 8, 16, "takes 128 requests / 8 readers of"],
  ["direct_fs", takes(32), 5, 6, "sda takes 32 requests / 5 readers"],
  ["direct_fs", takes(32), 64, 4, "at most 64, at least 4"],
  ["direct_fs", takes(1), 1, 4, "sda takes 1 requests"],
  ["direct_fs", NONE, 8, 64, "is not known: a server has the files"],
  ["local_fs", takes(32), 8, 64, "page cache"],
  ["s3", takes(32), 8, 64, "page cache"],
] as const;

for (const [kind, queue, count, depth, reason] of AUTO) {
  const device = queue.value === null
    ? "no queue that is known"
    : `a queue of ${queue.value.requests}`;
  Deno.test(`${count} readers of ${kind} with ${device} have ${depth} requests in flight each, whatever is given stays`, () => {
    const options = {
      files: { storage: { kind, root: "/r", options: {} }, folder: "d" },
      sharers: { count, one: "reader", many: "readers" },
      queueOf: () => queue,
    };
    const auto = chooseDepth(null, options);
    assertEquals(auto.depth, depth);
    assertStringIncludes(auto.reason, "auto: ");
    assertStringIncludes(auto.reason, reason);
    for (const given of [1, 64, 1024]) {
      assertEquals(chooseDepth(given, options), {
        depth: given,
        reason: `reader.io_depth = ${given}`,
      });
    }
  });
}

function described(
  accelerators: number,
  settings: readonly string[],
  options: Partial<Parameters<typeof describeRun>[1]> = {},
) {
  return describeRun(
    smallWorkload("/data", [
      "reader.odirect=true",
      "dataset.num_files_train=4096",
      "model.model_size_bytes=100000",
      "workflow.checkpoint=true",
      "checkpoint.checkpoint_folder=/ck",
      "checkpoint.type=all_ranks",
      "reader.batch_size=1",
      ...settings,
    ]),
    { accelerators, cluster: solo, randomSeed: 1, ...options },
  );
}

Deno.test("each part of a run has the depth of its own device and threads, and says so", async () => {
  const host: EngineHost = {
    queueOf: (folder) => folder === "/ck" ? takes(24, "sdb") : takes(48, "sda"),
    probe: HAS_RINGS,
  };
  const run = withIoEngine(
    await described(2, ["reader.read_threads=3", "reader.write_threads=2"]),
    host,
  );
  const { generateQueue, plan, checkpointPlan } = run;
  assertEquals(
    [generateQueue, plan.loader.queue, checkpointPlan?.saveQueue]
      .map((queue) => [queue?.depth, queue?.depthReason]),
    [
      [
        16,
        "auto: sda takes 48 requests / 2 threads that generate of this " +
        "host, at most 64, at least 4; at most 16, as all threads that " +
        "write have buffers of 32.00 MiB together",
      ],
      [
        8,
        "auto: sda takes 48 requests / 6 readers of this host, at most 64, " +
        "at least 4",
      ],
      [
        4,
        "auto: sdb takes 24 requests / 2 threads that save of this host, at " +
        "most 64, at least 4; at most 4, as all threads that write have " +
        "buffers of 32.00 MiB together",
      ],
    ],
  );
  const loads = withIoEngine(
    await described(2, [
      "workflow.train=false",
      "checkpoint.num_checkpoints_read=1",
      "checkpoint.read_threads=2",
    ]),
    host,
  );
  assertEquals(loads.checkpointPlan?.queue?.depth, 24 / (2 * 2));
  assertStringIncludes(
    loads.checkpointPlan?.queue?.depthReason ?? "",
    "sdb takes 24 requests / 4 threads that load of this host",
  );
});

Deno.test("accelerators that read by themselves, and readers that share threads, count each", async () => {
  const queueOf = () => takes(48);
  const depthOf = async (accelerators: number, ...settings: string[]) =>
    withIoEngine(
      await described(accelerators, settings),
      { queueOf, probe: HAS_RINGS },
    ).plan.loader.queue?.depth;
  assertEquals(await depthOf(4, "reader.read_threads=0"), 12);
  assertEquals(
    await depthOf(
      4,
      "reader.read_threads=2",
      "reader.accelerators_per_thread=4",
      "reader.readers_per_thread=8",
    ),
    6,
  );
});

Deno.test("processes of one host share its device, those of other hosts have their own", async () => {
  const placement: Placement = {
    hostnames: ["a", "b"],
    hostOf: [0, 0, 1],
  };
  const depths = [];
  for (let rank = 0; rank < 3; rank++) {
    const run = await described(5, ["reader.read_threads=2"], {
      cluster: { ...solo, rank, size: 3 },
      placement,
      shares: [2, 1, 2],
    });
    // Only the second host has the long queue.
    const queueOf = () => rank === 2 ? takes(1000) : takes(48);
    const { plan, generateQueue, checkpointPlan } = withIoEngine(run, {
      queueOf,
      probe: HAS_RINGS,
    });
    depths.push([
      plan.loader.queue?.depth,
      generateQueue?.depth,
      checkpointPlan?.saveQueue?.depthReason.replace(/ of this host.*/, ""),
    ]);
  }
  assertEquals(depths, [
    [8, 12, "auto: sda takes 48 requests / 3 threads that save"],
    [8, 12, "auto: sda takes 48 requests / 3 threads that save"],
    [64, 16, "auto: sda takes 1000 requests / 2 threads that save"],
  ]);
});

Deno.test("devices are asked only where the depth is to be found, each folder once", async () => {
  const asked: string[] = [];
  const run = await described(1, []);
  assertEquals(foldersWithQueues(run), ["/data", "/ck", "/data"]);
  const queueOf = await deviceQueues(foldersWithQueues(run), (folder) => {
    asked.push(folder);
    return Promise.resolve(takes(asked.length));
  });
  assertEquals(asked, ["/data", "/ck"]);
  assertEquals(queueOf("/ck").value?.requests, 2);
  for (
    const words of [
      ["reader.io_depth=8"],
      ["reader.io_engine=sync"],
      ["reader.odirect=false", "reader.io_engine=uring"],
    ]
  ) {
    assertEquals(foldersWithQueues(await described(1, words)), []);
  }
});
