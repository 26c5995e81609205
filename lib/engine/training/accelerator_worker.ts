/**
 * Entry of an accelerator thread; the loop is in `accelerator_loop.ts`.
 */
import { runAccelerator } from "./accelerator_loop.ts";
import { makeMeters } from "../threads/make_meters.ts";
import { readsInline } from "../plan/run_plan.ts";
import { Region } from "../threads/region.ts";
import { serve } from "../threads/worker_entry.ts";
import type { AcceleratorStart } from "../threads/worker_start.ts";

serve<AcceleratorStart>(async (start) => {
  const { shape, buffer, row, place, plan, trace } = start;
  const region = new Region(shape, buffer);
  const reads = readsInline(plan);
  const makeMeter = await makeMeters(region, trace, {
    storageKind: reads ? plan.dataset.storage.kind : null,
    mixesFiles: true,
    isCheckpointer: false,
  });
  const meter = makeMeter(row, place.rank);
  const readers = reads
    ? await (await import("./inline_readers.ts"))
      .createInlineReaders(plan, { region, meter }, place.rank)
    : null;
  const fields = region.fields(row);
  return () =>
    runAccelerator({ region, meter, fields, plan, readers }, place)
      .finally(() => readers?.close());
});
