/**
 * The wait of several threads for each other.
 *
 *    arrive ... arrive -> the last one: release.meet() -> all go on
 *
 * A release strategy says what happens when this process's last thread has
 * arrived, and what all of them sleep on until they may go on: one word, so
 * that nobody has to be woken to wake others.
 *
 *    local    nothing more: this process is all there is
 *    host     the last process whose threads have come lets all go on, see
 *             `cluster/host_memory.ts`
 *    relay    asks the thread that speaks MPI, which meets the other processes,
 *             see `cluster/barrier_memory.ts`
 */
import { BarrierMemory } from "../../cluster/barrier_memory.ts";
import { BARRIER_CHANNELS } from "../../cluster/barrier_place.ts";
import { HostBarrier } from "../../cluster/host_memory.ts";
import { yieldWhile } from "../../cluster/yielding.ts";
import type { Region } from "./region.ts";
import { acceleratorThreadCount } from "./thread_share.ts";
import {
  blockWhile,
  isPoisoned,
  Stopped,
  WAIT_SLICE_MS,
} from "./thread_sync.ts";

/** What lets the threads of this process go on. It allocates nothing. */
export interface BarrierRelease {
  /**
   * Told that threads of this process will soon have arrived; what takes time
   * to get ready may begin.
   */
  expect(): void;
  /** A number that is another one once the threads may go on. */
  turn(): number;
  /** All threads of this process have arrived: the last one says so. */
  meet(): void;
  /**
   * Waits until the turn is another one.
   *
   * @param isLast Whether the caller said that all have arrived: it waits for
   *   other processes alone, and may be the only thread that does.
   * @throws {Stopped} If the run is being stopped.
   */
  wait(turn: number, isLast: boolean): void;
}

/** For a process that waits for no other. */
class LocalRelease implements BarrierRelease {
  readonly #region: Region;
  readonly #word: number;

  constructor(region: Region, turnWord: number) {
    this.#region = region;
    this.#word = turnWord;
  }

  expect(): void {}

  turn(): number {
    return Atomics.load(this.#region.words, this.#word);
  }

  meet(): void {
    const { words } = this.#region;
    Atomics.add(words, this.#word, 1);
    Atomics.notify(words, this.#word);
  }

  wait(turn: number, isLast: boolean): void {
    if (!isLast) blockWhile(this.#region, this.#word, turn);
  }
}

/** Time of looking for the others before the last thread sleeps. */
const YIELD_MS = 0.1;

/** For one of several processes that meet through MPI. */
class RelayRelease implements BarrierRelease {
  readonly #region: Region;
  readonly #memory: BarrierMemory;
  readonly #channel: number;
  readonly #word: number;

  constructor(region: Region, memory: BarrierMemory, channel: number) {
    this.#region = region;
    this.#memory = memory;
    this.#channel = channel;
    this.#word = memory.releasedWord(channel);
  }

  expect(): void {
    this.#memory.wake();
  }

  turn(): number {
    return Atomics.load(this.#memory.words, this.#word);
  }

  meet(): void {
    this.#memory.request(this.#channel);
  }

  wait(turn: number, isLast: boolean): void {
    const { words } = this.#memory;
    if (isLast) yieldWhile(words, this.#word, turn, YIELD_MS);
    blockWhile(this.#region, this.#word, turn, words);
  }
}

/** For one of several processes of one host. */
class HostRelease implements BarrierRelease {
  readonly #region: Region;
  readonly #barrier: HostBarrier;

  constructor(region: Region, barrier: HostBarrier) {
    this.#region = region;
    this.#barrier = barrier;
  }

  expect(): void {}

  turn(): number {
    return this.#barrier.turn();
  }

  meet(): void {
    this.#barrier.come();
  }

  wait(turn: number, isLast: boolean): void {
    const barrier = this.#barrier;
    if (isLast) barrier.look(turn, YIELD_MS);
    while (barrier.turn() === turn) {
      if (isPoisoned(this.#region)) throw new Stopped();
      barrier.sleep(turn, WAIT_SLICE_MS);
    }
    if (isPoisoned(this.#region)) throw new Stopped();
  }
}

/** The strategy of one barrier, which its turn word names. */
function releaseOf(region: Region, turnWord: number): BarrierRelease {
  const { barrierPlace } = region.shape;
  if (barrierPlace === undefined) return new LocalRelease(region, turnWord);
  const channel = turnWord === region.control("checkpointTurn")
    ? BARRIER_CHANNELS.checkpoints
    : BARRIER_CHANNELS.steps;
  return barrierPlace.kind === "host"
    ? new HostRelease(region, new HostBarrier(barrierPlace, channel))
    : new RelayRelease(region, new BarrierMemory(barrierPlace.memory), channel);
}

/** The wait of several threads for each other. */
export class ThreadBarrier {
  readonly #region: Region;
  readonly #arrivedWord: number;
  readonly #parties: number;
  /** Null: the thread is all there is. */
  readonly #release: BarrierRelease | null;

  /**
   * @param region Shared memory.
   * @param barrier Its two words there, how many threads of this process
   *   meet, and the release strategy: that of the region where absent.
   */
  constructor(
    region: Region,
    barrier: {
      readonly arrivedWord: number;
      readonly turnWord: number;
      readonly parties: number;
      readonly release?: BarrierRelease;
    },
  ) {
    this.#region = region;
    this.#arrivedWord = barrier.arrivedWord;
    this.#parties = barrier.parties;
    const isAlone = barrier.parties === 1 &&
      region.shape.barrierPlace === undefined;
    this.#release = barrier.release ??
      (isAlone ? null : releaseOf(region, barrier.turnWord));
  }

  /** Says that this thread will arrive within 100 us or so. */
  expect(): void {
    this.#release?.expect();
  }

  /** Waits until every thread has arrived. @throws {Stopped} */
  wait(): void {
    const release = this.#release;
    if (release === null) return;
    const turn = release.turn();
    if (this.#parties > 1) {
      const { words } = this.#region;
      const arrived = Atomics.add(words, this.#arrivedWord, 1) + 1;
      if (arrived < this.#parties) {
        if (arrived === 1) release.expect();
        release.wait(turn, false);
        return;
      }
      // The last one resets before anybody goes on to the next.
      Atomics.store(words, this.#arrivedWord, 0);
    }
    release.meet();
    release.wait(turn, true);
  }
}

/**
 * The wait of all accelerators for each other: the all-reduce of a step. A
 * thread arrives once for all of its accelerators.
 */
export class StepBarrier extends ThreadBarrier {
  constructor(region: Region) {
    super(region, {
      arrivedWord: region.control("barrierArrived"),
      turnWord: region.control("barrierTurn"),
      parties: acceleratorThreadCount(region.shape),
    });
  }
}
