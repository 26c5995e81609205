/**
 * The sample readers of one thread: one for training, one for evaluation.
 */
import type { Format } from "../../formats/format.ts";
import type { ReaderTurns } from "../../sampling/batch_turns.ts";
import {
  byReader,
  dealt,
  type FirstSampleOf,
  inOrder,
  turnsOfSplit,
} from "../plan/batch_positions.ts";
import type { RunPlan, SplitPlan } from "../plan/run_plan.ts";

/** What reads a split: a `SampleReader` or a `SampleFetcher`. */
export interface EpochReader {
  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void;
  /** Closes what is open. */
  end(): void;
}

/** A split that is ready to be read in an epoch. */
export interface SplitInUse<Reader extends EpochReader> {
  readonly reader: Reader;
  readonly batchSize: number;
  readonly firstSampleOf: FirstSampleOf;
  /** Which reader of the accelerator makes which batch. */
  readonly turns: ReaderTurns;
}

/** Both splits of a run, as one accelerator's thread reads them. */
export class SplitReaders<Reader extends EpochReader> {
  readonly #train: SplitInUse<Reader> | null;
  readonly #eval: SplitInUse<Reader> | null;

  /** @param makeReader Makes what reads one split. */
  constructor(
    plan: RunPlan,
    format: Format,
    makeReader: (split: SplitPlan) => Reader,
  ) {
    const make = (split: SplitPlan | null): SplitInUse<Reader> | null => {
      if (split === null) return null;
      const { batchSize, stepCount } = split;
      const readers = Math.max(1, plan.loader.readThreads);
      const turns = turnsOfSplit(split, readers);
      return {
        reader: makeReader(split),
        batchSize,
        firstSampleOf: split.deal !== null
          ? dealt(batchSize, turns)
          : format.reading === "stream"
          ? byReader(batchSize, stepCount, readers)
          : inOrder(batchSize),
        turns,
      };
    };
    this.#train = make(plan.training.train);
    this.#eval = make(plan.training.eval);
  }

  /** Turns the split of a phase to its epoch. */
  begin(isEval: boolean, epoch: number): SplitInUse<Reader> {
    const split = isEval ? this.#eval : this.#train;
    if (split === null) throw new Error("a phase without its split was begun");
    split.reader.begin(epoch);
    return split;
  }
}
