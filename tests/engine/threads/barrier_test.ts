import { assertEquals, assertThrows } from "@std/assert";
import {
  StepBarrier,
  ThreadBarrier,
} from "../../../lib/engine/threads/barrier.ts";
import { POISON_STOP, Region } from "../../../lib/engine/threads/region.ts";
import type { WorkerMessage } from "../../../lib/engine/threads/worker_start.ts";
import { poison, Stopped } from "../../../lib/engine/threads/thread_sync.ts";

function regionOf(accelerators: number) {
  return new Region({
    accelerators,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 1,
  });
}

Deno.test("StepBarrier does not wait for a single accelerator", () => {
  const barrier = new StepBarrier(regionOf(1));
  barrier.wait();
  barrier.wait();
});

Deno.test("StepBarrier of a stopped run does not wait", () => {
  const region = regionOf(2);
  poison(region, POISON_STOP);
  assertThrows(() => new StepBarrier(region).wait(), Stopped);
});

Deno.test("the release strategy is asked once a turn, also by a single thread", () => {
  let meetings = 0;
  const words = new Int32Array(1);
  const region = regionOf(1);
  const barrier = new ThreadBarrier(region, {
    arrivedWord: region.control("barrierArrived"),
    turnWord: region.control("barrierTurn"),
    parties: 1,
    release: {
      words,
      word: 0,
      meet: () => void (words[0] = ++meetings),
      sleep() {},
    },
  });
  for (let turn = 0; turn < 3; turn++) barrier.wait();
  assertEquals(meetings, 3);
});

/** Threads in the test of the relay, and how often they meet. */
const THREADS = 3;
const TURNS = 20;

Deno.test("threads go on only when the release strategy lets them, turn by turn", async () => {
  const region = regionOf(THREADS);
  // Slot 0: asked by processes; 1: answered by the relay; 2…: threads' turns.
  const relay = new Int32Array(
    new SharedArrayBuffer((2 + THREADS) * Int32Array.BYTES_PER_ELEMENT),
  );
  const { shape, buffer } = region;
  const ended = Array.from({ length: THREADS }, (_, thread) => {
    const worker = new Worker(
      new URL("./relayed_barrier_worker.ts", import.meta.url),
      { type: "module" },
    );
    worker.postMessage({ shape, buffer, relay, thread, turns: TURNS });
    return new Promise<void>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
        if (data.type === "ended") resolve();
      };
      worker.onerror = (event) => reject(new Error(event.message));
    });
  });
  const passed = (): number[] => [...relay.subarray(2)];
  for (let turn = 1; turn <= TURNS; turn++) {
    while (Atomics.load(relay, 0) < turn) {
      // Nobody asked, and somebody went on: it would never end.
      assertEquals(passed().some((turns) => turns >= turn), false);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    // All have arrived and one has asked: nobody may have gone on.
    assertEquals(passed(), new Array(THREADS).fill(turn - 1));
    Atomics.store(relay, 1, turn);
    Atomics.notify(relay, 1);
  }
  await Promise.all(ended);
  assertEquals(passed(), new Array(THREADS).fill(TURNS));
  assertEquals(Atomics.load(relay, 0), TURNS);
});
