/**
 * The readers of one thread, whose storage answers later: as
 * `reader_loop.ts`, but reads of several batches are in flight at once and
 * the thread never blocks.
 *
 *    room for batch b -> start its reads -> ... -> all there, and b - R was put
 *                                             -> preprocess -> put b
 *
 * Each reader begins and puts its batches in order; between the two, reads end
 * as they like. Readers of one thread do not wait for each other. Where several
 * threads fetch for one reader, each runs this loop for its share of every
 * batch, and the reader's own puts what is whole (`fetched_batches.ts`).
 */
import { Doorbell } from "../threads/doorbell.ts";
import type { FetchedBatches } from "../threads/fetched_batches.ts";
import { PHASE_END } from "../threads/region.ts";
import { Gate, Stopped } from "../threads/thread_sync.ts";
import { WorkerFailure } from "../threads/worker_failure.ts";
import {
  type ReaderParts,
  type ReaderPhase,
  ReaderPhases,
  type ReaderThread,
} from "./reader_phases.ts";
import type { BatchFetcher, StartedReads } from "./sample_fetcher.ts";

/**
 * Runs the readers of a thread until the run ends.
 *
 * @param thread What they have in common.
 * @param readers Neighbors: see `thread_share.ts`.
 * @throws {Stopped} When the run is stopped.
 */
export async function runFetchers(
  thread: ReaderThread,
  readers: readonly ReaderParts<BatchFetcher>[],
): Promise<void> {
  const gate = new Gate(thread.region);
  const bell = new Doorbell(thread.region, thread.bellWord);
  const fetchers = readers.map((parts) =>
    new Fetcher(new ReaderPhases(thread, parts), bell, readers.length === 1)
  );
  for (
    let phase = await gate.nextLater();
    phase !== PHASE_END;
    phase = await gate.nextLater()
  ) {
    await Promise.all(fetchers.map((fetcher) => fetcher.run(phase)));
    gate.done();
  }
}

/** One reader; its batches that have begun are put in their order. */
class Fetcher {
  readonly #phases: ReaderPhases<BatchFetcher>;
  readonly #bell: Doorbell;
  readonly #isAlone: boolean;
  readonly #fetched: FetchedBatches;
  #tail: Promise<void> = Promise.resolve();
  /** Whether a read of any batch has failed after all retries. */
  #hasFailed = false;

  constructor(
    phases: ReaderPhases<BatchFetcher>,
    bell: Doorbell,
    isAlone: boolean,
  ) {
    this.#phases = phases;
    this.#bell = bell;
    this.#isAlone = isAlone;
    this.#fetched = phases.fetched;
  }

  /**
   * Fetches and puts the reader's batches of a phase.
   *
   * @throws {Stopped} When the run is stopped.
   * @throws {WorkerFailure} What a read failed with.
   */
  async run(phase: number): Promise<void> {
    try {
      await this.#run(phase);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      throw new WorkerFailure(this.#phases.title, error);
    }
  }

  async #run(phase: number): Promise<void> {
    const work = this.#phases.begin(phase);
    if (work === null) return;
    const { reader, batchSize, firstSampleOf } = work;
    const { ownBatches, batchAt } = work;
    this.#fetched.begin(ownBatches);
    for (let ordinal = 0; ordinal < ownBatches; ordinal++) {
      const batch = batchAt(ordinal);
      await this.#room(batch);
      if (this.#hasFailed) break;
      const first = firstSampleOf(batch);
      const started = await reader.startBatch(first, batchSize);
      this.#join({ batch, ordinal }, work, started);
    }
    await this.#tail;
    await reader.settle?.();
    this.#phases.end(work);
  }

  /** Resolves when a batch may be begun, or never will be. */
  async #room(batch: number): Promise<void> {
    while (!this.#hasFailed) {
      const rings = this.#bell.rings();
      if (this.#phases.queue.hasRoom(batch)) return;
      await this.#bell.later(rings);
    }
  }

  #join(
    { batch, ordinal }: { readonly batch: number; readonly ordinal: number },
    { reader, batchSize }: ReaderPhase<BatchFetcher>,
    { done }: StartedReads,
  ): void {
    const previous = this.#tail;
    const { preprocess, meter, queue } = this.#phases;
    this.#tail = (async () => {
      await Promise.all([done, previous]);
      if (!await this.#fetched.fetched(ordinal)) return;
      await preprocess.samplesLater(batchSize, meter, this.#isAlone);
      reader.finishedBatch(batchSize);
      queue.put(batch);
    })();
    this.#tail.catch(() => {
      this.#hasFailed = true;
    });
  }
}
