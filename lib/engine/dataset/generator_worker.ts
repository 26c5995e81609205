/**
 * Entry of a generator or verifier thread; the loop is in
 * `generator_loop.ts`.
 */
import { PageArena } from "../../bytes/page_arena.ts";
import { RANDOM_REGION_BYTES } from "../../random/wasm_source.ts";
import { formatOf } from "../plan/format_of.ts";
import { createDatasetSource } from "../plan/dataset_source.ts";
import { runGenerator } from "./generator_loop.ts";
import { openQueuedFiles } from "./queued_files_part.ts";
import { makeMeters } from "../threads/make_meters.ts";
import { Region } from "../threads/region.ts";
import { serve } from "../threads/worker_entry.ts";
import { connectWorker } from "../threads/worker_storage.ts";
import type { GeneratorStart } from "../threads/worker_start.ts";

/** Files are nobody's: they are taken from one counter. */
const NO_RANK = -1;

serve<GeneratorStart>(async (start) => {
  const { shape, buffer, row, thread, plan, traces } = start;
  const region = new Region(shape, buffer);
  const makeMeter = await makeMeters(region, traces?.[0], {
    storageKind: plan.dataset.storage.kind,
    mixesFiles: false,
    hasQueue: plan.queue !== undefined,
    isCheckpointer: false,
  });
  const meter = makeMeter(row, NO_RANK);
  const { pageBytes, dataset, queue } = plan;
  const verifies = plan.task === "verify";
  const queueBytes = pageBytes * (queue?.depth ?? 0);
  const arena = new PageArena(
    RANDOM_REGION_BYTES + pageBytes * (verifies ? 2 : 1) + queueBytes,
  );
  const format = await formatOf(dataset);
  const storage = await connectWorker(dataset.storage, { region, meter }, {
    rank: thread,
    thread: 0,
  });
  const tools = {
    random: createDatasetSource(arena, dataset, format),
    pages: arena.allocate(pageBytes),
  };
  const parts = {
    region,
    meter,
    plan,
    format,
    storage,
    tools,
    queued: queue === undefined
      ? null
      : await openQueuedFiles(storage, meter, tools, {
        memory: arena.allocate(queueBytes),
        bufferBytes: pageBytes,
        registersBuffers: queue.registersBuffers,
      }),
    readBuffer: verifies ? arena.allocate(pageBytes) : null,
  };
  return () => runGenerator(parts);
});
