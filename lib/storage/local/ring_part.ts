/**
 * Reads through io_uring as a part that few threads need: those that have
 * none in flight are not to pay for its modules.
 */
import { lazyImport } from "../../lazy_import.ts";
import type { ReadQueue, ReadQueueOptions } from "../storage.ts";
import type { RingFiles } from "./ring_files.ts";

/** A thread that opens a queue is started with this module. */
export const RING_READS_URL = import.meta.resolve("./ring_reads.ts");

/**
 * Opens a queue of reads.
 *
 * @param files How files are opened.
 * @param options What is read with.
 * @throws {StorageError} If this host gives no ring.
 */
export async function openRingReads(
  files: RingFiles,
  options: ReadQueueOptions,
): Promise<ReadQueue> {
  const { RingReads } = await lazyImport<typeof import("./ring_reads.ts")>(
    RING_READS_URL,
  );
  return new RingReads(files, options);
}
