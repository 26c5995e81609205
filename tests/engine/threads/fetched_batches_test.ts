import { assertEquals, assertRejects } from "@std/assert";
import { FetchedBatches } from "../../../lib/engine/threads/fetched_batches.ts";
import { POISON_STOP, Region } from "../../../lib/engine/threads/region.ts";
import { poison, Stopped } from "../../../lib/engine/threads/thread_sync.ts";

/** The threads that fetch for the second reader of the second accelerator. */
function threadsOf(count: number) {
  const region = new Region({
    accelerators: 2,
    readersPerAccelerator: 2,
    transferThreads: count,
    generators: 0,
    maxSteps: 1,
  });
  const who = { localRank: 1, reader: 1 };
  const threads = Array.from(
    { length: count },
    (_, share) => new FetchedBatches(region, { ...who, share }),
  );
  const [own, ...others] = threads;
  if (own === undefined) throw new Error("a reader has a thread");
  for (const thread of threads) thread.begin(3);
  return { region, threads, own, others };
}

Deno.test("a reader that fetches alone waits for nobody", async () => {
  const { own } = threadsOf(1);
  assertEquals(await own.fetched(0), true);
});

Deno.test("a batch is the reader's to put when every other thread has its share", async () => {
  const { own, others: [one, two] } = threadsOf(3);
  const told: string[] = [];
  const whole = own.fetched(0).then((isWhole) => {
    told.push("whole");
    return isWhole;
  });
  assertEquals(await one?.fetched(0), false);
  // Far ahead: its counts are those of all batches before.
  assertEquals(await one?.fetched(1), false);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(told, []);
  assertEquals(await two?.fetched(0), false);
  assertEquals(await whole, true);
});

Deno.test("counts of batches run on over phases", async () => {
  const { threads, own, others } = threadsOf(2);
  for (const other of others) await other.fetched(2);
  assertEquals(await own.fetched(2), true);
  for (const thread of threads) thread.begin(1);
  let isThere = false;
  const whole = own.fetched(0).then(() => isThere = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(isThere, false);
  for (const other of others) await other.fetched(0);
  await whole;
});

Deno.test("a stop ends the wait for the others", async () => {
  const { region, own } = threadsOf(2);
  const waiting = own.fetched(0);
  poison(region, POISON_STOP);
  await assertRejects(() => waiting, Stopped);
});
