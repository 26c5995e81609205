import { assertEquals } from "@std/assert";
import { BatchQueue } from "../../../lib/engine/threads/batch_queue.ts";
import { Doorbell } from "../../../lib/engine/threads/doorbell.ts";
import { Region } from "../../../lib/engine/threads/region.ts";

function regionOf(
  accelerators: number,
  readersPerAccelerator: number,
  perThread = 1,
) {
  return new Region({
    accelerators,
    readersPerAccelerator,
    acceleratorsPerThread: perThread,
    readersPerThread: perThread,
    generators: 0,
    maxSteps: 4,
  });
}

Deno.test("BatchQueue hands batches over in order, over phases of any length", () => {
  const region = regionOf(1, 3);
  const queue = new BatchQueue(region, 0, 2);
  const mirror = new BatchQueue(region, 0, 2);
  for (const batches of [7, 1, 0, 5]) {
    queue.begin(batches);
    mirror.begin(batches);
    for (let batch = 0; batch < batches; batch++) {
      assertEquals(queue.isThere(batch), false);
      assertEquals(mirror.hasRoom(batch), true);
      mirror.put(batch);
      assertEquals(queue.isThere(batch), true);
      queue.take(batch);
    }
  }
});

Deno.test("BatchQueue lets each reader be so many batches ahead and no more", () => {
  const region = regionOf(1, 2);
  const queue = new BatchQueue(region, 0, 2);
  queue.begin(100);
  for (const batch of [0, 2, 1, 3]) {
    assertEquals(queue.hasRoom(batch), true);
    queue.put(batch);
  }
  assertEquals([4, 5].map((batch) => queue.hasRoom(batch)), [false, false]);
  // The batch of one reader makes room for that one alone.
  queue.take(0);
  assertEquals([4, 5].map((batch) => queue.hasRoom(batch)), [true, false]);
});

Deno.test("BatchQueue keeps accelerators apart", () => {
  const region = regionOf(2, 1);
  const first = new BatchQueue(region, 0, 1);
  const second = new BatchQueue(region, 1, 1);
  first.begin(2);
  second.begin(2);
  first.put(0);
  assertEquals([first.isThere(0), second.isThere(0)], [true, false]);
});

Deno.test("a batch rings for the accelerator's thread only if it is the next one to be taken of its reader", () => {
  const region = regionOf(4, 2, 2);
  const queue = new BatchQueue(region, 2, 2);
  const bell = new Doorbell(region, region.acceleratorBell(1));
  const other = new Doorbell(region, region.acceleratorBell(0));
  queue.begin(8);
  const rings: number[] = [];
  for (const batch of [0, 2, 1, 3]) {
    queue.put(batch);
    rings.push(bell.rings());
  }
  assertEquals(rings, [1, 1, 2, 2]);
  queue.take(0);
  queue.take(1);
  queue.take(2);
  queue.put(4);
  assertEquals([bell.rings(), other.rings()], [3, 0]);
});

Deno.test("taking a batch names the doorbell of its reader's thread", () => {
  // Readers 0 and 1 of rank 1 are numbers 2 and 3 of all.
  const region = regionOf(2, 2, 3);
  const queue = new BatchQueue(region, 1, 1);
  queue.begin(2);
  assertEquals([queue.take(0), queue.take(1)], [
    region.readerBell(0),
    region.readerBell(1),
  ]);
});
