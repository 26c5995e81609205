/**
 * What a reader does in a phase apart from reading, the same for the loop
 * that blocks and the one that does not: which batches are its own, where
 * they go, what is counted. A thread may serve several readers.
 *
 *    gate -> begin -> for each own batch: room -> read -> preprocess -> put -> end
 */
import type { RankPlace } from "../../cluster/ranks.ts";
import { batchesOfReader, batchOf } from "../../sampling/batch_turns.ts";
import { BatchQueue } from "../threads/batch_queue.ts";
import { FetchedBatches } from "../threads/fetched_batches.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import {
  controlValue,
  PHASE_EVAL,
  PHASE_SAVE,
  type Region,
} from "../threads/region.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { Preprocessor } from "./preprocessor.ts";
import type { EpochReader, SplitInUse, SplitReaders } from "./split_readers.ts";

/** What the readers of a thread have in common. */
export interface ReaderThread {
  readonly region: Region;
  readonly plan: RunPlan;
  /** Index in the region's words of the thread's doorbell. */
  readonly bellWord: number;
}

/** One reader of a thread. */
export interface ReaderParts<Reader extends EpochReader> {
  readonly meter: WorkerMeter;
  readonly readers: SplitReaders<Reader>;
  readonly who: ReaderIdentity;
  /** For messages: "reader 2 of rank 0". */
  readonly title: string;
}

/** Which reader it is: its accelerator, and its number there. */
export interface ReaderIdentity extends RankPlace {
  readonly reader: number;
  /** Which of the threads that fetch for it; 0: its own. */
  readonly share: number;
}

/** A split in an epoch, and which of its batches are this reader's. */
export interface ReaderPhase<Reader extends EpochReader>
  extends SplitInUse<Reader> {
  /** Number of the reader's own batches. */
  readonly ownBatches: number;
  /** The reader's `ordinal`-th batch among those of the accelerator. */
  readonly batchAt: (ordinal: number) => number;
}

/** The phases of one reader. */
export class ReaderPhases<Reader extends EpochReader> {
  readonly queue: BatchQueue;
  /** Where others fetch for the reader too. */
  readonly fetched: FetchedBatches;
  readonly preprocess: Preprocessor;
  readonly meter: WorkerMeter;
  readonly title: string;
  readonly #region: Region;
  readonly #readers: SplitReaders<Reader>;
  readonly #reader: number;

  constructor({ region, plan }: ReaderThread, parts: ReaderParts<Reader>) {
    const { rank, localRank, reader } = parts.who;
    this.queue = new BatchQueue(region, localRank, plan.loader.aheadBatches);
    this.fetched = new FetchedBatches(region, parts.who);
    this.preprocess = new Preprocessor(plan, rank, reader);
    this.meter = parts.meter;
    this.title = parts.title;
    this.#region = region;
    this.#readers = parts.readers;
    this.#reader = reader;
  }

  /**
   * Begins a phase.
   *
   * @param phase One of PHASE_*, as the gate gave it.
   * @returns What to read; null if the phase is none of a reader's.
   */
  begin(phase: number): ReaderPhase<Reader> | null {
    if (phase === PHASE_SAVE) return null;
    const epoch = controlValue(this.#region, "epoch");
    const batchCount = controlValue(this.#region, "stepCount");
    this.meter.beginPhase();
    const split = this.#readers.begin(phase === PHASE_EVAL, epoch);
    const { turns } = split;
    const reader = this.#reader;
    this.queue.begin(batchCount, turns);
    return {
      ...split,
      ownBatches: batchesOfReader(turns, batchCount, reader),
      batchAt: (ordinal) => batchOf(turns, reader, ordinal),
    };
  }

  /** Ends a phase whose batches are all put. */
  end({ reader }: ReaderPhase<Reader>): void {
    reader.end();
    this.meter.endPhase();
  }
}
