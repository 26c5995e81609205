/**
 * Entry of a thread that counts samples; the loop is in `count_loop.ts`.
 */
import { connectStorage } from "../plan/connect_storage.ts";
import { formatOf } from "../plan/format_of.ts";
import { serve } from "../threads/worker_entry.ts";
import { countFiles } from "./count_loop.ts";
import type { CountPlan } from "./count_plan.ts";

/** Starts a thread that counts. */
export interface CountStart {
  readonly plan: CountPlan;
  readonly thread: number;
}

serve<CountStart>(async ({ plan, thread }) => {
  const { dataset } = plan;
  const format = await formatOf(dataset);
  const storage = await connectStorage(dataset.storage, { rank: thread });
  return async () => {
    try {
      await countFiles({ plan, format, storage });
    } finally {
      storage.close?.();
    }
  };
});
