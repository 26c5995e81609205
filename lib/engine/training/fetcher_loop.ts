/**
 * A reader of asynchronous storage: as `reader_loop.ts`, but reads of several
 * batches are in flight at once and the thread never blocks.
 *
 *    room for batch b → start its reads → … → all there, and b - R was put
 *                                             → preprocess → put b
 *
 * Batches are begun and put in order; between the two, reads end as they
 * like.
 */
import type { WorkerMeter } from "../threads/meter.ts";
import { PHASE_END } from "../threads/region.ts";
import type { BatchQueue } from "../threads/thread_sync.ts";
import type { Preprocessor } from "./preprocessor.ts";
import {
  type ReaderIdentity,
  type ReaderParts,
  type ReaderPhase,
  ReaderPhases,
} from "./reader_phases.ts";
import type { BatchFetcher, StartedReads } from "./sample_fetcher.ts";

/**
 * Runs the reader until the run ends.
 *
 * @param parts What it works with.
 * @param who Its accelerator, by both ranks, and its number there.
 * @throws {Stopped} When the run is stopped.
 */
export async function runFetcher(
  parts: ReaderParts<BatchFetcher>,
  who: ReaderIdentity,
): Promise<void> {
  const phases = new ReaderPhases(parts, who);
  const { gate } = phases;
  const line = new BatchLine(phases.queue, phases.preprocess, parts.meter);
  for (
    let phase = await gate.nextLater();
    phase !== PHASE_END;
    phase = await gate.nextLater()
  ) {
    const work = phases.begin(phase);
    if (work !== null) {
      await fetchBatches(work, phases.queue, line);
      phases.end(work);
    }
    gate.done();
  }
}

/** Fetches and puts the reader's batches of a phase. */
async function fetchBatches(
  work: ReaderPhase<BatchFetcher>,
  queue: BatchQueue,
  line: BatchLine,
): Promise<void> {
  const { reader, batchSize, firstSampleOf } = work;
  const { ownBatches, batchAt } = work;
  for (let ordinal = 0; ordinal < ownBatches; ordinal++) {
    const batch = batchAt(ordinal);
    await queue.awaitRoomLater(batch, () => line.hasFailed);
    if (line.hasFailed) break;
    const first = firstSampleOf(batch);
    line.join(batch, work, await reader.startBatch(first, batchSize));
  }
  await line.empty();
  await reader.settle?.();
}

/** Batches that have begun, put in the order in which they joined. */
class BatchLine {
  readonly #queue: BatchQueue;
  readonly #preprocess: Preprocessor;
  readonly #meter: WorkerMeter;
  #tail: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(
    queue: BatchQueue,
    preprocess: Preprocessor,
    meter: WorkerMeter,
  ) {
    this.#queue = queue;
    this.#preprocess = preprocess;
    this.#meter = meter;
  }

  /** Whether a read of any batch has failed after all retries. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  join(
    batch: number,
    { reader, batchSize }: ReaderPhase<BatchFetcher>,
    { done }: StartedReads,
  ): void {
    const previous = this.#tail;
    this.#tail = (async () => {
      await Promise.all([done, previous]);
      await this.#preprocess.samplesLater(batchSize, this.#meter);
      reader.finishedBatch(batchSize);
      this.#queue.put(batch);
    })();
    this.#tail.catch(() => {
      this.#hasFailed = true;
    });
  }

  /** Waits until all are put. @throws What a read failed with. */
  async empty(): Promise<void> {
    await this.#tail;
  }
}
