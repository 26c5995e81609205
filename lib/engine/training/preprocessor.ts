/**
 * Emulates `reader.preprocess_time`: a busy or sleeping wait per sample.
 */
import { createDraw } from "../../random/distribution.ts";
import { combine32 } from "../../random/seeds.ts";
import { type ComputeClock, ComputeTimer } from "./compute.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { RunPlan } from "../plan/run_plan.ts";

/** Emulates `preprocess_time`, once per sample. */
export class Preprocessor {
  readonly #drawMs: (() => number) | null;
  readonly #timer: ComputeTimer;

  /**
   * @param rank Global.
   * @param clock How the thread sleeps; absent: it does nothing else.
   */
  constructor(
    plan: RunPlan,
    rank: number,
    reader: number,
    clock?: ComputeClock,
  ) {
    this.#timer = new ComputeTimer(clock);
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
    const startMs = nowMs;
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
    meter.preprocessed(startMs, nowMs);
  }

  /** Spends the time of `count` samples, one after another. */
  samples(count: number, meter: WorkerMeter): void {
    if (this.#drawMs === null) return;
    const isStopped = () => meter.isStopped();
    let nowMs = performance.now();
    const startMs = nowMs;
    for (let i = 0; i < count && !meter.isStopped(); i++) {
      nowMs = this.#timer.wait(nowMs, this.#drawMs(), isStopped);
    }
    meter.preprocessed(startMs, nowMs);
  }
}
