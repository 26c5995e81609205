/**
 * Turns of the readers of one thread: each does what it can, in rounds, and
 * the thread sleeps when none of them can do anything.
 *
 *    reader a   go ---- go                  go ...
 *    reader b      go ---- go                 go ...
 *    thread     busy           asleep until: a batch is preprocessed, an
 *                              accelerator took one, a read has ended
 */
import { Doorbell } from "../threads/doorbell.ts";
import type { Region } from "../threads/region.ts";
import { isPoisoned, Stopped } from "../threads/thread_sync.ts";
import { ComputeTimer } from "./compute.ts";

/** One reader in the phase at hand. */
export interface ReaderTurn {
  /** When its batch will be preprocessed; Infinity: it has none at hand. */
  readonly untilMs: number;
  /** Whether it is through with the phase. */
  readonly isOver: boolean;
  /**
   * @param phase One of PHASE_*, as the gate gave it.
   * @returns Whether it takes part in it.
   */
  begin(phase: number): boolean;
  /**
   * Does what can be done now.
   *
   * @returns Whether that was something.
   * @throws {WorkerFailure} What a read failed with.
   */
  go(): boolean;
}

/** How the thread waits for its own reads, where it has some in flight. */
export interface ReadWaits {
  /**
   * Waits for a read to end.
   *
   * @param timeoutMs Longest wait; Infinity: as long as is good.
   * @returns False if none is in flight: then nothing was waited for.
   */
  wait(timeoutMs: number): boolean;
}

/** Gives every reader its turns until all are through. */
export class ReaderRounds {
  readonly #region: Region;
  readonly #turns: readonly ReaderTurn[];
  readonly #reads: ReadWaits | null;
  readonly #bell: Doorbell;
  readonly #timer: ComputeTimer;
  /** Of the doorbell, before the round at hand. */
  #rings = 0;

  /**
   * @param thread Its shared memory, and its doorbell there.
   * @param turns Its readers.
   * @param reads Null: reads block, none is in flight between two turns.
   */
  constructor(
    thread: { readonly region: Region; readonly bellWord: number },
    turns: readonly ReaderTurn[],
    reads: ReadWaits | null = null,
  ) {
    this.#region = thread.region;
    this.#turns = turns;
    this.#reads = reads;
    this.#bell = new Doorbell(thread.region, thread.bellWord);
    this.#timer = new ComputeTimer({
      now: () => performance.now(),
      sleep: (durationMs) =>
        this.#reads?.wait(durationMs) === true ||
        this.#bell.sleep(this.#rings, durationMs),
    });
  }

  /**
   * Runs a phase.
   *
   * @returns Whether it is one of readers.
   * @throws {Stopped} When the run is stopped.
   */
  run(phase: number): boolean {
    let hasWork = false;
    for (const turn of this.#turns) hasWork = turn.begin(phase) || hasWork;
    const isStopped = () => isPoisoned(this.#region);
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
    if (!hasMoved) this.#wait(untilMs, isStopped);
    return true;
  }

  #wait(untilMs: number, isStopped: () => boolean): void {
    if (untilMs < Infinity) {
      const nowMs = performance.now();
      this.#timer.wait(nowMs, untilMs - nowMs, isStopped);
    } else if (this.#reads?.wait(Infinity) !== true) {
      this.#bell.wait(this.#rings);
    }
    if (isStopped()) throw new Stopped();
  }
}
