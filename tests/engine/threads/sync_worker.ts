/**
 * A thread that does nothing but wait for others, as those of accelerators and
 * readers of a run do, and looks whether they kept their side:
 *
 * - Accelerators take every batch, say which round they are in, and their
 *   thread meets the others at the barrier: none may be a round behind, or two
 *   ahead.
 * - A reader makes every R-th batch, and may be no further ahead than allowed.
 *
 * What is wrong is thrown, and reaches the test as an error of the crew.
 */
import { StepBarrier } from "../../../lib/engine/threads/barrier.ts";
import { BatchQueue } from "../../../lib/engine/threads/batch_queue.ts";
import { Doorbell, ring } from "../../../lib/engine/threads/doorbell.ts";
import {
  controlValue,
  PHASE_END,
  Region,
  type RegionShape,
} from "../../../lib/engine/threads/region.ts";
import { Gate } from "../../../lib/engine/threads/thread_sync.ts";
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
  readonly thread: number;
  /** Ranks of its accelerators; of readers empty. */
  readonly ranks: readonly number[];
  /** Its readers: the rank, and the number there; of accelerators empty. */
  readonly readers: readonly { rank: number; reader: number }[];
  /** Waits as a thread with requests under way does. */
  readonly isAsync: boolean;
  readonly aheadBatches: number;
  /**
   * By rank, shared: the round that the accelerator is in, over all phases;
   * then the batch that it takes, plus 1, of this phase.
   */
  readonly rounds: Int32Array;
  readonly takes: Int32Array;
  /** Rank whose turns are slow; -1: none. */
  readonly slowRank: number;
  /** Round of which it throws; -1: none. */
  readonly failsAt: number;
}

serve<SyncStart>((start) => {
  const region = new Region(start.shape, start.buffer);
  return Promise.resolve(() =>
    start.ranks.length > 0
      ? runAccelerators(region, start)
      : runReaders(region, start)
  );
});

function runAccelerators(region: Region, start: SyncStart): void {
  const { ranks, rounds, takes, thread } = start;
  const gate = new Gate(region);
  const bell = new Doorbell(region, region.acceleratorBell(thread));
  const queues = ranks.map((rank) =>
    new BatchQueue(region, rank, start.aheadBatches)
  );
  const barrier = new StepBarrier(region);
  let round = 0;
  while (gate.next() !== PHASE_END) {
    const stepCount = controlValue(region, "stepCount");
    for (const queue of queues) queue.begin(stepCount);
    for (let step = 0; step < stepCount; step++) {
      round++;
      if (round === start.failsAt) throw new StokerError(`round ${round}`);
      for (const rank of ranks) {
        slowDown(start, rank, round);
        Atomics.store(takes, rank, step + 1);
      }
      takeAll(region, { bell, queues, step });
      for (const rank of ranks) Atomics.store(rounds, rank, round);
      barrier.wait();
      for (let other = 0; other < rounds.length; other++) {
        const theirs = Atomics.load(rounds, other);
        if (theirs !== round && theirs !== round + 1) {
          throw new Error(`rank ${other} is in round ${theirs} of ${round}`);
        }
      }
    }
    // The next phase's readers see no batch of this one.
    for (const rank of ranks) Atomics.store(takes, rank, 0);
    gate.done();
  }
}

/** Takes a batch of every queue, in the order in which they are there. */
function takeAll(
  region: Region,
  { bell, queues, step }: {
    readonly bell: Doorbell;
    readonly queues: readonly BatchQueue[];
    readonly step: number;
  },
): void {
  const waiting = new Set(queues);
  while (waiting.size > 0) {
    const rings = bell.rings();
    const there = [...waiting].filter((queue) => queue.isThere(step));
    for (const queue of there) {
      ring(region.words, queue.take(step));
      waiting.delete(queue);
    }
    if (there.length === 0) bell.wait(rings);
  }
}

async function runReaders(region: Region, start: SyncStart): Promise<void> {
  const { readers, isAsync, thread } = start;
  const gate = new Gate(region);
  const bell = new Doorbell(region, region.readerBell(thread));
  const made = readers.map((who) => new MadeBatches(region, start, who));
  const next = () => isAsync ? gate.nextLater() : gate.next();
  while (await next() !== PHASE_END) {
    const stepCount = controlValue(region, "stepCount");
    for (const batches of made) batches.begin(stepCount);
    if (isAsync) {
      await Promise.all(made.map((batches) => batches.makeLater(bell)));
    } else makeInTurns(made, bell);
    gate.done();
  }
}

function makeInTurns(made: readonly MadeBatches[], bell: Doorbell): void {
  while (made.some(({ isOver }) => !isOver)) {
    const rings = bell.rings();
    const moved = made.filter((batches) => batches.make());
    if (moved.length === 0) bell.wait(rings);
  }
}

/** The batches of one reader. */
class MadeBatches {
  readonly #queue: BatchQueue;
  readonly #start: SyncStart;
  readonly #who: { rank: number; reader: number };
  #stepCount = 0;
  #batch = 0;
  #made = 0;

  constructor(
    region: Region,
    start: SyncStart,
    who: { rank: number; reader: number },
  ) {
    this.#queue = new BatchQueue(region, who.rank, start.aheadBatches);
    this.#start = start;
    this.#who = who;
  }

  begin(stepCount: number): void {
    this.#queue.begin(stepCount);
    this.#stepCount = stepCount;
    this.#batch = this.#who.reader;
  }

  get isOver(): boolean {
    return this.#batch >= this.#stepCount;
  }

  async makeLater(bell: Doorbell): Promise<void> {
    while (!this.isOver) {
      const rings = bell.rings();
      if (!this.make()) await bell.later(rings);
    }
  }

  /** @returns False if there is no room. */
  make(): boolean {
    if (this.isOver || !this.#queue.hasRoom(this.#batch)) return false;
    const { rank, reader } = this.#who;
    const readers = this.#start.shape.readersPerAccelerator;
    slowDown(this.#start, rank, ++this.#made);
    const taken = batchesOfReader(
      equalTurns(readers),
      Atomics.load(this.#start.takes, rank),
      reader,
    );
    const ahead = (this.#batch - reader) / readers + 1 - taken;
    if (ahead > this.#start.aheadBatches) {
      throw new Error(`reader ${reader} is ${ahead} batches ahead`);
    }
    this.#queue.put(this.#batch);
    this.#batch += readers;
    return true;
  }
}

/** Sleeps a millisecond in every 50th round of a slow rank. */
function slowDown(
  { slowRank, rounds }: SyncStart,
  rank: number,
  round: number,
): void {
  if (slowRank !== rank || round % 50 !== 0) return;
  // Nobody stores such a round: it lasts as long as asked.
  Atomics.wait(rounds, rank, Atomics.load(rounds, rank), 1);
}
