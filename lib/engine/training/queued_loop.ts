/**
 * A reader with many reads in flight that it waits for itself (io_uring): as
 * `reader_loop.ts`, but the reads of several batches are under way at once.
 *
 *    room for batch b → begin its reads → … → all ended, and b - R was put
 *                                               → preprocess → put b
 *
 * Batches are begun and put in order, as PyTorch's loader hands them out;
 * between the two, reads end as they like.
 */
import type { WorkerMeter } from "../threads/meter.ts";
import { PHASE_END } from "../threads/region.ts";
import type { BatchQueue } from "../threads/thread_sync.ts";
import type { ComputeClock } from "./compute.ts";
import type { Preprocessor } from "./preprocessor.ts";
import type { QueuedReader } from "./queued_reader.ts";
import type { QueuedReads } from "./queued_reads.ts";
import {
  type ReaderIdentity,
  type ReaderParts,
  type ReaderPhase,
  ReaderPhases,
} from "./reader_phases.ts";

/** What such a reader works with. */
export interface QueuedParts extends ReaderParts<QueuedReader> {
  readonly reads: QueuedReads;
}

/**
 * Runs a reader until the run ends. However that is, nothing is in flight
 * afterwards.
 *
 * @param parts What it works with.
 * @param who Its accelerator, by both ranks, and its number there.
 * @throws {Stopped} When the run is stopped.
 */
export function runQueued(parts: QueuedParts, who: ReaderIdentity): void {
  const { reads, plan, meter } = parts;
  try {
    const clock = clockOf(reads);
    const phases = new ReaderPhases({ ...parts, clock }, who);
    const { gate, queue, preprocess } = phases;
    const places = plan.loader.aheadBatches;
    for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
      const work = phases.begin(phase);
      if (work !== null) {
        readBatches(
          work,
          new BatchLine(work, places, {
            queue,
            reads,
            preprocess,
            meter,
          }),
        );
        phases.end(work);
      }
      gate.done();
    }
  } finally {
    reads.close();
  }
}

function readBatches(
  { reader, batchSize, firstSampleOf, ownBatches, batchAt }: ReaderPhase<
    QueuedReader
  >,
  line: BatchLine,
): void {
  for (let ordinal = 0; ordinal < ownBatches; ordinal++) {
    const place = line.join();
    reader.startBatch(firstSampleOf(batchAt(ordinal)), batchSize, place);
  }
  line.empty();
}

/** What a line of batches works with. */
interface LineParts {
  readonly queue: BatchQueue;
  readonly reads: QueuedReads;
  readonly preprocess: Preprocessor;
  readonly meter: WorkerMeter;
}

/** Batches of a phase that have begun, put in their order. */
class BatchLine {
  readonly #work: ReaderPhase<QueuedReader>;
  readonly #parts: LineParts;
  readonly #places: number;
  /** Batches that have begun, and those of them that were put. */
  #begunCount = 0;
  #putCount = 0;
  #isPutting = false;

  constructor(
    work: ReaderPhase<QueuedReader>,
    places: number,
    parts: LineParts,
  ) {
    this.#work = work;
    this.#places = places;
    this.#parts = parts;
    parts.reads.onTurn = () => this.#putReady();
  }

  /** Waits until the next batch may begin. @returns Its place. */
  join(): number {
    const { queue, reads } = this.#parts;
    const batch = this.#work.batchAt(this.#begunCount);
    while (!queue.hasRoom(batch)) {
      // With nothing in flight, all that has begun is put.
      if (reads.inFlight > 0) reads.turn();
      else queue.awaitRoom(batch);
    }
    return this.#begunCount++ % this.#places;
  }

  /** Waits until all are put. */
  empty(): void {
    while (this.#putCount < this.#begunCount) this.#parts.reads.turn();
  }

  #putReady(): void {
    // Preprocessing waits in turns as well.
    if (this.#isPutting) return;
    this.#isPutting = true;
    const { queue, reads, preprocess, meter } = this.#parts;
    const { reader, batchSize, batchAt } = this.#work;
    while (
      this.#putCount < this.#begunCount &&
      reads.isThere(this.#putCount % this.#places)
    ) {
      preprocess.samples(batchSize, meter);
      reader.finishedBatch(batchSize);
      queue.put(batchAt(this.#putCount++));
    }
    this.#isPutting = false;
  }
}

/** Sleeps where reads in flight are noticed when they end. */
function clockOf(reads: QueuedReads): ComputeClock {
  const word = new Int32Array(new SharedArrayBuffer(4));
  return {
    now: () => performance.now(),
    sleep(durationMs) {
      if (reads.inFlight > 0) reads.turn(durationMs);
      else Atomics.wait(word, 0, 0, durationMs);
    },
  };
}
