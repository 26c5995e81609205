/**
 * A thread that meets others at a barrier whose release strategy waits for a
 * relay: what a barrier among several processes will do.
 */
import { ThreadBarrier } from "../../../lib/engine/threads/barrier.ts";
import {
  Region,
  type RegionShape,
} from "../../../lib/engine/threads/region.ts";
import { serve } from "../../../lib/engine/threads/worker_entry.ts";

interface Start {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
  readonly relay: Int32Array;
  readonly thread: number;
  readonly turns: number;
}

serve<Start>(({ shape, buffer, relay, thread, turns }) => {
  const region = new Region(shape, buffer);
  const barrier = new ThreadBarrier(region, {
    arrivedWord: region.control("barrierArrived"),
    turnWord: region.control("barrierTurn"),
    parties: shape.accelerators,
    release: {
      words: relay,
      word: 1,
      meet: () => void Atomics.add(relay, 0, 1),
      sleep: (turn, limitMs) => void Atomics.wait(relay, 1, turn, limitMs),
    },
  });
  return Promise.resolve(() => {
    for (let turn = 0; turn < turns; turn++) {
      barrier.wait();
      Atomics.add(relay, 2 + thread, 1);
    }
  });
});
