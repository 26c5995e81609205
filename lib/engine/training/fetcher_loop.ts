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
import type { RankPlace } from "../../cluster/ranks.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { controlValue, Preprocessor } from "./reader_loop.ts";
import {
  PHASE_END,
  PHASE_EVAL,
  PHASE_SAVE,
  type Region,
} from "../threads/region.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { SampleFetcher, StartedBatch } from "./sample_fetcher.ts";
import { BatchQueue, Gate } from "../threads/thread_sync.ts";
import type { SplitInUse, SplitReaders } from "./split_readers.ts";

/** What such a reader works with. */
export interface FetcherParts {
  readonly region: Region;
  readonly meter: WorkerMeter;
  readonly plan: RunPlan;
  readonly fetchers: SplitReaders<SampleFetcher>;
}

/**
 * Runs the reader until the run ends.
 *
 * @param parts What it works with.
 * @param who Its accelerator, by both ranks, and its number there.
 * @throws {Stopped} When the run is stopped.
 */
export async function runFetcher(
  parts: FetcherParts,
  who: RankPlace & { readonly reader: number },
): Promise<void> {
  const { region, meter, plan, fetchers } = parts;
  const { rank, localRank, reader } = who;
  const gate = new Gate(region);
  const queue = new BatchQueue(region, localRank, plan.loader.aheadBatches);
  const line = new BatchLine(
    queue,
    new Preprocessor(plan, rank, reader),
    meter,
  );
  for (
    let phase = await gate.nextLater();
    phase !== PHASE_END;
    phase = await gate.nextLater()
  ) {
    if (phase === PHASE_SAVE) {
      gate.done();
      continue;
    }
    const epoch = controlValue(region, "epoch");
    const stepCount = controlValue(region, "stepCount");
    meter.beginPhase();
    queue.begin(stepCount);
    const split = fetchers.begin(phase === PHASE_EVAL, epoch);
    const step = plan.loader.readThreads;
    for (let batch = reader; batch < stepCount; batch += step) {
      await queue.awaitRoomLater(batch, () => line.hasFailed);
      if (line.hasFailed) break;
      const first = split.firstSampleOf(batch);
      line.join(
        batch,
        split,
        await split.reader.startBatch(first, split.batchSize),
      );
    }
    await line.empty();
    split.reader.end();
    meter.endPhase();
    gate.done();
  }
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
    { reader, batchSize }: SplitInUse<SampleFetcher>,
    { done }: StartedBatch,
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
