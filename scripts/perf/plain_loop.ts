/**
 * Runs the plain loop of `plain_loop_worker.ts` on several threads.
 */
import { type LoopOrder, timeThreads } from "./loop_threads.ts";

/** What one thread of the plain loop does. */
export interface PlainLoopOrder extends LoopOrder {
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
  const { threads, bufferBytes, writeBytes, direct, fills } = options;
  const orderOf = (
    gate: Int32Array,
    own: readonly string[],
  ): PlainLoopOrder => ({
    gate,
    paths: own,
    bufferBytes,
    write: writeBytes !== undefined,
    fileBytes: writeBytes ?? 0,
    direct: direct ?? false,
    fills: fills ?? false,
  });
  return await timeThreads(spawn, paths, threads, orderOf);
}

function spawn(): Worker {
  return new Worker(new URL("./plain_loop_worker.ts", import.meta.url), {
    type: "module",
  });
}
