/**
 * The readers of an accelerator that reads by itself (`read_threads: 0`);
 * apart, so that other accelerators need not load formats and storage.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import { connectReader } from "./connect_reader.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { Region } from "../threads/region.ts";
import type { RunPlan } from "../plan/run_plan.ts";

/** A split in an epoch, read batch by batch. */
interface InlineReader {
  readonly batchSize: number;
  readBatch(batch: number): Awaitable<void>;
  end(): void;
}

/** Both splits of a run. */
export interface InlineReaders {
  /** Turns the split of a phase to its epoch. */
  begin(isEval: boolean, epoch: number): InlineReader;
}

/** Makes the readers of the accelerator of global rank `rank`. */
export async function createInlineReaders(
  plan: RunPlan,
  worker: { readonly region: Region; readonly meter: WorkerMeter },
  rank: number,
): Promise<InlineReaders> {
  const readers = await connectReader(plan, worker, { rank, reader: 0 });
  return {
    begin(isEval, epoch) {
      if (!readers.isSync) {
        const split = readers.readers.begin(isEval, epoch);
        const { reader, batchSize, firstSampleOf } = split;
        return {
          batchSize,
          readBatch: async (batch) => {
            const first = firstSampleOf(batch);
            await (await reader.startBatch(first, batchSize)).done;
            reader.finishedBatch(batchSize);
          },
          end: () => reader.end(),
        };
      }
      const split = readers.readers.begin(isEval, epoch);
      const { reader, batchSize, firstSampleOf } = split;
      return {
        batchSize,
        readBatch: (batch) => reader.readBatch(firstSampleOf(batch), batchSize),
        end: () => reader.end(),
      };
    },
  };
}
