/**
 * The barrier of one channel: starts one of MPI when all threads of this
 * process are there, and lets them go on when it is done.
 */
import type { BarrierMemory } from "../barrier_memory.ts";
import type { Steps } from "./exchange.ts";
import type { MpiCalls } from "./mpi_calls.ts";

/** Bytes that hold a handle of any library. */
const HANDLE_BYTES = 8;

/** See the file header. */
export class MpiBarrier {
  readonly #calls: MpiCalls;
  readonly #memory: BarrierMemory;
  readonly #channel: number;
  readonly #communicator: bigint;
  readonly #handle = new Uint8Array(HANDLE_BYTES);
  #startedCount = 0;
  #isPending = false;
  #isClosed = false;

  /**
   * @param calls The library.
   * @param memory Of the threads.
   * @param channel Its channel there; all processes make them in order.
   */
  constructor(calls: MpiCalls, memory: BarrierMemory, channel: number) {
    this.#calls = calls;
    this.#memory = memory;
    this.#channel = channel;
    this.#communicator = calls.newCommunicator();
  }

  /**
   * Lets no thread come to a barrier any more.
   *
   * @returns Barriers that this process has come to.
   */
  close(): number {
    this.#isClosed = true;
    return this.#startedCount;
  }

  /** Whether this process waits for others. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** @returns Whether anything went on. @throws {MpiError} */
  turn(): boolean {
    if (this.#isClosed) return false;
    if (!this.#isPending) {
      if (!this.#memory.isRequested(this.#channel)) return false;
      this.#start();
    }
    if (!this.#calls.test(this.#handle)) return false;
    this.#isPending = false;
    this.#memory.release(this.#channel);
    return true;
  }

  /**
   * After {@linkcode MpiBarrier.close}: comes to barriers that this process has
   * not come to, as it was stopped before, so that none is left open.
   *
   * @param count Barriers that the furthest process has come to.
   */
  *evenOut(count: number): Steps<void> {
    for (;;) {
      while (this.#isPending && !this.#calls.test(this.#handle)) yield;
      this.#isPending = false;
      if (this.#startedCount === count) return;
      this.#start();
    }
  }

  #start(): void {
    this.#calls.startBarrier(this.#communicator, this.#handle);
    this.#startedCount++;
    this.#isPending = true;
  }
}
