/**
 * A thread that does nothing but wait for others, as accelerators and readers
 * of a run do, and looks whether they kept their side:
 *
 * - An accelerator takes every batch, says which round it is in, and meets
 *   the others at the barrier: none may be a round behind, or two ahead.
 * - A reader makes every R-th batch, and may be no further ahead than allowed.
 *
 * What is wrong is thrown, and reaches the test as an error of the crew.
 */
import { StepBarrier } from "../../../lib/engine/threads/barrier.ts";
import {
  controlValue,
  PHASE_END,
  Region,
  type RegionShape,
} from "../../../lib/engine/threads/region.ts";
import { BatchQueue, Gate } from "../../../lib/engine/threads/thread_sync.ts";
import {
  batchesOfReader,
  equalTurns,
} from "../../../lib/sampling/batch_turns.ts";
import { serve } from "../../../lib/engine/threads/worker_entry.ts";
import { StokerError } from "../../../lib/errors.ts";

/** What starts such a thread. */
export interface SyncStart {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
  readonly rank: number;
  /** Null: an accelerator. */
  readonly reader: number | null;
  /** Waits as a thread with requests under way does. */
  readonly isAsync: boolean;
  readonly aheadBatches: number;
  /**
   * By rank, shared: the round that the accelerator is in, over all phases;
   * then the batch that it takes, plus 1, of this phase.
   */
  readonly rounds: Int32Array;
  readonly takes: Int32Array;
  /** Sleeps a millisecond in every so many rounds; 0: never. */
  readonly slowEvery: number;
  /** Round of which it throws; -1: none. */
  readonly failsAt: number;
}

serve<SyncStart>((start) => {
  const region = new Region(start.shape, start.buffer);
  if (start.reader === null) {
    return Promise.resolve(() => runAccelerator(region, start));
  }
  const { reader } = start;
  return Promise.resolve(() => runReader(region, start, reader));
});

function runAccelerator(region: Region, start: SyncStart): void {
  const { rank, rounds, takes, aheadBatches } = start;
  const gate = new Gate(region);
  const queue = new BatchQueue(region, rank, aheadBatches);
  const barrier = new StepBarrier(region);
  let round = 0;
  while (gate.next() !== PHASE_END) {
    const stepCount = controlValue(region, "stepCount");
    queue.begin(stepCount);
    for (let step = 0; step < stepCount; step++) {
      round++;
      if (round === start.failsAt) throw new StokerError(`round ${round}`);
      slowDown(start, round);
      Atomics.store(takes, rank, step + 1);
      queue.take(step);
      Atomics.store(rounds, rank, round);
      barrier.wait();
      for (let other = 0; other < rounds.length; other++) {
        const theirs = Atomics.load(rounds, other);
        if (theirs !== round && theirs !== round + 1) {
          throw new Error(`rank ${other} is in round ${theirs} of ${round}`);
        }
      }
    }
    // The next phase's readers see no batch of this one.
    Atomics.store(takes, rank, 0);
    gate.done();
  }
}

async function runReader(
  region: Region,
  start: SyncStart,
  reader: number,
): Promise<void> {
  const { rank, takes, isAsync, aheadBatches } = start;
  const readers = start.shape.readersPerAccelerator;
  const gate = new Gate(region);
  const queue = new BatchQueue(region, rank, aheadBatches);
  const next = () => isAsync ? gate.nextLater() : gate.next();
  let made = 0;
  while (await next() !== PHASE_END) {
    const stepCount = controlValue(region, "stepCount");
    queue.begin(stepCount);
    for (let batch = reader; batch < stepCount; batch += readers) {
      slowDown(start, ++made);
      if (isAsync) await queue.awaitRoomLater(batch, () => false);
      else queue.awaitRoom(batch);
      const taken = batchesOfReader(
        equalTurns(readers),
        Atomics.load(takes, rank),
        reader,
      );
      const ahead = (batch - reader) / readers + 1 - taken;
      if (ahead > aheadBatches) {
        throw new Error(`reader ${reader} is ${ahead} batches ahead`);
      }
      queue.put(batch);
    }
    gate.done();
  }
}

function slowDown({ slowEvery, rounds, rank }: SyncStart, round: number): void {
  if (slowEvery === 0 || round % slowEvery !== 0) return;
  // Nobody stores such a round: it lasts as long as asked.
  Atomics.wait(rounds, rank, Atomics.load(rounds, rank), 1);
}
