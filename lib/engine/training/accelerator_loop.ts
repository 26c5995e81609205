/**
 * The accelerators of one thread: each takes a batch, computes, and meets the
 * others, step by step.
 *
 *    rank 0   |<- load ->|<-- compute -->|<-- wait for the others -->|
 *    rank 1   |<---- load ---->|<---- compute ---->|<---- wait ----->|
 *    thread   | until all have their batch |  until  | the barrier,  |
 *             | (woken by the doorbell)    | the last| once for all  |
 *
 * Compute is a wait for a time, so one thread does it for any number of
 * accelerators: it sleeps until the last of them is done. Of the earlier ones
 * nobody needs to know at that moment; they are recorded as done when their
 * time was over. A batch is recorded as there when the thread has seen it.
 *
 * Accelerators do no input or output of their own, so nothing disturbs their
 * compute times. With `read_threads: 0` they do, and have a thread each.
 */
import { createDraw } from "../../random/distribution.ts";
import { combine32 } from "../../random/seeds.ts";
import { savesBetweenSteps } from "../checkpoints/save_between_steps.ts";
import {
  controlValue,
  PHASE_END,
  PHASE_EVAL,
  PHASE_SAVE,
  type Region,
} from "../threads/region.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { Doorbell } from "../threads/doorbell.ts";
import { threadOfAccelerator } from "../threads/thread_share.ts";
import { Gate } from "../threads/thread_sync.ts";
import type { InlineReaders } from "./inline_readers.ts";
import {
  type BatchSource,
  InlineSource,
  noBatches,
  QueuedSource,
} from "./batch_source.ts";
import { type Accelerator, StepRunner } from "./step_runner.ts";

/** What a thread of accelerators works with. */
export interface AcceleratorParts {
  readonly region: Region;
  readonly plan: RunPlan;
  /** Neighbors by local rank. */
  readonly accelerators: readonly Accelerator[];
  /**
   * With which its one accelerator reads by itself; null if readers read, or
   * nothing is read.
   */
  readonly readers: InlineReaders | null;
}

/**
 * Runs the accelerators of a thread until the run ends.
 *
 * @param parts What they work with. Times and batches cross shared memory by
 *   local ranks, everything that is drawn goes by the global ones.
 * @throws {Stopped} When the run is stopped.
 */
export async function runAccelerators(parts: AcceleratorParts): Promise<void> {
  const { region, plan, accelerators } = parts;
  const localRanks = accelerators.map(({ place }) => place.localRank);
  const meters = accelerators.map(({ meter }) => meter);
  const gate = new Gate(region);
  const source = chooseSource(parts, localRanks);
  const bell = new Doorbell(
    region,
    region.acceleratorBell(
      threadOfAccelerator(region.shape, localRanks[0] ?? 0),
    ),
  );
  const saves = savesBetweenSteps(region, plan.checkpoint, localRanks);
  const steps = new StepRunner({ region, bell, accelerators, source });
  for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
    if (phase === PHASE_SAVE) {
      gate.done();
      continue;
    }
    const epoch = controlValue(region, "epoch");
    const stepCount = controlValue(region, "stepCount");
    const isEval = phase === PHASE_EVAL;
    const split = isEval ? plan.training.eval : plan.training.train;
    if (split === null) throw new Error("a phase without its split was begun");
    const draws = accelerators.map(({ place }) => {
      const ofRank = combine32(combine32(2, plan.seed), place.rank);
      const seed = combine32(combine32(ofRank, epoch), phase);
      return createDraw(split.computeTime, seed);
    });
    for (const meter of meters) meter.beginPhase();
    source.begin({ split, isEval, epoch, stepCount });
    await steps.run({
      stepCount,
      stepEntries: split.stepEntries,
      draws,
      saves: isEval ? null : saves,
    });
    source.end();
    for (const meter of meters) meter.endPhase();
    gate.done();
  }
}

function chooseSource(
  { region, plan, accelerators, readers }: AcceleratorParts,
  localRanks: readonly number[],
): BatchSource {
  const [first] = accelerators;
  if (!plan.loader.reads || first === undefined) return noBatches;
  if (readers === null) return new QueuedSource(region, plan, localRanks);
  const { place: { rank }, meter } = first;
  return new InlineSource(plan, { rank, meter }, readers);
}
