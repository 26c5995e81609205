/**
 * A pace for transfers that all threads of a process keep together: bytes a
 * second, operations a second, and a latency.
 *
 * Two token buckets in shared memory, one of bytes and one of operations. A
 * bucket is kept as the moment until which it is spent, so that taking from it
 * is one compare and exchange:
 *
 *    spent until = max(spent until, now - 10 ms) + amount / rate
 *
 * A transfer ends when both buckets have come to its end, plus the latency.
 * The 10 ms are what a bucket holds: a thread that wakes up late makes up for
 * it, so the rate is kept exactly, whatever the number of threads.
 *
 * The algorithm is the generic cell rate algorithm of ITU-T I.371.
 */

/** Buckets: bytes and operations. */
const PACE_SLOTS = 2;

/**
 * Moments in nanoseconds since 1970, on a clock that all threads have: of
 * bytes, then of operations.
 */
export type PaceMemory = BigInt64Array<SharedArrayBuffer>;

/** What transfers may be. */
export interface PaceLimits {
  /** Null: any number, as the next. */
  readonly bytesPerSecond: number | null;
  readonly operationsPerSecond: number | null;
  readonly latencySeconds: number;
}

const NS_PER_SECOND = 1e9;
const NS_PER_MS = 1e6;
/** What a bucket holds, as time. */
const BURST_NS = 10_000_000n;
/** Longest sleep before the stop signal is looked at again. */
const SLICE_MS = 100;

/** Memory for a process with a single thread. */
export function newPaceMemory(): PaceMemory {
  return new BigInt64Array(
    new SharedArrayBuffer(PACE_SLOTS * BigInt64Array.BYTES_PER_ELEMENT),
  );
}

/** One thread's part in a pace. */
export class TransferPace {
  readonly #limits: PaceLimits;
  readonly #memory: PaceMemory;
  readonly #word = new Int32Array(new SharedArrayBuffer(4));

  /** @param memory Shared with all that keep the same pace. */
  constructor(limits: PaceLimits, memory: PaceMemory) {
    this.#limits = limits;
    this.#memory = memory;
  }

  /**
   * Blocks this thread for the time that one transfer takes.
   *
   * @param byteCount Bytes that it moves.
   * @param isStopped Looked at every 100 ms; true ends the wait early.
   */
  transfer(byteCount: number, isStopped: () => boolean): void {
    const { bytesPerSecond, operationsPerSecond, latencySeconds } =
      this.#limits;
    const now = nowNs();
    const bytesEnd = this.#take(0, byteCount, bytesPerSecond, now);
    const operationEnd = this.#take(1, 1, operationsPerSecond, now);
    const latest = bytesEnd > operationEnd ? bytesEnd : operationEnd;
    const latency = BigInt(Math.round(latencySeconds * NS_PER_SECOND));
    this.#sleepUntil((latest > now ? latest : now) + latency, isStopped);
  }

  /** @returns When the bucket has come to the end of what was taken. */
  #take(
    slot: number,
    amount: number,
    perSecond: number | null,
    now: bigint,
  ): bigint {
    if (perSecond === null) return now;
    const cost = BigInt(Math.round(amount / perSecond * NS_PER_SECOND));
    for (;;) {
      const spent = Atomics.load(this.#memory, slot);
      const begin = spent > now - BURST_NS ? spent : now - BURST_NS;
      const end = begin + cost;
      const found = Atomics.compareExchange(this.#memory, slot, spent, end);
      if (found === spent) return end;
    }
  }

  #sleepUntil(end: bigint, isStopped: () => boolean): void {
    for (;;) {
      const leftMs = Number(end - nowNs()) / NS_PER_MS;
      if (leftMs <= 0 || isStopped()) return;
      Atomics.wait(this.#word, 0, 0, Math.min(leftMs, SLICE_MS));
    }
  }
}

function nowNs(): bigint {
  const ms = performance.timeOrigin + performance.now();
  return BigInt(Math.round(ms * NS_PER_MS));
}
