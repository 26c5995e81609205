/**
 * Entry of a checkpointer thread; the loop is in `checkpointer_loop.ts`.
 */
import { RankTransfer } from "../../checkpoint/rank_transfer.ts";
import { TransferMemory } from "../../checkpoint/transfer_memory.ts";
import { globalRank } from "../../cluster/ranks.ts";
import { runCheckpointer, type ServedRank } from "./checkpointer_loop.ts";
import { openQueues } from "./queue_parts.ts";
import { connectWorker } from "../threads/worker_storage.ts";
import { makeMeters } from "../threads/make_meters.ts";
import { checkpointRow, Region } from "../threads/region.ts";
import { serve } from "../threads/worker_entry.ts";
import type { CheckpointerStart } from "../threads/worker_start.ts";

serve<CheckpointerStart>(async (start) => {
  const { shape, buffer, thread, cluster, plan, traces } = start;
  const region = new Region(shape, buffer);
  const makeMeter = await makeMeters(region, traces?.[0], {
    storageKind: plan.storage.kind,
    mixesFiles: false,
    hasQueue: plan.queue !== undefined || plan.saveQueue !== undefined,
    isCheckpointer: true,
  });
  const ranks: ServedRank[] = [];
  // Threads of one reader number deal the ranks among themselves.
  const turnCount = plan.threadCount / plan.readersPerRank;
  const reader = {
    reader: Math.floor(thread / turnCount),
    readerCount: plan.readersPerRank,
  };
  const first = thread % turnCount;
  for (
    let localRank = first;
    localRank < plan.ranks.count;
    localRank += turnCount
  ) {
    const row = checkpointRow(shape, localRank, reader.reader);
    // Latencies are only reported together: one row has those of all ranks.
    const firstRow = checkpointRow(shape, first, reader.reader);
    const rank = globalRank(plan.ranks, localRank);
    const meter = makeMeter(row, rank, firstRow);
    ranks.push({ rank, localRank, meter, fields: region.fields(row) });
  }
  // Requests of all ranks of a thread are counted with its first one.
  const meter = ranks[0]?.meter ?? makeMeter(0, first);
  const storage = await connectWorker(plan.storage, { region, meter }, {
    rank: globalRank(plan.ranks, first),
    thread: reader.reader,
  });
  const memory = new TransferMemory(plan, storage.isSync);
  const queues = await openQueues(plan, { storage, memory, reader });
  const transfer = new RankTransfer(plan, storage, memory, queues);
  const parts = {
    region,
    plan,
    cluster,
    storage,
    transfer,
    queues,
    ranks,
    reader,
  };
  return () =>
    runCheckpointer(parts, thread).finally(() => {
      queues.load?.close();
      queues.save?.close();
    });
});
