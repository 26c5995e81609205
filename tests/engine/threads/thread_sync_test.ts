import { assertEquals, assertThrows } from "@std/assert";
import {
  PHASE_END,
  PHASE_TRAIN,
  POISON_STOP,
  Region,
} from "../../../lib/engine/threads/region.ts";
import {
  BatchQueue,
  Gate,
  isPoisoned,
  openGateForEnd,
  poison,
  Stopped,
} from "../../../lib/engine/threads/thread_sync.ts";

function regionOf(accelerators: number, readersPerAccelerator: number) {
  return new Region({
    accelerators,
    readersPerAccelerator,
    generators: 0,
    maxSteps: 4,
  });
}

Deno.test("BatchQueue hands batches over in order, over phases of any length", () => {
  const readers = 3;
  const region = regionOf(1, readers);
  const queue = new BatchQueue(region, 0, 2);
  const mirror = new BatchQueue(region, 0, 2);
  for (const batches of [7, 1, 0, 5]) {
    queue.begin(batches);
    mirror.begin(batches);
    for (let batch = 0; batch < batches; batch++) {
      mirror.awaitRoom(batch);
      mirror.put(batch);
      queue.take(batch);
    }
  }
});

Deno.test("BatchQueue lets each reader be so many batches ahead and no more", () => {
  const region = regionOf(1, 2);
  const queue = new BatchQueue(region, 0, 2);
  queue.begin(100);
  for (const batch of [0, 2, 1, 3]) {
    queue.awaitRoom(batch);
    queue.put(batch);
  }
  // A wait that would last ends only because the run is stopped.
  poisonSoon(region);
  assertThrows(() => queue.awaitRoom(4), Stopped);
});

Deno.test("BatchQueue keeps accelerators apart", () => {
  const region = regionOf(2, 1);
  const first = new BatchQueue(region, 0, 1);
  const second = new BatchQueue(region, 1, 1);
  first.begin(2);
  second.begin(2);
  first.put(0);
  poisonSoon(region);
  assertThrows(() => second.take(0), Stopped);
});

Deno.test("Gate gives each phase once and the end last", () => {
  const region = regionOf(1, 0);
  const gate = new Gate(region);
  Atomics.store(region.words, region.control("phase"), PHASE_TRAIN);
  Atomics.add(region.words, region.control("gate"), 1);
  assertEquals(gate.next(), PHASE_TRAIN);
  gate.done();
  assertEquals(
    Atomics.load(region.words, region.control("doneCount")),
    1,
  );
  openGateForEnd(region, PHASE_END);
  assertEquals(gate.next(), PHASE_END);
});

Deno.test("poison() is seen by everybody", () => {
  const region = regionOf(1, 1);
  assertEquals(isPoisoned(region), false);
  poison(region, POISON_STOP);
  assertEquals(isPoisoned(region), true);
  assertThrows(() => new Gate(region).next(), Stopped);
});

/** Stops the run from another thread, while this one is blocked. */
function poisonSoon(region: Region): void {
  const source = `
    onmessage = ({ data: { words, word } }) => {
      setTimeout(() => Atomics.store(words, word, 1), 20);
      setTimeout(close, 40);
    };`;
  const url = URL.createObjectURL(
    new Blob([source], { type: "application/javascript" }),
  );
  const worker = new Worker(url, { type: "module" });
  worker.postMessage({ words: region.words, word: region.control("poison") });
  URL.revokeObjectURL(url);
}
