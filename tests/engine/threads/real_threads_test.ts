/**
 * Gate, barrier and batch queue between real threads, over thousands of
 * rounds. The threads themselves look for what must not be: `sync_worker.ts`.
 */
import { assertEquals, assertInstanceOf } from "@std/assert";
import { StokerError } from "../../../lib/errors.ts";
import { runSync, type SyncCrew, syncRun } from "./sync_crew.ts";

const CASES: Readonly<Record<string, SyncCrew>> = {
  "1 accelerator, 1 reader": { accelerators: 1, readers: 1 },
  "1 accelerator, 4 readers": { accelerators: 1, readers: 4, aheadBatches: 1 },
  "4 accelerators, 1 reader each": { accelerators: 4, readers: 1 },
  "3 accelerators, 2 readers each, one rank slow": {
    accelerators: 3,
    readers: 2,
    aheadBatches: 3,
    slowRank: 1,
  },
  "5 accelerators in 2 threads, a reader each in 3": {
    accelerators: 5,
    readers: 1,
    acceleratorsPerThread: 3,
    readersPerThread: 2,
  },
  "6 accelerators in one thread, 2 readers each in 2, one rank slow": {
    accelerators: 6,
    readers: 2,
    aheadBatches: 1,
    acceleratorsPerThread: 6,
    readersPerThread: 6,
    slowRank: 4,
  },
};

for (const [title, crew] of Object.entries(CASES)) {
  Deno.test(`no round is skipped or overtaken in thousands: ${title}`, async () => {
    const sync = syncRun(crew, [1500, 1, 0, 1001]);
    const { error, phases } = await runSync(sync);
    assertEquals(error, null);
    assertEquals(phases.map(({ complete }) => complete), Array(4).fill(true));
    const rounds = Array(crew.accelerators).fill(2502);
    assertEquals([...sync.rounds], rounds);
  });
}

Deno.test("no round is skipped or overtaken by readers that wait without blocking, however many a thread serves", async () => {
  for (const readersPerThread of [1, 4]) {
    const sync = syncRun({
      accelerators: 2,
      readers: 2,
      aheadBatches: 4,
      isAsync: true,
      acceleratorsPerThread: readersPerThread,
      readersPerThread,
    }, [400, 0, 201]);
    const { error } = await runSync(sync);
    assertEquals(error, null);
    assertEquals([...sync.rounds], [601, 601]);
  }
});

Deno.test("one thread that fails stops all, wherever they wait, and is the error", async () => {
  for (const isAsync of [false, true]) {
    const crew = { accelerators: 3, readers: 2, isAsync, failsAt: 250 };
    const { error, phases } = await runSync(syncRun(crew, [200, 5000]));
    assertInstanceOf(error, StokerError);
    assertEquals(error.message, "round 250 [accelerator of rank 0]");
    assertEquals(phases.map(({ complete }) => complete), [true, false]);
  }
});
