/**
 * The readers of one thread, whose reads block: each makes those batches of
 * its accelerator that are its own, as far ahead as its queue allows.
 *
 * Where a thread serves several, each has its turn for one batch, if there is
 * room for it, so that none of them waits for more than one batch of every
 * other:
 *
 *    reader a   read ─ preprocess ──────── put      read ─ …
 *    reader b          read ─ preprocess ────── put
 *    thread     busy   busy   asleep until the first of: batch done, doorbell
 *
 * Preprocessing is a wait, during which others are served.
 */
import { Doorbell } from "../threads/doorbell.ts";
import { DeviceCounter } from "../threads/device_counter.ts";
import { PHASE_END } from "../threads/region.ts";
import { Gate, isPoisoned, Stopped } from "../threads/thread_sync.ts";
import { WorkerFailure } from "../threads/worker_failure.ts";
import { ComputeTimer } from "./compute.ts";
import {
  type ReaderParts,
  type ReaderPhase,
  ReaderPhases,
  type ReaderThread,
} from "./reader_phases.ts";
import type { SampleReader } from "./sample_reader.ts";

/**
 * Runs the readers of a thread until the run ends.
 *
 * @param thread What they have in common.
 * @param readers Neighbors: see `thread_share.ts`.
 * @throws {Stopped} When the run is stopped.
 */
export function runReaders(
  thread: ReaderThread,
  readers: readonly ReaderParts<SampleReader>[],
): void {
  const gate = new Gate(thread.region);
  const turns = readers.map((parts) =>
    new ReaderTurn(new ReaderPhases(thread, parts))
  );
  const rounds = new Rounds(thread, turns);
  const device = new DeviceCounter();
  for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
    if (rounds.run(phase)) {
      // What a thread moves is counted once, for all that it serves.
      const [first] = readers;
      if (first !== undefined) device.record(first.meter.fields);
    }
    gate.done();
  }
}

/** One reader in the phase at hand. */
class ReaderTurn {
  readonly #phases: ReaderPhases<SampleReader>;
  #work: ReaderPhase<SampleReader> | null = null;
  #ordinal = 0;
  /** Preprocessing of the batch at hand; until is 0: there is none. */
  #sinceMs = 0;
  #untilMs = 0;

  constructor(phases: ReaderPhases<SampleReader>) {
    this.#phases = phases;
  }

  /** When its batch will be preprocessed; Infinity: it has none at hand. */
  get untilMs(): number {
    return this.#untilMs === 0 ? Infinity : this.#untilMs;
  }

  /** @returns Whether it takes part in the phase. */
  begin(phase: number): boolean {
    this.#work = this.#phases.begin(phase);
    this.#ordinal = 0;
    this.#untilMs = 0;
    if (this.#work === null) return false;
    if (this.#work.ownBatches === 0) this.#end(this.#work);
    return true;
  }

  /** Whether it is through with the phase. */
  get isOver(): boolean {
    return this.#work === null;
  }

  /**
   * Does what can be done now.
   *
   * @returns Whether that was something.
   * @throws {WorkerFailure} What a read failed with.
   */
  go(): boolean {
    const work = this.#work;
    if (work === null) return false;
    try {
      return this.#go(work);
    } catch (error) {
      throw new WorkerFailure(this.#phases.title, error);
    }
  }

  #go(work: ReaderPhase<SampleReader>): boolean {
    if (this.#untilMs > 0) return this.#finish(work);
    const { queue, preprocess, meter } = this.#phases;
    const batch = work.batchAt(this.#ordinal);
    if (!queue.hasRoom(batch)) return false;
    work.reader.readBatch(work.firstSampleOf(batch), work.batchSize);
    const waitMs = preprocess.drawMs(work.batchSize);
    if (waitMs > 0) {
      this.#sinceMs = meter.now();
      this.#untilMs = this.#sinceMs + waitMs;
    } else this.#put(work, batch);
    return true;
  }

  #finish(work: ReaderPhase<SampleReader>): boolean {
    const { meter } = this.#phases;
    const nowMs = meter.now();
    if (nowMs < this.#untilMs) return false;
    meter.preprocessed(this.#sinceMs, nowMs);
    this.#untilMs = 0;
    this.#put(work, work.batchAt(this.#ordinal));
    return true;
  }

  #put(work: ReaderPhase<SampleReader>, batch: number): void {
    this.#phases.queue.put(batch);
    if (++this.#ordinal === work.ownBatches) this.#end(work);
  }

  #end(work: ReaderPhase<SampleReader>): void {
    this.#phases.end(work);
    this.#work = null;
  }
}

/** Gives every reader its turns until all are through. */
class Rounds {
  readonly #thread: ReaderThread;
  readonly #turns: readonly ReaderTurn[];
  readonly #bell: Doorbell;
  readonly #timer: ComputeTimer;
  /** Of the doorbell, before the round at hand. */
  #rings = 0;

  constructor(thread: ReaderThread, turns: readonly ReaderTurn[]) {
    this.#thread = thread;
    this.#turns = turns;
    this.#bell = new Doorbell(thread.region, thread.bellWord);
    this.#timer = new ComputeTimer({
      now: () => performance.now(),
      sleep: (durationMs) => this.#bell.sleep(this.#rings, durationMs),
    });
  }

  /** Runs a phase. @returns Whether it is one of readers. */
  run(phase: number): boolean {
    let hasWork = false;
    for (const turn of this.#turns) hasWork = turn.begin(phase) || hasWork;
    const { region } = this.#thread;
    const isStopped = () => isPoisoned(region);
    while (this.#goRound(isStopped));
    return hasWork;
  }

  /** @returns Whether there is more to do. */
  #goRound(isStopped: () => boolean): boolean {
    this.#rings = this.#bell.rings();
    let hasMoved = false;
    let isOver = true;
    let untilMs = Infinity;
    for (const turn of this.#turns) {
      if (turn.isOver) continue;
      if (turn.go()) hasMoved = true;
      if (isStopped()) throw new Stopped();
      isOver &&= turn.isOver;
      untilMs = Math.min(untilMs, turn.untilMs);
    }
    if (isOver) return false;
    if (hasMoved) return true;
    if (untilMs === Infinity) this.#bell.wait(this.#rings);
    else {
      const nowMs = performance.now();
      this.#timer.wait(nowMs, untilMs - nowMs, isStopped);
    }
    return true;
  }
}
