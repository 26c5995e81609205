/** Tests of lib/cli/facts/plan_facts.ts. */
import { solo } from "../../../lib/cluster/cluster.ts";
import { assert, assertEquals } from "@std/assert";
import {
  type Have,
  planFacts,
  planText,
} from "../../../lib/cli/facts/plan_facts.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";
import { describeRun } from "../../../lib/engine/plan/describe_run.ts";
import {
  type EngineHost,
  withIoEngine,
} from "../../../lib/engine/run/io_engine.ts";

const YAML = `
framework: pytorch
workflow: {generate_data: true, evaluation: true}
dataset:
  data_folder: d
  format: npy
  num_files_train: 11
  num_files_eval: 2
  record_length_bytes: 4096
reader: {batch_size: 2, read_threads: 3}
train: {computation_time: 0.5, epochs: 4}
`;

/** A host whose device takes 48 requests, with io_uring. */
const HOST: EngineHost = {
  queueOf: () => ({ value: { requests: 48, device: "sda" }, reason: null }),
  probe: () => ({ value: { defersWork: true }, reason: null }),
};

async function facts(text = YAML) {
  const resolved = resolveWorkload(
    { yaml: { path: "x.yaml", text } },
    { cpuCount: 4, accelerators: 2 },
  );
  const requested = { ...resolved, name: "x", accelerators: 2 };
  const run = await describeRun(resolved.workload, {
    accelerators: 2,
    cluster: solo,
    randomSeed: 0,
  });
  return planFacts(requested, withIoEngine(run, HOST));
}

const NEEDS = {
  workers: 8,
  threads: 24,
  memoryBytes: 200 * 2 ** 20,
  bufferBytes: 6 * 2 ** 20,
};
const limit = (value: number) => ({ value, source: "this host" });
const HAVE: Have = {
  room: {
    memoryBytes: limit(8 * 2 ** 30),
    memoryFreeBytes: limit(4 * 2 ** 30),
    cpuCount: limit(2),
    threadsFree: null,
  },
  spaceOf: () => ({ path: "/", bytes: 2 ** 30, files: null, deviceNumber: 1 }),
};

Deno.test("planText() says what does not fit", async () => {
  const lines = planText(await facts(), {
    room: { ...HAVE.room, memoryBytes: limit(2 ** 20) },
    spaceOf: () => ({ path: "/", bytes: 1, files: null, deviceNumber: 1 }),
  }).split("\n");
  assertEquals(
    lines.filter((line) => line.startsWith("Does not fit")).length,
    2,
  );
});

Deno.test("planFacts() gives shards, steps, bytes and memory", async () => {
  const { train, datasetBytes, needs, ...rest } = await facts();
  assertEquals(train, {
    files: 11,
    samples: 11,
    samplesPerAccelerator: 5,
    batchSize: 2,
    stepsPerEpoch: 2,
    droppedSamples: 3,
  });
  // 64 × 64 bytes behind a header of 128, 13 times.
  assertEquals(datasetBytes, 13 * (4096 + 128));
  assertEquals(needs.workers, 2 * (1 + 3));
  assertEquals(needs.bufferBytes % (2 * 3 * 4096), 0);
  assertEquals(rest.does, ["generate", "train", "evaluate"]);
  assertEquals(rest.eval?.stepsPerEpoch, 1);
});

Deno.test("planText() says the same in lines", async () => {
  assertEquals(
    planText({ ...await facts(), needs: NEEDS }, HAVE),
    `\
Workload      x: generate, train, evaluate
Accelerators  2, each with 3 reader threads
Threads       reader.write_threads = 2 (auto: 4 CPUs / 2 accelerators of this host, at most 32)
Dataset       d: 13 npy files, 53.63 KiB
Epochs        4
Training      2 steps per epoch, batch 2; 11 samples in 11 files, 5 per accelerator, 3 dropped
Evaluation    1 steps per epoch, batch 1; 2 samples in 2 files, 1 per accelerator, 0 dropped
Memory        8 threads with 6.00 MiB of buffers: about 200.00 MiB needed, 4.00 GiB free
Disk          53.63 KiB needed for the dataset, 1.00 GiB free at d; 13 files`,
  );
});

Deno.test("planFacts() say of threads how many, and why: sized for this host, or given, 1 too", async () => {
  const threadsOf = async (reader: string) =>
    (await facts(YAML.replace("read_threads: 3", reader))).sizing;
  assertEquals(await threadsOf("write_threads: 1"), [
    {
      setting: "reader.read_threads",
      threads: 2,
      origin: "auto: 4 CPUs / 2 accelerators of this host, at most 8",
      isSized: true,
    },
    {
      setting: "reader.write_threads",
      threads: 1,
      origin: "file x.yaml:10",
      isSized: false,
    },
  ]);
  const [given] = await threadsOf("read_threads: 1");
  assertEquals([given?.threads, given?.isSized], [1, false]);
});

Deno.test("planFacts() say of each part how many requests it has in flight, and why", async () => {
  const linesOf = async (reader: string) =>
    planText(
      await facts(
        YAML.replace("read_threads: 3", `read_threads: 3, ${reader}`),
      ),
      HAVE,
    ).split("\n").filter((line) => line.startsWith("In flight"));
  assertEquals(await linesOf("odirect: true, write_threads: 2"), [
    "In flight     16 of each thread that generates (auto: sda takes 48 " +
    "requests / 2 threads that generate of this host, at most 64, at least 4; " +
    "at most 16, as all threads that write have buffers of 32.00 MiB together)",
    "In flight     8 of each reader (auto: sda takes 48 requests / 6 readers " +
    "of this host, at most 64, at least 4)",
  ]);
  const given = await linesOf("odirect: true, write_threads: 2, io_depth: 3");
  assertEquals(given, [
    "In flight     3 of each thread that generates (reader.io_depth = 3)",
    "In flight     3 of each reader (reader.io_depth = 3)",
  ]);
  assertEquals(await linesOf("io_engine: sync"), []);
});

Deno.test("planFacts() of a workload that only checkpoints speaks of no dataset", async () => {
  const text = planText(
    await facts(`
framework: pytorch
workflow: {train: false, checkpoint: true}
model: {model_size_bytes: 1048576}
checkpoint: {num_checkpoints_write: 1}
`),
    HAVE,
  );
  assertEquals(
    text.split("\n").map((line) => line.split("  ")[0])
      .filter((name) => name !== ""),
    ["Workload", "Accelerators", "Checkpoint", "Memory", "Disk"],
  );
  assert(!/reader/.test(text), text);
});
