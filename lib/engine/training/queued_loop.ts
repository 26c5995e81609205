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
import type { BatchQueue } from "../threads/batch_queue.ts";
import { Doorbell } from "../threads/doorbell.ts";
import { Gate } from "../threads/thread_sync.ts";
import type { QueuedThread } from "./connect_reader.ts";
import type { ComputeClock } from "./compute.ts";
import type { Preprocessor } from "./preprocessor.ts";
import type { QueuedReader } from "./queued_reader.ts";
import type { QueuedReads } from "./queued_reads.ts";
import {
  type ReaderPhase,
  ReaderPhases,
  type ReaderThread,
} from "./reader_phases.ts";

/**
 * Runs a reader until the run ends. However that is, nothing is in flight
 * afterwards.
 *
 * @param thread The thread, which serves this one reader.
 * @param queued The reader, and its reads in flight.
 * @throws {Stopped} When the run is stopped.
 */
export function runQueued(
  thread: ReaderThread,
  { reader, reads }: Pick<QueuedThread, "reader" | "reads">,
): void {
  const { region, plan, bellWord } = thread;
  try {
    const clock = clockOf(reads);
    const phases = new ReaderPhases(thread, { ...reader, clock });
    const { queue, preprocess, meter } = phases;
    const gate = new Gate(region);
    const bell = new Doorbell(region, bellWord);
    const places = plan.loader.aheadBatches;
    for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
      const work = phases.begin(phase);
      if (work !== null) {
        readBatches(
          work,
          new BatchLine(work, places, {
            queue,
            bell,
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
  readonly bell: Doorbell;
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
    const { queue, bell, reads } = this.#parts;
    const batch = this.#work.batchAt(this.#begunCount);
    for (;;) {
      const rings = bell.rings();
      if (queue.hasRoom(batch)) break;
      // With nothing in flight, all that has begun is put.
      if (reads.inFlight > 0) reads.turn();
      else bell.wait(rings);
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
      return false;
    },
  };
}
