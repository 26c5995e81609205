/**
 * Entry of a thread of readers; the loops are in `reader_loop.ts`, with
 * io_uring in `queued_loop.ts`, for asynchronous storage in `fetcher_loop.ts`.
 */
import { lazyImport } from "../../lazy_import.ts";
import {
  connectReaders,
  FETCHER_LOOP_URL,
  QUEUED_LOOP_URL,
} from "./connect_reader.ts";
import { makeMeters } from "../threads/make_meters.ts";
import { runReaders } from "./reader_loop.ts";
import { Region } from "../threads/region.ts";
import { serve } from "../threads/worker_entry.ts";
import type { ReaderStart } from "../threads/worker_start.ts";

serve<ReaderStart>(async (start) => {
  const { shape, buffer, readers, thread, plan, traces } = start;
  const region = new Region(shape, buffer);
  const workers = await Promise.all(
    readers.map(async ({ row, place, reader, share, title }, index) => {
      const makeMeter = await makeMeters(region, traces?.[index], {
        storageKind: plan.dataset.storage.kind,
        mixesFiles: true,
        hasQueue: plan.loader.queue !== undefined,
        isCheckpointer: false,
      });
      const meter = makeMeter(row, place.rank);
      return { meter, title, who: { ...place, reader, share } };
    }),
  );
  const connected = await connectReaders(plan, region, workers);
  const parts = { region, plan, bellWord: region.readerBell(thread) };
  switch (connected.way) {
    case "sync":
      return () => runReaders(parts, connected.readers);
    case "queued": {
      const { runQueued } = await lazyImport<
        typeof import("./queued_loop.ts")
      >(QUEUED_LOOP_URL);
      return () => runQueued(parts, connected.readers);
    }
    case "later": {
      const { runFetchers } = await lazyImport<
        typeof import("./fetcher_loop.ts")
      >(FETCHER_LOOP_URL);
      return () => runFetchers(parts, connected.readers);
    }
  }
});
