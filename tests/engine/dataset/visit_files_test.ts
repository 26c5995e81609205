/** Tests of lib/engine/dataset/visit_files.ts: what kind of phase a visit is. */
import { assertEquals } from "@std/assert";
import {
  describeGenerated,
  generateDataset,
  verifyDataset,
} from "../../../lib/engine/dataset/dataset_changes.ts";
import { describeWithFormat } from "../../../lib/engine/plan/describe_dataset.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { quietHooks, smallWorkload } from "../engine_fixture.ts";

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
    const described = await describeWithFormat(smallWorkload(folder));
    const generated = await generateDataset(described, quietHooks(), {
      threads: 2,
      force: false,
      stokerVersion: "0",
    });
    assertEquals(generated.error, null);
    assertEquals(factsOf(generated.phases), [
      ["generate", "generator", "write_bytes"],
    ]);
    const verified = await verifyDataset(
      await describeGenerated(described),
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
