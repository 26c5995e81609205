import { assertEquals } from "@std/assert";
import { soloLink } from "../../../lib/cluster/link.ts";
import { describeRun } from "../../../lib/engine/plan/describe_run.ts";
import { withIoEngine } from "../../../lib/engine/run/io_engine.ts";
import { readOpenFileLimit } from "../../../lib/host/open_files.ts";
import { RING_DEPTH_MAX } from "../../../lib/storage/local/ring_memory.ts";
import { resolveGiven } from "../../config/resolving.ts";

const BUFFERED = "auto: 64, as what passes the page cache waits for no queue";

/** 64 accelerators on 2 CPUs with 2 readers each. */
async function chosen(reason: string | null, ...words: string[]) {
  const { workload } = resolveGiven({
    words: ["reader.read_threads=2", "dataset.num_files_train=4096", ...words],
    context: { accelerators: 64, cpuCount: 2 },
  });
  const { cluster } = soloLink;
  const options = { accelerators: 64, cluster, randomSeed: 1 };
  const described = await describeRun(workload, options);
  const wanted: unknown[] = [];
  const { plan, warnings } = withIoEngine(described, {
    queueOf: () => ({ value: null, reason: "it is a test" }),
    probe(rings) {
      wanted.push(rings?.ringCount);
      return reason === null
        ? { value: { defersWork: true }, reason }
        : { value: null, reason };
    },
  });
  return {
    depth: plan.loader.queue?.depth,
    reason: plan.loader.queue?.depthReason,
    rings: wanted,
    said: warnings.training.filter((text) =>
      text.includes("in flight") ||
      text.includes("under way") || text.includes("io_uring")
    ),
  };
}

Deno.test("readers that share threads have a ring for each thread, and their own depth in it", async () => {
  const uring = "reader.io_engine=uring";
  assertEquals(await chosen(null, uring), {
    depth: 64,
    reason: BUFFERED,
    rings: [4],
    said: [],
  });
  assertEquals(
    await chosen(null, "reader.io_engine=auto", "reader.io_depth=7"),
    { depth: 7, reason: "reader.io_depth = 7", rings: [32], said: [] },
  );
});

Deno.test("readers that are too many for one ring have less in flight, and the run says so", async () => {
  const most = Math.min(
    RING_DEPTH_MAX,
    Math.floor((readOpenFileLimit().value ?? Infinity) / 2),
  );
  const depth = Math.floor(most / 128);
  const limit = `; at most ${depth}, as 128 of them share a thread, which ` +
    `may have ${most} in flight`;
  const auto = await chosen(
    null,
    "reader.io_engine=uring",
    "reader.readers_per_thread=128",
  );
  // Nobody asked for more: the reason is enough.
  assertEquals([auto.depth, auto.reason, auto.said], [
    depth,
    BUFFERED + limit,
    [],
  ]);
  assertEquals(
    await chosen(
      null,
      "reader.io_engine=uring",
      "reader.io_depth=64",
      "reader.readers_per_thread=128",
    ),
    {
      depth,
      reason: "reader.io_depth = 64" + limit,
      rings: [1],
      said: [
        `Each reader has ${depth} files or ranges in flight, not 64 ` +
        "(reader.io_depth): 128 readers share a thread " +
        `(reader.readers_per_thread), which may have ${most} in flight`,
      ],
    },
  );
});

Deno.test("where a host refuses, auto says that readers make one call after another, and how many of them are under way", async () => {
  const { depth, said } = await chosen("it is a test", "reader.io_engine=auto");
  assertEquals(depth, undefined);
  assertEquals(said, [
    "Readers make one call after another (reader.io_engine = auto): io_uring " +
    "is not used, as it is a test",
    "The 128 readers of 64 accelerators share 32 threads, so 32 reads are " +
    "under way at a time: reader.readers_per_thread=1 gives each its own, " +
    "which takes time to start and 12 MB each",
  ]);
});
