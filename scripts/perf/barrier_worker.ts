/**
 * A thread that meets those of other processes, turn after turn, as an
 * accelerator does.
 */
import { StepBarrier } from "../../lib/engine/threads/barrier.ts";
import { Region, type RegionShape } from "../../lib/engine/threads/region.ts";
import {
  ComputeTimer,
  threadClock,
} from "../../lib/engine/training/compute.ts";
import { openLibc } from "../../lib/libc/libc.ts";

/** What starts it. */
export interface BarrierOrder {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
  readonly turns: number;
  /** Computing before each turn. */
  readonly stepUs: number;
  /** Microseconds of each turn at the barrier; last its processor time. */
  readonly waits: Float64Array;
}

/** CLOCK_THREAD_CPUTIME_ID of clock_gettime(2). */
const THREAD_CLOCK = 3;

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<BarrierOrder>) => void) | null;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }) => {
  const barrier = new StepBarrier(new Region(data.shape, data.buffer));
  const { clock_gettime } = openLibc().value!;
  const timer = new ComputeTimer(threadClock(), () => barrier.expect());
  const cpuTime = new BigInt64Array(2);
  const cpuUs = () => {
    clock_gettime(THREAD_CLOCK, cpuTime);
    return Number(cpuTime[0]) * 1e6 + Number(cpuTime[1]) / 1e3;
  };
  scope.postMessage("ready");
  const startUs = cpuUs();
  for (let turn = 0; turn < data.turns; turn++) {
    const startMs = timer.wait(
      performance.now(),
      data.stepUs / 1000,
      () => false,
    );
    barrier.wait();
    data.waits[turn] = (performance.now() - startMs) * 1000;
  }
  data.waits[data.turns] = cpuUs() - startUs;
  scope.postMessage("done");
};
