/**
 * The sample readers of one thread: one for training, one for evaluation.
 */
import type { Format } from "../formats/format.ts";
import type { Storage } from "../storage/storage.ts";
import { byReader, type FirstSampleOf, inOrder } from "./batch_positions.ts";
import type { WorkerMeter } from "./meter.ts";
import type { RunPlan, SplitPlan } from "./run_plan.ts";
import { SampleReader } from "./sample_reader.ts";

/** A split that is ready to be read in an epoch. */
export interface SplitInUse {
  readonly reader: SampleReader;
  readonly batchSize: number;
  readonly firstSampleOf: FirstSampleOf;
}

/** Both splits of a run, as one accelerator's thread reads them. */
export class SplitReaders {
  readonly #train: SplitInUse | null;
  readonly #eval: SplitInUse | null;

  constructor(
    parts: {
      plan: RunPlan;
      format: Format;
      storage: Storage;
      meter: WorkerMeter;
      buffer: Uint8Array;
    },
    rank: number,
  ) {
    const { plan, format } = parts;
    const make = (split: SplitPlan | null): SplitInUse | null => {
      if (split === null) return null;
      const { batchSize, stepCount } = split;
      const readers = Math.max(1, plan.loader.readThreads);
      return {
        reader: new SampleReader(
          { ...parts, dataset: plan.dataset, split },
          rank,
        ),
        batchSize,
        firstSampleOf: format.reading === "stream"
          ? byReader(batchSize, stepCount, readers)
          : inOrder(batchSize),
      };
    };
    this.#train = make(plan.training.train);
    this.#eval = make(plan.training.eval);
  }

  /** Turns the split of a phase to its epoch. */
  begin(isEval: boolean, epoch: number): SplitInUse {
    const split = isEval ? this.#eval : this.#train;
    if (split === null) throw new Error("a phase without its split was begun");
    split.reader.begin(epoch);
    return split;
  }
}
