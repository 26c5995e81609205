/**
 * The times of a step while it lasts, and what is written of them into shared
 * memory when it is over.
 *
 * Times go from one to the other in arrays: V8 puts each number that is passed
 * to a function which it does not inline into memory of its own.
 */
import { FIELD, type Region } from "../threads/region.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { StepEntries } from "../../metrics/step_entries.ts";
import { StepRecorder } from "./step_recorder.ts";

/** Value of {@linkcode StepTimes.step} where none is over. */
export const NO_STEP = -1;

/** Times of one step, by accelerator, milliseconds. */
export class StepTimes {
  /** Which one is over; {@linkcode NO_STEP}: none. */
  step = NO_STEP;
  readonly startMs: Float64Array;
  readonly loadedMs: Float64Array;
  readonly wantedMs: Float64Array;
  /** When the last batches were taken. */
  takenMs = 0;
  /** When the last accelerator is to have computed, and was seen to have. */
  lastMs = 0;
  computedMs = 0;
  /** When all accelerators of the run had. */
  endMs = 0;

  /** @param count Accelerators of the thread. */
  constructor(count: number) {
    this.startMs = new Float64Array(count);
    this.loadedMs = new Float64Array(count);
    this.wantedMs = new Float64Array(count);
  }

  /** Turns to another step, which begins now for all. */
  restart(nowMs: number): void {
    const { startMs } = this;
    for (let i = 0; i < startMs.length; i++) startMs[i] = nowMs;
    this.lastMs = nowMs;
  }

  /** An accelerator begins to compute. @param wantedMs For how long. */
  begin(index: number, nowMs: number, wantedMs: number): void {
    this.loadedMs[index] = nowMs;
    this.wantedMs[index] = wantedMs;
    this.lastMs = Math.max(this.lastMs, nowMs + wantedMs);
  }
}

/** The times of one accelerator, in shared memory. */
export class StepLane {
  readonly #meter: WorkerMeter;
  readonly #fields: Float64Array;
  readonly #recorder: StepRecorder;

  /** @param meter Of the accelerator; its row gets what has come together. */
  constructor(region: Region, localRank: number, meter: WorkerMeter) {
    this.#meter = meter;
    this.#fields = meter.fields;
    this.#recorder = new StepRecorder(region, localRank);
  }

  /** @returns When its first step began. */
  begin(entries: StepEntries | undefined): number {
    this.#recorder.begin(entries);
    return this.#meter.gateMs;
  }

  /**
   * Writes a step that is over.
   *
   * @param index The accelerator's, in `times`.
   */
  record(times: StepTimes, index: number): void {
    const { step, endMs } = times;
    const startMs = times.startMs[index] as number;
    const loadedMs = times.loadedMs[index] as number;
    const wantedMs = times.wantedMs[index] as number;
    const deadlineMs = loadedMs + wantedMs;
    // Those before the last one were done on time: nobody had to look.
    const computedMs = wantedMs > 0 && deadlineMs === times.lastMs
      ? times.computedMs
      : deadlineMs;
    const loadMs = loadedMs - startMs;
    // Not less by what adding and subtracting round away.
    const computeMs = Math.max(computedMs - loadedMs, wantedMs);
    const stepMs = endMs - startMs;
    this.#recorder.record(step, loadMs, computeMs, stepMs, wantedMs);
    this.#meter.stepped(step, startMs, loadedMs, computedMs, endMs);
    const fields = this.#fields;
    // For the progress display.
    add(fields, FIELD.loadMs, loadMs);
    add(fields, FIELD.computeMs, computeMs);
    add(fields, FIELD.stepMs, stepMs);
    add(fields, FIELD.computeRequestedMs, wantedMs);
    fields[FIELD.steps] = step + 1;
  }
}

function add(fields: Float64Array, field: number, amount: number): void {
  fields[field] = (fields[field] as number) + amount;
}
