/**
 * Reads and writes through io_uring as parts that few threads need: those that
 * have none in flight are not to pay for their modules.
 */
import { lazyImport } from "../../lazy_import.ts";
import type {
  ReadQueue,
  ReadQueueOptions,
  WriteQueue,
  WriteQueueOptions,
} from "../storage.ts";
import type { RingFiles } from "./ring_files.ts";
import type { RingTargets } from "./written_file.ts";

/** A thread that opens a queue is started with this module. */
export const RING_READS_URL = import.meta.resolve("./ring_reads.ts");

/** The same of a queue of writes. */
export const RING_WRITES_URL = import.meta.resolve("./ring_writes.ts");

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

/**
 * Opens a queue of writes.
 *
 * @param targets How files are made.
 * @param options What is written with.
 * @throws {StorageError} If this host gives no ring.
 */
export async function openRingWrites(
  targets: RingTargets,
  options: WriteQueueOptions,
): Promise<WriteQueue> {
  const { RingWrites } = await lazyImport<typeof import("./ring_writes.ts")>(
    RING_WRITES_URL,
  );
  return new RingWrites(targets, options);
}
