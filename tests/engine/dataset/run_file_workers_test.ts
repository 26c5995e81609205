/** Tests of lib/engine/dataset/run_file_workers.ts: what kind of phase a visit is. */
import { assertEquals } from "@std/assert";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { prepareSmall, quietHooks, smallWorkload } from "../engine_fixture.ts";

/** Kind, role of the threads, and which of the device's counters was asked. */
function factsOf(phases: readonly PhaseRecord[]) {
  return phases.map(({ kind, workers, hosts }) => [
    kind,
    workers[0]?.role,
    hosts[0]?.device.source.match(/write_bytes|read_bytes/)?.[0] ?? "none",
  ]);
}

Deno.test("a dataset is generated with device writes and verified with reads", async () => {
  const folder = await Deno.makeTempDir({ prefix: "stoker-visit-" });
  try {
    await using run = await prepareSmall(smallWorkload(folder));
    const generated = await generateDataset(run, quietHooks(), {
      threads: 2,
      force: false,
      stokerVersion: "0",
    });
    assertEquals(generated.error, null);
    assertEquals(factsOf(generated.phases), [
      ["generate", "generator", "write_bytes"],
    ]);
    const verified = await verifyDataset(
      run,
      quietHooks(),
      { threads: 2, sampleCount: null },
    );
    assertEquals([verified.error, verified.damages], [null, []]);
    assertEquals(factsOf(verified.phases), [
      ["verify", "verifier", "read_bytes"],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
