/**
 * Times a loop on several threads that begin together. A worker of such a
 * loop says "ready", waits for the gate, and says how many seconds it took.
 */

/** What every thread's order has. */
export interface LoopOrder {
  /** Opens when all threads are ready. */
  readonly gate: Int32Array;
}

/**
 * Runs a loop, the names it goes through dealt to its threads in turns.
 *
 * @param spawn Makes a thread; a literal URL, as for `Worker` itself.
 * @param names Paths or addresses.
 * @param threads Threads, >= 1.
 * @param orderOf The start message of a thread with this gate and these names.
 * @returns Seconds from the gate until the slowest thread was done.
 */
export async function timeThreads<Order extends LoopOrder>(
  spawn: () => Worker,
  names: readonly string[],
  threads: number,
  orderOf: (gate: Int32Array, names: readonly string[]) => Order,
): Promise<number> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const ready: Promise<void>[] = [];
  const seconds: Promise<number>[] = [];
  const workers: Worker[] = [];
  for (let thread = 0; thread < threads; thread++) {
    const worker = spawn();
    const isReady = Promise.withResolvers<void>();
    const isDone = Promise.withResolvers<number>();
    worker.onmessage = ({ data }: MessageEvent<number | string>) =>
      typeof data === "number" ? isDone.resolve(data) : isReady.resolve();
    const own = names.filter((_name, index) => index % threads === thread);
    worker.postMessage(orderOf(gate, own));
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
