import { assertEquals } from "@std/assert";
import { solo } from "../../../lib/cluster/cluster.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";
import { parseOverrides } from "../../../lib/config/overrides.ts";
import { describeRun } from "../../../lib/engine/plan/describe_run.ts";
import { hostNeedsOf } from "../../../lib/engine/plan/run_needs.ts";
import { threadCountsOf } from "../../../lib/engine/plan/thread_counts.ts";

/** A run of 2 readers each on 2 CPUs, described. */
async function described(accelerators: number, ...words: string[]) {
  const { workload } = resolveWorkload({
    overrides: parseOverrides([
      "framework=pytorch",
      "dataset.format=npz",
      "dataset.num_files_train=4096",
      "reader.read_threads=2",
      ...words,
    ]).overrides,
  }, { cpuCount: 2, accelerators });
  return await describeRun(workload, {
    accelerators,
    cluster: solo,
    randomSeed: 1,
  });
}

const MIB = 2 ** 20;

Deno.test("a plan of 256 accelerators has one thread per CPU for them and 16 for their readers, and says how many reads that are", async () => {
  const { plan, warnings } = await described(256);
  assertEquals(threadCountsOf(plan), {
    accelerators: 2,
    readers: 32,
    transfers: 0,
  });
  assertEquals(
    warnings.training.filter((text) => text.includes("share")),
    [
      "The 512 readers of 256 accelerators share 32 threads, so 32 reads are " +
      "under way at a time: reader.readers_per_thread=1 gives each its own, " +
      "which takes time to start and 12 MB each",
    ],
  );
});

Deno.test("nothing is said where each reader has a thread, or reads do not block", async () => {
  for (
    const run of [
      await described(4),
      await described(8),
      await described(256, "storage.storage_type=null"),
    ]
  ) {
    const said = run.warnings.training.filter((text) => text.includes("share"));
    assertEquals(said, []);
  }
});

Deno.test("a run needs memory and threads for what it starts, and little for what shares them", async () => {
  const few = hostNeedsOf(await described(64));
  const many = hostNeedsOf(await described(256));
  assertEquals([few.workers, many.workers], [34, 34]);
  assertEquals(many.bufferBytes, few.bufferBytes);
  const each = (many.memoryBytes - few.memoryBytes) / (256 - 64);
  assertEquals(each < 6 * MIB, true, `${each / MIB} MiB`);
  const own = hostNeedsOf(
    await described(64, "reader.accelerators_per_thread=1"),
  );
  assertEquals(own.workers, 64 * 3);
});
