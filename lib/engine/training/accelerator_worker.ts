/**
 * Entry of a thread of accelerators; the loop is in `accelerator_loop.ts`.
 */
import { runAccelerators } from "./accelerator_loop.ts";
import { makeMeters } from "../threads/make_meters.ts";
import { readsInline } from "../plan/run_plan.ts";
import { Region } from "../threads/region.ts";
import { serve } from "../threads/worker_entry.ts";
import type { AcceleratorStart } from "../threads/worker_start.ts";
import type { Accelerator } from "./step_runner.ts";

serve<AcceleratorStart>(async (start) => {
  const { shape, buffer, accelerators: served, plan, traces } = start;
  const region = new Region(shape, buffer);
  const reads = readsInline(plan);
  const accelerators = await Promise.all(
    served.map(async ({ row, place }, index): Promise<Accelerator> => {
      const makeMeter = await makeMeters(region, traces?.[index], {
        storageKind: reads ? plan.dataset.storage.kind : null,
        mixesFiles: true,
        hasQueue: reads && plan.loader.queue !== undefined,
        isCheckpointer: false,
      });
      return { place, meter: makeMeter(row, place.rank) };
    }),
  );
  const [first] = accelerators;
  const readers = reads && first !== undefined
    ? await (await import("./inline_readers.ts")).createInlineReaders(
      plan,
      { region, meter: first.meter },
      first.place,
    )
    : null;
  return () =>
    runAccelerators({ region, plan, accelerators, readers })
      .finally(() => readers?.close());
});
