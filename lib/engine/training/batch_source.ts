/**
 * Where the accelerators of one thread get their batches: from readers, from
 * their own reads, or from nowhere. Accelerators are known by their index in
 * the thread.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { RunPlan, SplitPlan } from "../plan/run_plan.ts";
import { turnsOfSplit } from "../plan/batch_positions.ts";
import { BatchQueue } from "../threads/batch_queue.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { Region } from "../threads/region.ts";
import type { InlineReaders } from "./inline_readers.ts";
import { Preprocessor } from "./preprocessor.ts";

/** Returned by {@linkcode BatchSource.take} where nobody is to be woken. */
export const NO_BELL = -1;

/** What a source is told of a phase. */
export interface SourcePhase {
  readonly split: SplitPlan;
  readonly isEval: boolean;
  readonly epoch: number;
  readonly stepCount: number;
}

/** See the file header. */
export interface BatchSource {
  begin(phase: SourcePhase): void;
  /**
   * Reads the batch of a step, where the thread does so itself.
   *
   * @returns When it is there, or a promise of that.
   */
  read(step: number): Awaitable<void>;
  /** Whether an accelerator's batch of a step can be taken. */
  isThere(index: number, step: number): boolean;
  /**
   * Takes a batch that is there.
   *
   * @returns The doorbell of whoever may go on, or {@linkcode NO_BELL}.
   */
  take(index: number, step: number): number;
  end(): void;
}

/** Nothing is read: every batch is there. */
export const noBatches: BatchSource = {
  begin: () => {},
  read: () => {},
  isThere: () => true,
  take: () => NO_BELL,
  end: () => {},
};

/** Batches that readers make. */
export class QueuedSource implements BatchSource {
  readonly #queues: readonly BatchQueue[];
  readonly #readThreads: number;

  /** @param localRanks The accelerators, by their index. */
  constructor(
    region: Region,
    { loader }: RunPlan,
    localRanks: readonly number[],
  ) {
    this.#queues = localRanks.map((localRank) =>
      new BatchQueue(region, localRank, loader.aheadBatches)
    );
    this.#readThreads = loader.readThreads;
  }

  begin({ split, stepCount }: SourcePhase): void {
    const turns = turnsOfSplit(split, this.#readThreads);
    for (const queue of this.#queues) queue.begin(stepCount, turns);
  }

  read(): void {}

  isThere(index: number, step: number): boolean {
    return (this.#queues[index] as BatchQueue).isThere(step);
  }

  take(index: number, step: number): number {
    return (this.#queues[index] as BatchQueue).take(step);
  }

  end(): void {}
}

/** Batches that an accelerator reads by itself; it is alone in its thread. */
export class InlineSource implements BatchSource {
  readonly #readers: InlineReaders;
  readonly #meter: WorkerMeter;
  readonly #preprocess: Preprocessor;
  #reader: ReturnType<InlineReaders["begin"]> | null = null;

  /** @param who The accelerator, by its global rank, and its meter. */
  constructor(
    plan: RunPlan,
    who: { readonly rank: number; readonly meter: WorkerMeter },
    readers: InlineReaders,
  ) {
    this.#readers = readers;
    this.#meter = who.meter;
    this.#preprocess = new Preprocessor(plan, who.rank, 0);
  }

  begin({ isEval, epoch }: SourcePhase): void {
    this.#reader = this.#readers.begin(isEval, epoch);
  }

  read(step: number): Awaitable<void> {
    const reader = this.#reader;
    if (reader === null) return;
    const meter = this.#meter;
    const reading = reader.readBatch(step);
    if (!(reading instanceof Promise)) {
      this.#preprocess.samples(reader.batchSize, meter);
      return;
    }
    return reading.then(() =>
      this.#preprocess.samples(reader.batchSize, meter)
    );
  }

  isThere(): boolean {
    return true;
  }

  take(): number {
    return NO_BELL;
  }

  end(): void {
    this.#reader?.end();
  }
}
