/**
 * Which samples of an accelerator's share a batch has.
 *
 * - In order (PyTorch's map-style datasets): batch b has the samples from
 *   b × batchSize on, whoever reads it, so batches do not depend on the
 *   number of readers. For formats that reach any sample or file at once.
 * - By reader (PyTorch's iterable datasets): each reader streams one
 *   contiguous part of the share, so a multi-batch file is opened by one
 *   reader and not by all of them. For formats that are read as streams; the
 *   order of files is the same, which samples meet in a batch then depends on
 *   the number of readers.
 *
 * Both visit every sample of the steps exactly once.
 */
import { batchesOfReader } from "../threads/thread_sync.ts";

/** First sample of batch `batch`, relative to the accelerator's share. */
export type FirstSampleOf = (batch: number) => number;

/** The in-order rule. */
export function inOrder(batchSize: number): FirstSampleOf {
  return (batch) => batch * batchSize;
}

/**
 * The by-reader rule.
 *
 * @param batchSize Samples per batch.
 * @param stepCount Batches of the epoch.
 * @param readers Readers of the accelerator, >= 1.
 */
export function byReader(
  batchSize: number,
  stepCount: number,
  readers: number,
): FirstSampleOf {
  const firstBatches = new Float64Array(readers);
  let batches = 0;
  for (let reader = 0; reader < readers; reader++) {
    firstBatches[reader] = batches;
    batches += batchesOfReader(stepCount, readers, reader);
  }
  return (batch) => {
    const reader = batch % readers;
    const ordinal = (batch - reader) / readers;
    return ((firstBatches[reader] as number) + ordinal) * batchSize;
  };
}
