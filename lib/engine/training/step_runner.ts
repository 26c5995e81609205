/**
 * The steps of the accelerators of one thread in a phase, and what is recorded
 * of them; `accelerator_loop.ts` has the picture.
 *
 * A step is recorded when the batches of the next one are taken, while their
 * compute goes on: hundreds of accelerators would else begin to compute later
 * by the time that it takes.
 *
 *    step 1   load | compute ············ | barrier |
 *    step 2                                         | load | compute ········ |
 *    thread   take | record 0 | asleep    | meet    | take | record 1 | asleep |
 *
 * Accelerators are known by their index in the thread. Everything is in arrays
 * made once: the loop allocates nothing, and awaits nothing unless its one
 * accelerator reads by itself from storage that answers later.
 */
import type { RankPlace } from "../../cluster/ranks.ts";
import type { SavesBetweenSteps } from "../checkpoints/save_between_steps.ts";
import { StepBarrier } from "../threads/barrier.ts";
import { type Doorbell, ring } from "../threads/doorbell.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { StepEntries } from "../../metrics/step_entries.ts";
import { FIELD, type Region } from "../threads/region.ts";
import { type BatchSource, NO_BELL } from "./batch_source.ts";
import { ComputeTimer, threadClock } from "./compute.ts";
import { StepRecorder } from "./step_recorder.ts";

/** One accelerator of a thread. */
export interface Accelerator {
  readonly place: RankPlace;
  readonly meter: WorkerMeter;
}

/** What the steps of a thread are made with. */
export interface StepParts {
  readonly region: Region;
  /** Of the thread; readers and checkpointers ring it. */
  readonly bell: Doorbell;
  readonly accelerators: readonly Accelerator[];
  readonly source: BatchSource;
}

/** What the steps of one phase are. */
export interface StepPhase {
  readonly stepCount: number;
  /** Which steps share an entry; undefined: none do. */
  readonly stepEntries: StepEntries | undefined;
  /** Draws the next compute time of each accelerator, in milliseconds. */
  readonly draws: readonly (() => number)[];
  /** Null: there are no checkpoints between its steps. */
  readonly saves: SavesBetweenSteps | null;
}

/** Runs steps and records them. */
export class StepRunner {
  readonly #bell: Doorbell;
  readonly #words: Int32Array;
  readonly #source: BatchSource;
  readonly #barrier: StepBarrier;
  readonly #timer: ComputeTimer;
  readonly #lanes: readonly Lane[];
  readonly #localRanks: Int32Array;
  readonly #isStopped: () => boolean;
  /** Those that wait for a batch or a checkpoint: indices, then what was. */
  readonly #waiting: Int32Array;
  /** Those whose batch is there since the last look. */
  readonly #found: Int32Array;
  readonly #isSaving: Uint8Array;
  /** Of the step at hand. */
  #times: StepTimes;
  /** Of the step that is over and not recorded, or of none. */
  #pastTimes: StepTimes;

