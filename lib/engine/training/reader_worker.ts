/**
 * Entry of a reader thread; the loops are in `reader_loop.ts` and, for
 * asynchronous storage, `fetcher_loop.ts`.
 */
import { connectReader } from "./connect_reader.ts";
import { runFetcher } from "./fetcher_loop.ts";
import { WorkerMeter } from "../threads/meter.ts";
import { runReader } from "./reader_loop.ts";
import { Region } from "../threads/region.ts";
import { serve } from "../threads/worker_entry.ts";
import type { ReaderStart } from "../threads/worker_start.ts";

serve<ReaderStart>(async ({ shape, buffer, row, place, reader, plan }) => {
  const region = new Region(shape, buffer);
  const meter = new WorkerMeter(region, row);
  const who = { ...place, reader };
  const parts = { region, meter, plan };
  const connected = await connectReader(plan, parts, who);
  return connected.isSync
    ? () => runReader({ ...parts, readers: connected.readers }, who)
    : () => runFetcher({ ...parts, readers: connected.readers }, who);
});
