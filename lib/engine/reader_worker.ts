/**
 * Entry of a reader thread; the loop is in `reader_loop.ts`.
 */
import { PageArena } from "../bytes/page_arena.ts";
import { connectStorage, preparedFormat } from "./connect.ts";
import { WorkerMeter } from "./meter.ts";
import { runReader } from "./reader_loop.ts";
import { Region } from "./region.ts";
import { SplitReaders } from "./split_readers.ts";
import { serve } from "./worker_entry.ts";
import type { ReaderStart } from "./worker_start.ts";

serve<ReaderStart>(async ({ shape, buffer, row, rank, reader, plan }) => {
  const region = new Region(shape, buffer);
  const meter = new WorkerMeter(region, row);
  const readers = new SplitReaders({
    plan,
    format: await preparedFormat(plan.dataset),
    storage: await connectStorage(plan.dataset.storage),
    meter,
    buffer: new PageArena(plan.readBytes).allocate(plan.readBytes),
  }, rank);
  return () => runReader({ region, meter, plan, readers }, { rank, reader });
});
