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
import type { EpochReader, SplitReaders } from "./split_readers.ts";

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
  const who = { ...place, reader: 0, share: 0 };
  const title = `accelerator of rank ${place.rank}`;
  const connected = await connectReaders(plan, region, [{ meter, who, title }]);
  switch (connected.way) {
    case "sync":
      return inline(
        connected.readers[0]!.readers,
        (reader, first, count) => reader.readBatch(first, count),
      );
    case "queued": {
      const { readers, reads } = connected.readers[0]!;
      return inline(
        readers,
        (reader, first, count) => {
          reader.startBatch(first, count, PLACE);
          while (!reader.beginReads()) reads.turn();
          while (!reads.isThere(PLACE)) reads.turn();
          reader.finishedBatch(count);
        },
        () => reads.close(),
      );
    }
    case "later":
      return inline(
        connected.readers[0]!.readers,
        async (reader, first, count) => {
          await (await reader.startBatch(first, count)).done;
          reader.finishedBatch(count);
        },
      );
  }
}

/** One batch at a time: nothing is read ahead. */
const PLACE = 0;

/**
 * Readers by what they do for one batch.
 *
 * @param read Reads `count` samples from `first` on.
 * @param close Ends what is in flight.
 */
function inline<Reader extends EpochReader>(
  readers: SplitReaders<Reader>,
  read: (reader: Reader, first: number, count: number) => Awaitable<void>,
  close: () => void = () => {},
): InlineReaders {
  return {
    begin(isEval, epoch) {
      const { reader, batchSize, firstSampleOf } = readers.begin(isEval, epoch);
      return {
        batchSize,
        readBatch: (batch) => read(reader, firstSampleOf(batch), batchSize),
        end: () => reader.end(),
      };
    },
    close,
  };
}
