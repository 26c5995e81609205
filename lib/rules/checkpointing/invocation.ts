/**
 * What an invocation of a checkpoint series did: all writes, all reads, or
 * both.
 */
import type { RunFacts } from "../facts/run_facts.ts";

/** Writes and reads of one invocation; null: nobody says. */
export interface Invocation {
  readonly writes: number | null;
  readonly reads: number | null;
}

/** What it has done; else, what it was asked to do. */
export function invocationOf(run: RunFacts): Invocation {
  return {
    writes: run.writesDone ?? run.checkpointWrites,
    reads: run.readsDone ?? run.checkpointReads,
  };
}

/**
 * Seconds between the end of writing and the begin of reading: of the tool's
 * own times if both are there, else of those of the measured part.
 *
 * @returns Null: nobody says.
 */
export function gapSeconds({ write, read }: InvocationPair): number | null {
  const { invocationEndSeconds: from } = write;
  const { invocationStartSeconds: to } = read;
  if (from !== null && to !== null) return to - from;
  return write.endSeconds === null || read.startSeconds === null
    ? null
    : read.startSeconds - write.endSeconds;
}

/** An invocation that writes, and one that reads. */
export interface InvocationPair {
  readonly write: RunFacts;
  readonly read: RunFacts;
}

/**
 * The two invocations of a series that writes first and reads later.
 *
 * @returns Null if the series is none of two.
 */
export function pairOf(
  runs: readonly RunFacts[],
): InvocationPair | null {
  const [first, second] = runs;
  if (first === undefined || second === undefined || runs.length > 2) {
    return null;
  }
  // Clocks of two hosts may differ, so what they did says which is which.
  return invocationOf(first).writes === 0
    ? { write: second, read: first }
    : { write: first, read: second };
}
