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
import { isPoisoned, Stopped, WAIT_SLICE_MS } from "./thread_sync.ts";

/** What lets the threads of this process go on. It allocates nothing. */
export interface BarrierRelease {
  /** Where the word is that changes once the threads may go on. */
  readonly words: Int32Array;
  readonly word: number;
  /**
   * Told that threads of this process will soon have arrived: what takes time
   * to get ready begins.
   */
  expect?(): void;
  /** All threads of this process have arrived: the last one says so. */
  meet(): void;
  /** Sleeps while the word is `turn`, or shorter. @param limitMs < 1 s. */
  sleep(turn: number, limitMs: number): void;
}

/** For a process that waits for no other. */
class LocalRelease implements BarrierRelease {
  readonly words: Int32Array;
  readonly word: number;

  constructor({ words }: Region, turnWord: number) {
    this.words = words;
    this.word = turnWord;
  }

  meet(): void {
    Atomics.add(this.words, this.word, 1);
    Atomics.notify(this.words, this.word);
  }

  sleep(turn: number, limitMs: number): void {
    Atomics.wait(this.words, this.word, turn, limitMs);
  }
}

/** For one of several processes that meet through MPI. */
class RelayRelease implements BarrierRelease {
  readonly words: Int32Array;
  readonly word: number;
  readonly #memory: BarrierMemory;
  readonly #channel: number;

  constructor(memory: BarrierMemory, channel: number) {
    this.words = memory.words;
    this.word = memory.releasedWord(channel);
    this.#memory = memory;
    this.#channel = channel;
  }

  expect(): void {
    this.#memory.wake();
  }

  meet(): void {
    this.#memory.request(this.#channel);
  }

  sleep(turn: number, limitMs: number): void {
    Atomics.wait(this.words, this.word, turn, limitMs);
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
    ? new HostBarrier(barrierPlace, channel)
    : new RelayRelease(new BarrierMemory(barrierPlace.memory), channel);
}

/** Time of looking for other processes before the last thread sleeps. */
const YIELD_MS = 0.1;

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
    this.#release?.expect?.();
  }

  /** Waits until every thread has arrived. @throws {Stopped} */
  wait(): void {
    const release = this.#release;
    if (release === null) return;
    const { words, word } = release;
    const turn = Atomics.load(words, word);
    if (this.#isLast()) {
      release.meet();
      // It waits for other processes alone, and may be the only one here.
      yieldWhile(words, word, turn, YIELD_MS);
    }
    while (Atomics.load(words, word) === turn) {
      if (isPoisoned(this.#region)) throw new Stopped();
      release.sleep(turn, WAIT_SLICE_MS);
    }
    if (isPoisoned(this.#region)) throw new Stopped();
  }

  /** This thread arrives. @returns Whether all others of this process have. */
  #isLast(): boolean {
    if (this.#parties === 1) return true;
    const { words } = this.#region;
    const arrived = Atomics.add(words, this.#arrivedWord, 1) + 1;
    if (arrived === 1) this.expect();
    if (arrived < this.#parties) return false;
    // Before anybody goes on to the next.
    Atomics.store(words, this.#arrivedWord, 0);
    return true;
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
