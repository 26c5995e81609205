/**
 * An accelerator: takes a batch, computes, meets the others, step by step.
 *
 *    |<-- load -->|<-- compute -->|<-- wait for the others -->|
 *    |<------------------------- step ----------------------->|
 *
 * It does no input or output of its own (unless `read_threads` is 0), so
 * nothing disturbs its compute time.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { RankPlace } from "../../cluster/ranks.ts";
import { createDraw } from "../../random/distribution.ts";
import { combine32 } from "../../random/seeds.ts";
import { ComputeTimer } from "./compute.ts";
import { checkpointsBetweenSteps } from "../checkpoints/save_between_steps.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { Preprocessor } from "./preprocessor.ts";
import {
  controlValue,
  FIELD,
  PHASE_END,
  PHASE_EVAL,
  PHASE_SAVE,
  type Region,
} from "../threads/region.ts";
import type { RunPlan, SplitPlan } from "../plan/run_plan.ts";
import { turnsOfSplit } from "../plan/batch_positions.ts";
import { StepBarrier } from "../threads/barrier.ts";
import { BatchQueue, Gate } from "../threads/thread_sync.ts";
import type { InlineReaders } from "./inline_readers.ts";
import { StepRecorder } from "./step_recorder.ts";

/** What an accelerator works with. */
export interface AcceleratorParts {
  readonly region: Region;
  readonly meter: WorkerMeter;
  readonly fields: Float64Array;
  readonly plan: RunPlan;
  /** To read by itself; null if readers read, or nothing is read. */
  readonly readers: InlineReaders | null;
}

/**
 * Runs an accelerator until the run ends.
 *
 * @param parts What it works with.
 * @param place Its ranks: times and batches cross shared memory by the local
 *   one, everything that is drawn goes by the global one.
 * @throws {Stopped} When the run is stopped.
 */
export async function runAccelerator(
  parts: AcceleratorParts,
  place: RankPlace,
): Promise<void> {
  const { region, plan } = parts;
  const { rank, localRank } = place;
  const gate = new Gate(region);
  const load = chooseLoad(parts, place);
  const steps = new StepRunner(parts, localRank);
  const checkpoints = checkpointsBetweenSteps(
    region,
    plan.checkpoint,
    localRank,
  );
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
    const seed = combine32(combine32(combine32(2, plan.seed), rank), epoch);
    const drawMs = createDraw(split.computeTime, combine32(seed, phase));
    parts.meter.beginPhase();
    load.begin(isEval, epoch, stepCount);
    await steps.run({ ...split, stepCount }, load.batch, {
      drawMs,
      afterStep: isEval ? null : checkpoints,
    });
    load.end();
    parts.meter.endPhase();
    gate.done();
  }
}

/** How an accelerator comes by its batches. */
interface Load {
  begin(isEval: boolean, epoch: number, stepCount: number): void;
  /** Returns when the batch is there, or a promise of it. */
  readonly batch: (batch: number) => Awaitable<void>;
  end(): void;
}

function chooseLoad(
  parts: AcceleratorParts,
  { rank, localRank }: RankPlace,
): Load {
  const { region, plan } = parts;
  if (!plan.loader.reads) {
    return { begin: () => {}, batch: () => {}, end: () => {} };
  }
  if (parts.readers !== null) return readInline(parts, parts.readers, rank);
  const queue = new BatchQueue(region, localRank, plan.loader.aheadBatches);
  return {
    begin: (isEval, _epoch, stepCount) => {
      const split = isEval ? plan.training.eval : plan.training.train;
      if (split === null) return;
      queue.begin(stepCount, turnsOfSplit(split, plan.loader.readThreads));
    },
    batch: (batch) => queue.take(batch),
    end: () => {},
  };
}

function readInline(
  parts: AcceleratorParts,
  readers: InlineReaders,
  rank: number,
): Load {
  const { meter, plan } = parts;
  const preprocess = new Preprocessor(plan, rank, 0);
  let reader = null as ReturnType<InlineReaders["begin"]> | null;
  return {
    begin: (isEval, epoch) => {
      reader = readers.begin(isEval, epoch);
    },
    batch: (batch) => {
      if (reader === null) return;
      const { batchSize } = reader;
      const reading = reader.readBatch(batch);
      if (!(reading instanceof Promise)) {
        preprocess.samples(batchSize, meter);
        return;
      }
      return reading.then(() => preprocess.samples(batchSize, meter));
    },
    end: () => reader?.end(),
  };
}

/** The step loop and what it records. */
class StepRunner {
  readonly #fields: Float64Array;
  readonly #meter: WorkerMeter;
  readonly #barrier: StepBarrier;
  readonly #timer = new ComputeTimer();
  readonly #recorder: StepRecorder;

  constructor(parts: AcceleratorParts, localRank: number) {
    const { region } = parts;
    this.#fields = parts.fields;
    this.#meter = parts.meter;
    this.#barrier = new StepBarrier(region);
    this.#recorder = new StepRecorder(region, localRank);
  }

  async run(
    { stepCount, stepEntries }: Pick<SplitPlan, "stepCount" | "stepEntries">,
    loadBatch: (batch: number) => Awaitable<void>,
    options: {
      readonly drawMs: () => number;
      readonly afterStep: ((stepsDone: number) => boolean) | null;
    },
  ): Promise<void> {
    const { drawMs, afterStep } = options;
    const fields = this.#fields;
    this.#recorder.begin(stepEntries);
    const isStopped = () => this.#meter.isStopped();
    let requestedMs = 0;
    let loadSumMs = 0;
    let computeSumMs = 0;
    let stepSumMs = 0;
    let startMs = this.#meter.gateMs;
    for (let step = 0; step < stepCount; step++) {
      const loading = loadBatch(step);
      if (loading instanceof Promise) await loading;
      const loadedMs = performance.now();
      const wantedMs = drawMs();
      const computedMs = wantedMs > 0
        ? this.#timer.wait(loadedMs, wantedMs, isStopped)
        : loadedMs;
      this.#barrier.wait();
      const endMs = performance.now();
      if (isStopped()) return;
      this.#recorder.record(
        step,
        loadedMs - startMs,
        computedMs - loadedMs,
        endMs - startMs,
        wantedMs,
      );
      this.#meter.stepped(step, startMs, loadedMs, computedMs, endMs);
      requestedMs += wantedMs;
      // For the progress display.
      loadSumMs += loadedMs - startMs;
      computeSumMs += computedMs - loadedMs;
      stepSumMs += endMs - startMs;
      fields[FIELD.loadMs] = loadSumMs;
      fields[FIELD.computeMs] = computeSumMs;
      fields[FIELD.stepMs] = stepSumMs;
      fields[FIELD.computeRequestedMs] = requestedMs;
      fields[FIELD.steps] = step + 1;
      // A checkpoint is no part of any step.
      startMs = afterStep !== null && afterStep(step + 1)
        ? performance.now()
        : endMs;
    }
  }
}
