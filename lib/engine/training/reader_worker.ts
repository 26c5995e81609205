/**
 * Entry of a reader thread; the loops are in `reader_loop.ts`, with io_uring
 * in `queued_loop.ts`, for asynchronous storage in `fetcher_loop.ts`.
 */
import { connectReader } from "./connect_reader.ts";
import { runFetcher } from "./fetcher_loop.ts";
import { makeMeters } from "../threads/make_meters.ts";
import { runReader } from "./reader_loop.ts";
import { Region } from "../threads/region.ts";
import { serve } from "../threads/worker_entry.ts";
import type { ReaderStart } from "../threads/worker_start.ts";

serve<ReaderStart>(async (start) => {
  const { shape, buffer, row, place, reader, plan, trace } = start;
  const region = new Region(shape, buffer);
  const makeMeter = await makeMeters(region, trace, {
    storageKind: plan.dataset.storage.kind,
    mixesFiles: true,
    isCheckpointer: false,
  });
  const meter = makeMeter(row, place.rank);
  const who = { ...place, reader };
  const parts = { region, meter, plan };
  const connected = await connectReader(plan, parts, who);
  switch (connected.way) {
    case "sync":
      return () => runReader({ ...parts, ...connected }, who);
    case "queued":
      return () => connected.run({ ...parts, ...connected }, who);
    case "later":
      return () => runFetcher({ ...parts, ...connected }, who);
  }
});