  constructor({ region, bell, accelerators, source }: StepParts) {
    const count = accelerators.length;
    this.#bell = bell;
    this.#words = region.words;
    this.#source = source;
    const barrier = new StepBarrier(region);
    this.#barrier = barrier;
    this.#timer = new ComputeTimer(threadClock(), () => barrier.expect());
    this.#lanes = accelerators.map((accelerator) =>
      new Lane(region, accelerator)
    );
    this.#localRanks = Int32Array.from(
      accelerators,
      ({ place }) => place.localRank,
    );
    this.#isStopped = () => accelerators[0]?.meter.isStopped() === true;
    this.#waiting = new Int32Array(count);
    this.#found = new Int32Array(count);
    this.#isSaving = new Uint8Array(count);
    this.#times = new StepTimes(count);
    this.#pastTimes = new StepTimes(count);
  }

  /**
   * Runs the steps of a phase.
   *
   * @throws {Stopped} When the run is stopped.
   */
  async run(
    { stepCount, stepEntries, draws, saves }: StepPhase,
  ): Promise<void> {
    for (const [index, lane] of this.#lanes.entries()) {
      this.#times.startMs[index] = lane.begin(stepEntries);
    }
    try {
      for (let step = 0; step < stepCount; step++) {
        const reading = this.#source.read(step);
        if (reading instanceof Promise) await reading;
        this.#load(step, draws, saves);
        this.#compute();
        this.#barrier.wait();
        if (this.#isStopped()) return;
        this.#turnToNext(step);
        // A checkpoint is no part of any step.
        if (saves?.isDue(step + 1) === true) {
          saves.begin();
          this.#isSaving.fill(1);
        }
      }
    } finally {
      this.#record();
    }
    this.#awaitSaves(saves);
  }

  /** The step at hand is over, for all accelerators of the run. */
  #turnToNext(step: number): void {
    const times = this.#times;
    times.step = step;
    times.endMs = performance.now();
    this.#times = this.#pastTimes;
    this.#pastTimes = times;
    this.#times.startMs.fill(times.endMs);
    // Its thread may read for a while.
    if (this.#lanes.length === 1) this.#record();
  }

  /** Returns when all have their batch of a step. */
  #load(
    step: number,
    draws: readonly (() => number)[],
    saves: SavesBetweenSteps | null,
  ): void {
    const waiting = this.#waiting;
    const found = this.#found;
    let waitingCount = this.#lanes.length;
    for (let index = 0; index < waitingCount; index++) waiting[index] = index;
    for (;;) {
      const rings = this.#bell.rings();
      let foundCount = 0;
      let keptCount = 0;
      for (let i = 0; i < waitingCount; i++) {
        const index = waiting[i] as number;
        if (this.#isReady(index, step, saves)) found[foundCount++] = index;
        else waiting[keptCount++] = index;
      }
      waitingCount = keptCount;
      if (foundCount > 0) this.#take(step, draws, foundCount);
      this.#record();
      if (waitingCount === 0) return;
      if (foundCount === 0) this.#bell.wait(rings);
    }
  }

  #isReady(
    index: number,
    step: number,
    saves: SavesBetweenSteps | null,
  ): boolean {
    if (this.#isSaving[index] === 1) {
      if (saves?.isSaved(this.#localRanks[index] as number) === false) {
        return false;
      }
      this.#isSaving[index] = 0;
      this.#times.startMs[index] = performance.now();
    }
    return this.#source.isThere(index, step);
  }

  /** Takes the batches that were found: their compute begins now. */
  #take(
    step: number,
    draws: readonly (() => number)[],
    foundCount: number,
  ): void {
    // After the look: all of them were there at this time.
    const nowMs = performance.now();
    const found = this.#found;
    const { loadedMs, wantedMs } = this.#times;
    let bell = NO_BELL;
    for (let i = 0; i < foundCount; i++) {
      const index = found[i] as number;
      loadedMs[index] = nowMs;
      wantedMs[index] = (draws[index] as () => number)();
      const next = this.#source.take(index, step);
      // Neighbors share threads: each is woken once.
      if (next !== bell && bell !== NO_BELL) ring(this.#words, bell);
      bell = next;
    }
    if (bell !== NO_BELL) ring(this.#words, bell);
  }

  /** Waits until the last accelerator has computed. */
  #compute(): void {
    const times = this.#times;
    let lastMs = 0;
    for (let index = 0; index < this.#lanes.length; index++) {
      lastMs = Math.max(lastMs, times.deadlineMs(index));
    }
    times.lastMs = lastMs;
    const nowMs = performance.now();
    times.computedMs = this.#timer.wait(nowMs, lastMs - nowMs, this.#isStopped);
  }

  /** Records the step that is over, if none has. */
  #record(): void {
    const times = this.#pastTimes;
    const { step, startMs, loadedMs, wantedMs } = times;
    if (step === NO_STEP) return;
    times.step = NO_STEP;
    for (let index = 0; index < this.#lanes.length; index++) {
      const deadlineMs = times.deadlineMs(index);
      const wanted = wantedMs[index] as number;
      (this.#lanes[index] as Lane).record(
        step,
        startMs[index] as number,
        loadedMs[index] as number,
        // Those before the last one were done on time: nobody had to look.
        wanted > 0 && deadlineMs === times.lastMs
          ? times.computedMs
          : deadlineMs,
        times.endMs,
        wanted,
      );
    }
  }

  /** A checkpoint after the last step. */
  #awaitSaves(saves: SavesBetweenSteps | null): void {
    for (let index = 0; index < this.#isSaving.length; index++) {
      const localRank = this.#localRanks[index] as number;
      while (this.#isSaving[index] === 1) {
        const rings = this.#bell.rings();
        if (saves?.isSaved(localRank) === true) this.#isSaving[index] = 0;
        else this.#bell.wait(rings);
      }
    }
  }
}

const NO_STEP = -1;

/** Times of one step, by accelerator, milliseconds. */
class StepTimes {
  /** Which one is over; {@linkcode NO_STEP}: none. */
  step = NO_STEP;
  readonly startMs: Float64Array;
  readonly loadedMs: Float64Array;
  readonly wantedMs: Float64Array;
  /** When the last accelerator was to have computed, and was seen to have. */
  lastMs = 0;
  computedMs = 0;
  /** When all accelerators of the run had. */
  endMs = 0;

  constructor(count: number) {
    this.startMs = new Float64Array(count);
    this.loadedMs = new Float64Array(count);
    this.wantedMs = new Float64Array(count);
  }

  /** When an accelerator is to have computed. */
  deadlineMs(index: number): number {
    return (this.loadedMs[index] as number) +
      Math.max(0, this.wantedMs[index] as number);
  }
}

/** The times of one accelerator, in shared memory. */
class Lane {
  readonly #meter: WorkerMeter;
  readonly #fields: Float64Array;
  readonly #recorder: StepRecorder;

  constructor(region: Region, { place, meter }: Accelerator) {
    this.#meter = meter;
    this.#fields = meter.fields;
    this.#recorder = new StepRecorder(region, place.localRank);
  }

  /** @returns When its first step began. */
  begin(entries: StepEntries | undefined): number {
    this.#recorder.begin(entries);
    return this.#meter.gateMs;
  }

  record(
    step: number,
    startMs: number,
    loadedMs: number,
    computedMs: number,
    endMs: number,
    wantedMs: number,
  ): void {
    const fields = this.#fields;
    const loadMs = loadedMs - startMs;
    // Not less by what adding and subtracting round away.
    const computeMs = Math.max(computedMs - loadedMs, wantedMs);
    const stepMs = endMs - startMs;
    this.#recorder.record(step, loadMs, computeMs, stepMs, wantedMs);
    this.#meter.stepped(step, startMs, loadedMs, computedMs, endMs);
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
