/**
 * Runs the bare loop of `fetch_loop_worker.ts` on several threads.
 */
import { type LoopOrder, timeThreads } from "./loop_threads.ts";

/** What one thread of the loop does. */
export interface FetchLoopOrder extends LoopOrder {
  readonly urls: readonly string[];
  readonly inFlight: number;
  /** Length of the bodies to put; 0: objects are got. */
  readonly putBytes: number;
}

/**
 * Gets or puts objects, spread over threads.
 *
 * @returns Seconds from the gate until the slowest thread was done.
 */
export async function fetchLoop(
  urls: readonly string[],
  options: {
    readonly threads: number;
    /** Requests in flight per thread. */
    readonly inFlight: number;
    readonly putBytes?: number;
  },
): Promise<number> {
  const { threads, inFlight, putBytes = 0 } = options;
  const orderOf = (
    gate: Int32Array,
    own: readonly string[],
  ): FetchLoopOrder => ({ gate, urls: own, inFlight, putBytes });
  return await timeThreads(spawn, urls, threads, orderOf);
}

function spawn(): Worker {
  return new Worker(new URL("./fetch_loop_worker.ts", import.meta.url), {
    type: "module",
  });
}
