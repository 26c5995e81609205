/**
 * The readers of an accelerator that reads by itself (`read_threads: 0`);
 * apart, so that other accelerators need not load formats and storage.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import { connectReaders } from "./connect_reader.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { Region } from "../threads/region.ts";
import type { RankPlace } from "../../cluster/ranks.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { QueuedReader } from "./queued_reader.ts";
import type { QueuedReads } from "./queued_reads.ts";
import type { BatchFetcher } from "./sample_fetcher.ts";
import type { SampleReader } from "./sample_reader.ts";
import type { SplitReaders } from "./split_readers.ts";

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
  /** Ends what is in flight. */
  close(): void;
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
  switch (connected.way) {
    case "sync":
      return {
        begin: (isEval, epoch) =>
          readSync(connected.readers[0]!.readers, isEval, epoch),
        close: () => {},
      };
    case "queued":
      return {
        begin: (isEval, epoch) =>
          readQueued(
            { readers: connected.reader.readers, reads: connected.reads },
            isEval,
            epoch,
          ),
        close: () => connected.reads.close(),
      };
    case "later":
      return {
        begin: (isEval, epoch) =>
          readLater(connected.readers[0]!.readers, isEval, epoch),
        close: () => {},
      };
  }
}

function readSync(
  readers: SplitReaders<SampleReader>,
  isEval: boolean,
  epoch: number,
): InlineReader {
  const { reader, batchSize, firstSampleOf } = readers.begin(isEval, epoch);
  return {
    batchSize,
    readBatch: (batch) => reader.readBatch(firstSampleOf(batch), batchSize),
    end: () => reader.end(),
  };
}

/** One batch at a time: nothing is read ahead. */
const PLACE = 0;

function readQueued(
  { readers, reads }: {
    readonly readers: SplitReaders<QueuedReader>;
    readonly reads: QueuedReads;
  },
  isEval: boolean,
  epoch: number,
): InlineReader {
  const { reader, batchSize, firstSampleOf } = readers.begin(isEval, epoch);
  return {
    batchSize,
    readBatch(batch) {
      reader.startBatch(firstSampleOf(batch), batchSize, PLACE);
      while (!reads.isThere(PLACE)) reads.turn();
      reader.finishedBatch(batchSize);
    },
    end: () => reader.end(),
  };
}

function readLater(
  readers: SplitReaders<BatchFetcher>,
  isEval: boolean,
  epoch: number,
): InlineReader {
  const { reader, batchSize, firstSampleOf } = readers.begin(isEval, epoch);
  return {
    batchSize,
    async readBatch(batch) {
      const first = firstSampleOf(batch);
      await (await reader.startBatch(first, batchSize)).done;
      reader.finishedBatch(batchSize);
    },
    end: () => reader.end(),
  };
}
