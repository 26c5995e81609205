/**
 * A reader: makes every R-th batch of its accelerator, R being the number of
 * readers, as far ahead as the queue allows.
 */
import type { RankPlace } from "../../cluster/ranks.ts";
import { createDraw } from "../../random/distribution.ts";
import { combine32 } from "../../random/seeds.ts";
import { ComputeTimer } from "./compute.ts";
import { DeviceCounter } from "../threads/device_counter.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import {
  CONTROL,
  PHASE_END,
  PHASE_EVAL,
  PHASE_SAVE,
  type Region,
} from "../threads/region.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { BatchQueue, Gate } from "../threads/thread_sync.ts";
import type { SampleReader } from "./sample_reader.ts";
import type { SplitReaders } from "./split_readers.ts";

/** What a reader works with. */
export interface ReaderParts {
  readonly region: Region;
  readonly meter: WorkerMeter;
  readonly plan: RunPlan;
  readonly readers: SplitReaders<SampleReader>;
}

/**
 * Runs a reader until the run ends.
 *
 * @param parts What it works with.
 * @param who Its accelerator, by both ranks, and its number there.
 * @throws {Stopped} When the run is stopped.
 */
export function runReader(
  parts: ReaderParts,
  who: RankPlace & { readonly reader: number },
): void {
  const { region, meter, plan, readers } = parts;
  const { rank, localRank, reader } = who;
  const gate = new Gate(region);
  const queue = new BatchQueue(region, localRank, plan.loader.aheadBatches);
  const preprocess = new Preprocessor(plan, rank, reader);
  const device = new DeviceCounter();
  for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
    if (phase === PHASE_SAVE) {
      gate.done();
      continue;
    }
    const epoch = controlValue(region, "epoch");
    const stepCount = controlValue(region, "stepCount");
    meter.beginPhase();
    queue.begin(stepCount);
    const split = readers.begin(phase === PHASE_EVAL, epoch);
    const { batchSize } = split;
    const step = plan.loader.readThreads;
    for (let batch = reader; batch < stepCount; batch += step) {
      queue.awaitRoom(batch);
      split.reader.readBatch(split.firstSampleOf(batch), batchSize);
      preprocess.samples(batchSize, meter);
      queue.put(batch);
    }
    split.reader.end();
    meter.endPhase();
    device.record(meter.fields);
    gate.done();
  }
}

/** Emulates `preprocess_time`, once per sample. */
export class Preprocessor {
  readonly #drawMs: (() => number) | null;
  readonly #timer = new ComputeTimer();

  /** @param rank Global. */
  constructor(plan: RunPlan, rank: number, reader: number) {
    const { preprocessTime } = plan.loader;
    const isNone = preprocessTime.type === "constant" &&
      preprocessTime.mean === 0;
    const seed = combine32(combine32(combine32(3, plan.seed), rank), reader);
    this.#drawMs = isNone ? null : createDraw(preprocessTime, seed);
  }

  /** The same, without blocking requests in flight. */
  async samplesLater(count: number, meter: WorkerMeter): Promise<void> {
    if (this.#drawMs === null) return;
    const isStopped = () => meter.isStopped();
    let nowMs = performance.now();
    for (let i = 0; i < count && !meter.isStopped(); i++) {
      const endMs = nowMs + this.#drawMs();
      // Timers are late by a millisecond; the rest is waited out exactly.
      const sleepMs = endMs - performance.now() - 2;
      if (sleepMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, sleepMs));
      }
      const restMs = Math.max(0, endMs - performance.now());
      nowMs = this.#timer.wait(performance.now(), restMs, isStopped);
    }
  }

  /** Spends the time of `count` samples, one after another. */
  samples(count: number, meter: WorkerMeter): void {
    if (this.#drawMs === null) return;
    const isStopped = () => meter.isStopped();
    let nowMs = performance.now();
    for (let i = 0; i < count && !meter.isStopped(); i++) {
      nowMs = this.#timer.wait(nowMs, this.#drawMs(), isStopped);
    }
  }
}

/** Value of a control word. */
export function controlValue(
  region: Region,
  name: keyof typeof CONTROL,
): number {
  return Atomics.load(region.words, region.control(name));
}
