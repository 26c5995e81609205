/**
 * Runs the plain loop of `plain_loop_worker.ts` on several threads.
 */

/** What one thread of the plain loop does. */
export interface PlainLoopOrder {
  readonly gate: Int32Array;
  readonly paths: readonly string[];
  readonly bufferBytes: number;
  /** True: files of `fileBytes` are written, else read. */
  readonly write: boolean;
  readonly fileBytes: number;
  /** True: files are read or written with O_DIRECT. */
  readonly direct: boolean;
  /** True: every buffer is filled with fresh random bytes and written. */
  readonly fills: boolean;
}

/**
 * Reads or writes files, spread over threads.
 *
 * @returns Seconds from the gate until the slowest thread was done.
 */
export async function plainLoop(
  paths: readonly string[],
  options: {
    readonly threads: number;
    readonly bufferBytes: number;
    /** Length of files to write; absent: files are read. */
    readonly writeBytes?: number;
    /** Uses O_DIRECT; files to write must have whole blocks then. */
    readonly direct?: boolean;
    /** Writes fresh random bytes, not the same ones over and over. */
    readonly fills?: boolean;
  },
): Promise<number> {
  const { threads, bufferBytes, writeBytes } = options;
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const ready: Promise<void>[] = [];
  const seconds: Promise<number>[] = [];
  const workers: Worker[] = [];
  for (let thread = 0; thread < threads; thread++) {
    const worker = new Worker(
      new URL("./plain_loop_worker.ts", import.meta.url),
      { type: "module" },
    );
    const isReady = Promise.withResolvers<void>();
    const isDone = Promise.withResolvers<number>();
    worker.onmessage = ({ data }: MessageEvent<number | string>) =>
      typeof data === "number" ? isDone.resolve(data) : isReady.resolve();
    const order: PlainLoopOrder = {
      gate,
      paths: paths.filter((_path, index) => index % threads === thread),
      bufferBytes,
      write: writeBytes !== undefined,
      fileBytes: writeBytes ?? 0,
      direct: options.direct ?? false,
      fills: options.fills ?? false,
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
