/**
 * Emulates `reader.preprocess_time`: a busy or sleeping wait per sample.
 */
import { createDraw } from "../../random/distribution.ts";
import { combine32 } from "../../random/seeds.ts";
import { ComputeTimer } from "./compute.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { RunPlan } from "../plan/run_plan.ts";

/** Timers are late by so much; what is left is waited out exactly. */
const TIMER_LATE_MS = 2;

/** Emulates `preprocess_time`, once per sample. */
export class Preprocessor {
  readonly #drawMs: (() => number) | null;
  readonly #timer = new ComputeTimer();
  /** Of the samples at hand. */
  #sinceMs = 0;
  #untilMs = Infinity;

  /** @param rank Global. */
  constructor(plan: RunPlan, rank: number, reader: number) {
    const { preprocessTime } = plan.loader;
    const isNone = preprocessTime.type === "constant" &&
      preprocessTime.mean === 0;
    const seed = combine32(combine32(combine32(3, plan.seed), rank), reader);
    this.#drawMs = isNone ? null : createDraw(preprocessTime, seed);
  }

  /** When the samples at hand will be through; Infinity: there are none. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /**
   * Begins with `count` samples, while the thread does something else; none
   * are at hand.
   *
   * @returns False if they take no time: they are through.
   */
  start(count: number, meter: WorkerMeter): boolean {
    const durationMs = this.#durationMs(count);
    if (durationMs === 0) return false;
    this.#sinceMs = meter.now();
    this.#untilMs = this.#sinceMs + durationMs;
    return true;
  }

  /** @returns Whether those that were begun are through: none are at hand. */
  finish(meter: WorkerMeter): boolean {
    const nowMs = meter.now();
    if (nowMs < this.#untilMs) return false;
    meter.preprocessed(this.#sinceMs, nowMs);
    this.#untilMs = Infinity;
    return true;
  }

  /** Spends the time of `count` samples. */
  samples(count: number, meter: WorkerMeter): void {
    if (this.#drawMs === null) return;
    const startMs = performance.now();
    const isStopped = () => meter.isStopped();
    const endMs = this.#timer.wait(startMs, this.#durationMs(count), isStopped);
    meter.preprocessed(startMs, endMs);
  }

  /**
   * The same, without blocking requests in flight.
   *
   * @param isAlone Nobody else is served by the thread: the end is waited out
   *   exactly. Else it is late by up to a millisecond, as timers are.
   */
  async samplesLater(
    count: number,
    meter: WorkerMeter,
    isAlone: boolean,
  ): Promise<void> {
    if (this.#drawMs === null) return;
    const startMs = performance.now();
    const endMs = startMs + this.#durationMs(count);
    const sleepMs = endMs - startMs - (isAlone ? TIMER_LATE_MS : 0);
    if (sleepMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, sleepMs));
    }
    const nowMs = performance.now();
    const doneMs = isAlone
      ? this.#timer.wait(nowMs, endMs - nowMs, () => meter.isStopped())
      : nowMs;
    meter.preprocessed(startMs, doneMs);
  }

  /** Time that samples take, one after another. */
  #durationMs(count: number): number {
    const drawMs = this.#drawMs;
    if (drawMs === null) return 0;
    let sumMs = 0;
    for (let i = 0; i < count; i++) sumMs += Math.max(0, drawMs());
    return sumMs;
  }
}
