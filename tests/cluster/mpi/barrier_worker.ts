/**
 * A thread that meets the others of its process, and through them those of all
 * processes, and notes when it came and when it went on.
 */
import { ThreadBarrier } from "../../../lib/engine/threads/barrier.ts";
import {
  Region,
  type RegionShape,
} from "../../../lib/engine/threads/region.ts";
import { serve } from "../../../lib/engine/threads/worker_entry.ts";
import { openLibc } from "../../../lib/libc/libc.ts";

/** What starts such a thread. */
export interface BarrierStart {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
  /** The barrier: of steps or of checkpoints. */
  readonly channel: "steps" | "checkpoints";
  readonly turns: number;
  /** Nanoseconds of the host's clock, two per turn: came, went on. */
  readonly times: BigInt64Array;
}

const CLOCK_MONOTONIC = 1;

serve<BarrierStart>(({ shape, buffer, channel, turns, times }) => {
  const region = new Region(shape, buffer);
  const isStep = channel === "steps";
  const barrier = new ThreadBarrier(region, {
    arrivedWord: region.control(
      isStep ? "barrierArrived" : "checkpointArrived",
    ),
    turnWord: region.control(isStep ? "barrierTurn" : "checkpointTurn"),
    parties: shape.accelerators,
  });
  const now = hostClock();
  return Promise.resolve(() => {
    for (let turn = 0; turn < turns; turn++) {
      times[2 * turn] = now();
      barrier.wait();
      times[2 * turn + 1] = now();
    }
  });
});

/** Nanoseconds of a clock that all processes of the host have. */
function hostClock(): () => bigint {
  const libc = openLibc();
  if (libc.value === null) throw new Error(libc.reason);
  const { clock_gettime } = libc.value;
  const time = new BigInt64Array(2);
  return () => {
    clock_gettime(CLOCK_MONOTONIC, time);
    return time[0]! * 1_000_000_000n + time[1]!;
  };
}
