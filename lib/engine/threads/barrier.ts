/**
 * The wait of several threads for each other.
 *
 *    arrive ... arrive -> the last one: release.meet() -> all go on
 *
 * A release strategy says what happens between the arrival of this process's
 * last thread and the moment that all of them go on. One thread does it while
 * the others sleep:
 *
 *    local        nothing: this process is all there is
 *    processes    asks the relay of `cluster/barrier_memory.ts`, which meets
 *                 the other processes, and waits for its answer
 */
import {
  BARRIER_CHANNELS,
  BarrierMemory,
} from "../../cluster/barrier_memory.ts";
import { yieldWhile } from "../../cluster/yielding.ts";
import type { Region } from "./region.ts";
import { acceleratorThreadCount } from "./thread_share.ts";
import { blockWhile } from "./thread_sync.ts";

/** What the last thread of this process does at a barrier. */
export interface BarrierRelease {
  /**
   * Told that threads of this process will soon have arrived; what takes time
   * to get ready may begin.
   */
  expect(): void;
  /**
   * Returns when the threads of this process may go on. Called by one thread
   * at a time. Allocates nothing.
   *
   * @throws {Stopped} If the run is being stopped.
   */
  meet(): void;
}

/** For a process that waits for no other. */
const LOCAL_RELEASE: BarrierRelease = { expect() {}, meet() {} };

/** Time of looking for the answer before the thread sleeps. */
const YIELD_MS = 0.1;

/** For one of several processes. */
class ProcessRelease implements BarrierRelease {
  readonly #region: Region;
  readonly #memory: BarrierMemory;
  readonly #channel: number;
  readonly #releasedWord: number;

  constructor(region: Region, memory: BarrierMemory, channel: number) {
    this.#region = region;
    this.#memory = memory;
    this.#channel = channel;
    this.#releasedWord = memory.releasedWord(channel);
  }

  expect(): void {
    this.#memory.wake();
  }

  meet(): void {
    const { words } = this.#memory;
    const word = this.#releasedWord;
    const released = Atomics.load(words, word);
    this.#memory.request(this.#channel);
    yieldWhile(words, word, released, YIELD_MS);
    blockWhile(this.#region, word, released, words);
  }
}

/** The strategy of one barrier, which its turn word names. */
function releaseOf(region: Region, turnWord: number): BarrierRelease {
  const { barrierMemory } = region.shape;
  if (barrierMemory === undefined) return LOCAL_RELEASE;
  const channel = turnWord === region.control("checkpointTurn")
    ? BARRIER_CHANNELS.checkpoints
    : BARRIER_CHANNELS.steps;
  return new ProcessRelease(region, new BarrierMemory(barrierMemory), channel);
}

/** The wait of several threads for each other. */
export class ThreadBarrier {
  readonly #region: Region;
  readonly #arrivedWord: number;
  readonly #turnWord: number;
  readonly #parties: number;
  readonly #release: BarrierRelease;

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
    this.#turnWord = barrier.turnWord;
    this.#parties = barrier.parties;
    this.#release = barrier.release ?? releaseOf(region, barrier.turnWord);
  }

  /** Says that this thread will arrive within 100 µs or so. */
  expect(): void {
    this.#release.expect();
  }

  /** Waits until every thread has arrived. @throws {Stopped} */
  wait(): void {
    if (this.#parties === 1) {
      this.#release.meet();
      return;
    }
    const { words } = this.#region;
    const turn = Atomics.load(words, this.#turnWord);
    const arrived = Atomics.add(words, this.#arrivedWord, 1) + 1;
    if (arrived === this.#parties) {
      // The last one resets before it lets the others go on to the next.
      Atomics.store(words, this.#arrivedWord, 0);
      this.#release.meet();
      Atomics.add(words, this.#turnWord, 1);
      Atomics.notify(words, this.#turnWord);
      return;
    }
    if (arrived === 1) this.#release.expect();
    blockWhile(this.#region, this.#turnWord, turn);
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
