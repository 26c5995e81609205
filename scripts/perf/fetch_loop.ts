/**
 * Runs the bare loop of `fetch_loop_worker.ts` on several threads.
 */

/** What one thread of the loop does. */
export interface FetchLoopOrder {
  readonly gate: Int32Array;
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
    /** Requests under way per thread. */
    readonly inFlight: number;
    readonly putBytes?: number;
  },
): Promise<number> {
  const { threads, inFlight, putBytes = 0 } = options;
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers: Worker[] = [];
  const ready: Promise<void>[] = [];
  const seconds: Promise<number>[] = [];
  for (let thread = 0; thread < threads; thread++) {
    const worker = new Worker(
      new URL("./fetch_loop_worker.ts", import.meta.url),
      { type: "module" },
    );
    const isReady = Promise.withResolvers<void>();
    const isDone = Promise.withResolvers<number>();
    worker.onmessage = ({ data }: MessageEvent<number | string>) =>
      typeof data === "number" ? isDone.resolve(data) : isReady.resolve();
    const order: FetchLoopOrder = {
      gate,
      urls: urls.filter((_url, index) => index % threads === thread),
      inFlight,
      putBytes,
    };
    worker.postMessage(order);
    ready.push(isReady.promise);
    seconds.push(isDone.promise);
    workers.push(worker);
  }
  await Promise.all(ready);
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  const slowest = Math.max(...await Promise.all(seconds));
  for (const worker of workers) worker.terminate();
  return slowest;
}
