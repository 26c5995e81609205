/**
 * The steps of the accelerators of one thread in a phase, and what is recorded
 * of them; `accelerator_loop.ts` has the picture.
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
  readonly #startMs: Float64Array;
  readonly #loadedMs: Float64Array;
  readonly #wantedMs: Float64Array;

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
    this.#startMs = new Float64Array(count);
    this.#loadedMs = new Float64Array(count);
    this.#wantedMs = new Float64Array(count);
  }

  /**
   * Runs the steps of a phase.
   *
   * @throws {Stopped} When the run is stopped.
   */
  async run(
    { stepCount, stepEntries, draws, saves }: StepPhase,
  ): Promise<void> {
    const lanes = this.#lanes;
    for (const [index, lane] of lanes.entries()) {
      this.#startMs[index] = lane.begin(stepEntries);
    }
    for (let step = 0; step < stepCount; step++) {
      const reading = this.#source.read(step);
      if (reading instanceof Promise) await reading;
      this.#load(step, draws, saves);
      const lastMs = this.#lastMs();
      const computedMs = this.#compute(lastMs);
      this.#barrier.wait();
      const endMs = performance.now();
      if (this.#isStopped()) return;
      this.#record(step, { lastMs, computedMs, endMs });
      // A checkpoint is no part of any step.
      if (saves?.isDue(step + 1) === true) {
        saves.begin();
        this.#isSaving.fill(1);
      }
    }
    this.#awaitSaves(saves);
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
      else this.#bell.wait(rings);
      if (waitingCount === 0) return;
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
      this.#startMs[index] = performance.now();
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
    let bell = NO_BELL;
    for (let i = 0; i < foundCount; i++) {
      const index = found[i] as number;
      this.#loadedMs[index] = nowMs;
      this.#wantedMs[index] = (draws[index] as () => number)();
      const next = this.#source.take(index, step);
      // Neighbors share threads: each is woken once.
      if (next !== bell && bell !== NO_BELL) ring(this.#words, bell);
      bell = next;
    }
    if (bell !== NO_BELL) ring(this.#words, bell);
  }

  /** When the last accelerator will have computed. */
  #lastMs(): number {
    let lastMs = 0;
    for (let index = 0; index < this.#lanes.length; index++) {
      lastMs = Math.max(lastMs, this.#deadlineMs(index));
    }
    return lastMs;
  }

  #deadlineMs(index: number): number {
    return (this.#loadedMs[index] as number) +
      Math.max(0, this.#wantedMs[index] as number);
  }

  /** @returns When the thread saw that the last one has computed. */
  #compute(lastMs: number): number {
    const nowMs = performance.now();
    return this.#timer.wait(nowMs, lastMs - nowMs, this.#isStopped);
  }

  #record(
    step: number,
    seen: {
      readonly lastMs: number;
      readonly computedMs: number;
      readonly endMs: number;
    },
  ): void {
    const { lastMs, computedMs, endMs } = seen;
    for (let index = 0; index < this.#lanes.length; index++) {
      const loadedMs = this.#loadedMs[index] as number;
      const wantedMs = this.#wantedMs[index] as number;
      const deadlineMs = this.#deadlineMs(index);
      (this.#lanes[index] as Lane).record(
        step,
        this.#startMs[index] as number,
        loadedMs,
        // Those before the last one were done on time: nobody had to look.
        wantedMs > 0 && deadlineMs === lastMs ? computedMs : deadlineMs,
        endMs,
        wantedMs,
      );
      this.#startMs[index] = endMs;
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
