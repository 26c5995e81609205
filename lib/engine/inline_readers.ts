/**
 * The readers of an accelerator that reads by itself (`read_threads: 0`);
 * apart, so that other accelerators need not load formats and storage.
 */
import { PageArena } from "../bytes/page_arena.ts";
import { connectStorage, preparedFormat } from "./connect.ts";
import type { WorkerMeter } from "./meter.ts";
import type { RunPlan } from "./run_plan.ts";
import { SplitReaders } from "./split_readers.ts";

/** Makes the readers of accelerator `rank`. */
export async function createInlineReaders(
  plan: RunPlan,
  meter: WorkerMeter,
  rank: number,
): Promise<SplitReaders> {
  return new SplitReaders({
    plan,
    format: await preparedFormat(plan.dataset),
    storage: await connectStorage(plan.dataset.storage),
    meter,
    buffer: new PageArena(plan.readBytes).allocate(plan.readBytes),
  }, rank);
}
