/**
 * Threads of this process that meet those of all others at barriers.
 */
import type { BarrierPlace } from "../../../lib/cluster/barrier_place.ts";
import { Region } from "../../../lib/engine/threads/region.ts";
import { poison } from "../../../lib/engine/threads/thread_sync.ts";
import type { WorkerMessage } from "../../../lib/engine/threads/worker_start.ts";
import type { BarrierStart } from "./barrier_worker.ts";

/** What the threads do. */
export interface Meetings {
  readonly place: BarrierPlace;
  readonly threads: number;
  readonly turns: number;
  readonly channel: "steps" | "checkpoints";
}

/** Threads that are at work. */
export interface MeetingThreads {
  /** Times of each thread, see {@linkcode BarrierStart}. */
  readonly ended: Promise<BigInt64Array[]>;
  stop(): void;
}

/** Starts the threads. */
export function startMeetings(meetings: Meetings): MeetingThreads {
  const { place, threads, turns, channel } = meetings;
  const region = new Region({
    accelerators: threads,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 1,
    barrierPlace: place,
  });
  const { shape, buffer } = region;
  const ended = Array.from({ length: threads }, () => {
    const worker = new Worker(
      new URL("./barrier_worker.ts", import.meta.url),
      { type: "module" },
    );
    const times = new BigInt64Array(new SharedArrayBuffer(16 * turns));
    worker.postMessage(
      { shape, buffer, channel, turns, times } satisfies BarrierStart,
    );
    return new Promise<BigInt64Array>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
        if (data.type === "ended") resolve(times);
        if (data.type === "failed") reject(new Error(data.error.message));
      };
      worker.onerror = (event) => reject(new Error(event.message));
    });
  });
  return { ended: Promise.all(ended), stop: () => poison(region, 1) };
}
