/**
 * The readers of one thread with many reads in flight that the thread waits
 * for itself (io_uring): as `reader_loop.ts`, but the reads of several batches
 * are under way at once, and those of all readers.
 *
 *    room for batch b -> begin its reads -> ... -> all ended, and b - R was put
 *                                               -> preprocess -> put b
 *
 * A reader begins and puts its batches in order, as PyTorch's loader hands
 * them out; between the two, reads end as they like. While it preprocesses it
 * begins nothing, as it would be one process. Readers have their own depth and
 * do not wait for each other.
 */
import { PHASE_END } from "../threads/region.ts";
import { Gate, Stopped, WAIT_SLICE_MS } from "../threads/thread_sync.ts";
import { WorkerFailure } from "../threads/worker_failure.ts";
import type { QueuedReader } from "./queued_reader.ts";
import type { QueuedReads } from "./queued_reads.ts";
import {
  type ReaderParts,
  type ReaderPhase,
  ReaderPhases,
  type ReaderThread,
} from "./reader_phases.ts";
import {
  ReaderRounds,
  type ReaderTurn,
  type ReadWaits,
} from "./reader_rounds.ts";

/** One reader of a thread, and its reads in flight. */
export interface QueuedReaderParts extends ReaderParts<QueuedReader> {
  readonly reads: QueuedReads;
}

/**
 * Time between two looks for batches that accelerators took, of a thread that
 * waits for reads meanwhile.
 */
const LOOK_MS = 2;

/**
 * Runs the readers of a thread until the run ends. However that is, nothing is
 * in flight afterwards.
 *
 * @param thread What they have in common.
 * @param readers Neighbors: see `thread_share.ts`.
 * @throws {Stopped} When the run is stopped.
 */
export function runQueued(
  thread: ReaderThread,
  readers: readonly QueuedReaderParts[],
): void {
  const { aheadBatches } = thread.plan.loader;
  try {
    const turns = readers.map((parts) =>
      new QueuedTurn(new ReaderPhases(thread, parts), parts.reads, aheadBatches)
    );
    const rounds = new ReaderRounds(thread, turns, new Waits(turns));
    const gate = new Gate(thread.region);
    for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
      rounds.run(phase);
      gate.done();
    }
  } finally {
    for (const { reads } of readers) reads.close();
  }
}

/** One reader in the phase at hand. */
class QueuedTurn implements ReaderTurn {
  readonly reads: QueuedReads;
  /** Whether it will go on when an accelerator takes a batch. */
  waitsForRoom = false;
  readonly #phases: ReaderPhases<QueuedReader>;
  readonly #places: number;
  #work: ReaderPhase<QueuedReader> | null = null;
  /** Batches that have begun, of which the last may not have in full. */
  #begunCount = 0;
  #isBeginning = false;
  #putCount = 0;

  /** @param places Batches that may be under way. */
  constructor(
    phases: ReaderPhases<QueuedReader>,
    reads: QueuedReads,
    places: number,
  ) {
    this.#phases = phases;
    this.reads = reads;
    this.#places = places;
  }

  get untilMs(): number {
    return this.#phases.preprocess.untilMs;
  }

  begin(phase: number): boolean {
    this.#work = this.#phases.begin(phase);
    this.#begunCount = 0;
    this.#isBeginning = false;
    this.#putCount = 0;
    if (this.#work === null) return false;
    if (this.#work.ownBatches === 0) this.#end(this.#work);
    return true;
  }

  get isOver(): boolean {
    return this.#work === null;
  }

  go(): boolean {
    const work = this.#work;
    if (work === null) return false;
    this.waitsForRoom = false;
    try {
      const hasPut = this.#putReady(work);
      if (this.#work === null || this.untilMs < Infinity) return hasPut;
      return this.#beginMore(work) || hasPut;
    } catch (error) {
      if (error instanceof Stopped) throw error;
      throw new WorkerFailure(this.#phases.title, error);
    }
  }

  /** Puts the batches that are there, in their order. */
  #putReady(work: ReaderPhase<QueuedReader>): boolean {
    const { preprocess, meter } = this.#phases;
    let hasPut = false;
    while (this.untilMs < Infinity || this.#isNextThere()) {
      const isAtHand = this.untilMs < Infinity ||
        preprocess.start(work.batchSize, meter);
      if (isAtHand && !preprocess.finish(meter)) return hasPut;
      this.#put(work);
      hasPut = true;
    }
    return hasPut;
  }

  #isNextThere(): boolean {
    return this.#putCount < this.#begunCount &&
      this.reads.isThere(this.#putCount % this.#places);
  }

  #put(work: ReaderPhase<QueuedReader>): void {
    work.reader.finishedBatch(work.batchSize);
    this.#phases.queue.put(work.batchAt(this.#putCount));
    if (++this.#putCount === work.ownBatches) this.#end(work);
  }

  /** Begins batches and their reads, as far as there is room. */
  #beginMore(work: ReaderPhase<QueuedReader>): boolean {
    const { reader, batchSize, firstSampleOf, batchAt, ownBatches } = work;
    let hasBegun = false;
    for (;;) {
      if (this.#isBeginning) {
        if (!reader.beginReads()) return hasBegun;
        this.#isBeginning = false;
        hasBegun = true;
      }
      if (this.#begunCount === ownBatches) return hasBegun;
      const batch = batchAt(this.#begunCount);
      if (!this.#phases.queue.hasRoom(batch)) {
        this.waitsForRoom = true;
        return hasBegun;
      }
      const place = this.#begunCount++ % this.#places;
      reader.startBatch(firstSampleOf(batch), batchSize, place);
      this.#isBeginning = true;
    }
  }

  #end(work: ReaderPhase<QueuedReader>): void {
    // Nothing is in flight: however long others go on, nothing stalls here.
    this.reads.watch();
    this.#phases.end(work);
    this.#work = null;
  }
}

/** Waits for the reads of all readers together. */
class Waits implements ReadWaits {
  readonly #turns: readonly QueuedTurn[];

  constructor(turns: readonly QueuedTurn[]) {
    this.#turns = turns;
  }

  wait(timeoutMs: number): boolean {
    let mostMs = Math.min(timeoutMs, WAIT_SLICE_MS);
    let first: QueuedReads | null = null;
    for (const turn of this.#turns) {
      if (turn.waitsForRoom && !turn.isOver) mostMs = Math.min(mostMs, LOOK_MS);
      if (turn.reads.watch()) first ??= turn.reads;
    }
    if (first === null) return false;
    first.queue.wait(mostMs);
    return true;
  }
}
