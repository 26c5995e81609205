/**
 * The readers of an accelerator that reads by itself (`read_threads: 0`);
 * apart, so that other accelerators need not load formats and storage.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import { type ConnectedReaders, connectReaders } from "./connect_reader.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { Region } from "../threads/region.ts";
import type { RankPlace } from "../../cluster/ranks.ts";
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

/** Makes the readers of an accelerator. @param place Which one it is. */
export async function createInlineReaders(
  plan: RunPlan,
  worker: { readonly region: Region; readonly meter: WorkerMeter },
  place: RankPlace,
): Promise<InlineReaders> {
  const { region, meter } = worker;
  const who = { ...place, reader: 0 };
  const title = `accelerator of rank ${place.rank}`;
  const connected = await connectReaders(plan, region, [{ meter, who, title }]);
  return connected.isSync
    ? { begin: (isEval, epoch) => blocking(connected, isEval, epoch) }
    : { begin: (isEval, epoch) => fetching(connected, isEval, epoch) };
}

function blocking(
  { readers: [only] }: ConnectedReaders & { readonly isSync: true },
  isEval: boolean,
  epoch: number,
): InlineReader {
  const split = only!.readers.begin(isEval, epoch);
  const { reader, batchSize, firstSampleOf } = split;
  return {
    batchSize,
    readBatch: (batch) => reader.readBatch(firstSampleOf(batch), batchSize),
    end: () => reader.end(),
  };
}

function fetching(
  { readers: [only] }: ConnectedReaders & { readonly isSync: false },
  isEval: boolean,
  epoch: number,
): InlineReader {
  const split = only!.readers.begin(isEval, epoch);
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
