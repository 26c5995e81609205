/**
 * Which accelerators, and which readers, share a thread.
 *
 *    2 accelerators with 3 readers each, 2 readers per thread:
 *
 *    reader            0 of 0   1 of 0 | 2 of 0   0 of 1 | 1 of 1   2 of 1
 *    its number          0        1    |   2        3    |   4        5
 *    thread              0        0    |   1        1    |   2        2
 *
 * Neighbors share: a step that takes a batch from one reader of every
 * accelerator so gives all threads of readers something to do.
 */

/** Workers of a process, and how many of a kind one thread serves. */
export interface ThreadShare {
  readonly accelerators: number;
  readonly readersPerAccelerator: number;
  /** Accelerators that a thread serves; 1 if absent. */
  readonly acceleratorsPerThread?: number;
  /** Readers that a thread serves; 1 if absent. */
  readonly readersPerThread?: number;
  /**
   * Threads that fetch for a reader, its own among them; 1 if absent. With
   * more, readers do not share threads.
   */
  readonly transferThreads?: number;
}

/** Threads that serve the accelerators. */
export function acceleratorThreadCount(share: ThreadShare): number {
  return Math.ceil(share.accelerators / (share.acceleratorsPerThread ?? 1));
}

/** Threads that serve the readers. */
export function readerThreadCount(share: ThreadShare): number {
  return Math.ceil(
    share.accelerators * share.readersPerAccelerator /
      (share.readersPerThread ?? 1),
  );
}

/** Threads that fetch for readers beside their own. */
export function transferThreadCount(share: ThreadShare): number {
  return share.accelerators * share.readersPerAccelerator *
    ((share.transferThreads ?? 1) - 1);
}

/** The thread of an accelerator, from 0. */
export function threadOfAccelerator(
  { acceleratorsPerThread = 1 }: ThreadShare,
  localRank: number,
): number {
  return Math.floor(localRank / acceleratorsPerThread);
}

/** The thread of a reader, from 0 among those of readers. */
export function threadOfReader(
  { readersPerAccelerator, readersPerThread = 1 }: ThreadShare,
  localRank: number,
  reader: number,
): number {
  return Math.floor(
    (localRank * readersPerAccelerator + reader) / readersPerThread,
  );
}
