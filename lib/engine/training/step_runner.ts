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
import type { Region } from "../threads/region.ts";
import { type BatchSource, NO_BELL } from "./batch_source.ts";
import { ComputeTimer, threadClock } from "./compute.ts";
import { NO_STEP, StepLane, StepTimes } from "./step_times.ts";

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
  readonly #lanes: readonly StepLane[];
  readonly #localRanks: Int32Array;
  readonly #isStopped: () => boolean;
  /** Those that wait for a batch or a checkpoint: indices, then what was. */
  readonly #waiting: Int32Array;
  /** Those whose batch is there since the last look. */
  readonly #found: Int32Array;
  readonly #isSaving: Uint8Array;
  /** How often the bell had rung when the thread woke last. */
  #rings = 0;
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
    this.#lanes = accelerators.map(({ place, meter }) =>
      new StepLane(region, place.localRank, meter)
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
    const times = this.#times;
    for (const [index, lane] of this.#lanes.entries()) {
      times.startMs[index] = lane.begin(stepEntries);
    }
    times.lastMs = 0;
    try {
      for (let step = 0; step < stepCount; step++) {
        const reading = this.#source.read(step);
        if (reading instanceof Promise) await reading;
        if (!this.#step(step, draws, saves)) return;
      }
    } finally {
      this.#record();
    }
    this.#awaitSaves(saves);
  }

  /**
   * Makes a step whose batch is read, where the thread reads by itself. Apart
   * from the loop, which V8 interprets anew at the begin of each phase.
   *
   * @returns False if the run is stopped.
   */
  #step(
    step: number,
    draws: readonly (() => number)[],
    saves: SavesBetweenSteps | null,
  ): boolean {
    this.#load(step, draws, saves);
    this.#compute();
    this.#barrier.wait();
    if (this.#isStopped()) return false;
    this.#turnToNext(step);
    // A checkpoint is no part of any step.
    if (saves?.isDue(step + 1) === true) {
      saves.begin();
      this.#isSaving.fill(1);
    }
    return true;
  }

  /** The step at hand is over, for all accelerators of the run. */
  #turnToNext(step: number): void {
    const times = this.#times;
    times.step = step;
    times.endMs = performance.now();
    this.#times = this.#pastTimes;
    this.#pastTimes = times;
    this.#times.restart(times.endMs);
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
      if (foundCount > 0) continue;
      // Noted before this look, or long before: then the wait ends at once.
      this.#bell.wait(this.#rings);
      this.#rings = this.#bell.rings();
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
    const times = this.#times;
    let bell = NO_BELL;
    for (let i = 0; i < foundCount; i++) {
      const index = found[i] as number;
      times.begin(index, nowMs, (draws[index] as () => number)());
      const next = this.#source.take(index, step);
      // Neighbors share threads: each is woken once.
      if (next !== bell && bell !== NO_BELL) ring(this.#words, bell);
      bell = next;
    }
    if (bell !== NO_BELL) ring(this.#words, bell);
    times.takenMs = nowMs;
  }

  /** Waits until the last accelerator has computed. */
  #compute(): void {
    const times = this.#times;
    const { takenMs } = times;
    const durationMs = times.lastMs - takenMs;
    times.computedMs = durationMs > 0
      ? this.#timer.wait(takenMs, durationMs, this.#isStopped)
      : takenMs;
  }

  /** Records the step that is over, if none has. */
  #record(): void {
    const times = this.#pastTimes;
    if (times.step === NO_STEP) return;
    for (let index = 0; index < this.#lanes.length; index++) {
      (this.#lanes[index] as StepLane).record(times, index);
    }
    times.step = NO_STEP;
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
