/**
 * The ring of one thread, and the queues of reads that share it: each reader
 * of the thread has one.
 *
 *    queue 0   begins reads -.                              .-> its ends
 *    queue 1   begins reads -+-> wait: one call hands over -+-> its ends
 *    queue 2   begins reads -'   all, and waits for a first '-> its ends
 *
 *    places    | reads of queue 0 | its long files | reads of queue 1 | ...
 *
 * What a request is of is told by its place, so queues know nothing of each
 * other.
 */
import { RingRequests } from "./ring_requests.ts";
import type { RingPlan } from "./ring_requests.ts";

/** A queue, as its ring uses it. */
export interface RingMember {
  /**
   * A request has ended.
   *
   * @param place Of the queue's own places.
   * @param operation As `prepared` was told.
   * @param result As the kernel has it: >= 0, or minus the errno.
   */
  take(place: number, operation: number, result: number): void;
  /** All that had ended is taken: there may be room for more. */
  goOn(): void;
  /** What is thrown for an error that a request of this queue met. */
  failure(error: unknown): unknown;
}

/** Numbers that tell what a completion is of: 8 · place + operation. */
const OPERATIONS = 8;
/** Requests that are worth a call of their own. */
const HANDED_OVER = 8;

/** See the file header. */
export class ThreadRing {
  readonly requests: RingRequests;
  /** When requests at a place were handed over last, milliseconds. */
  readonly startMs: Float64Array;
  /** When the ends at hand were noticed. */
  seenMs = 0;
  readonly #placesPerQueue: number;
  readonly #queueCount: number;
  readonly #members: RingMember[] = [];
  /** Places of requests that are not handed over. */
  readonly #fresh: Int32Array;
  #freshCount = 0;
  #isClosed = false;

  /**
   * @param plan What it is made for; `depth` is that of each queue.
   * @param queueCount Queues that may share it, >= 1.
   * @throws {StorageError} If this host gives no ring.
   */
  constructor(plan: RingPlan, queueCount: number) {
    const depth = queueCount * plan.depth;
    this.requests = new RingRequests({ ...plan, depth });
    this.#placesPerQueue = 2 * plan.depth;
    this.#queueCount = queueCount;
    this.startMs = new Float64Array(2 * depth);
    this.#fresh = new Int32Array(3 * depth);
  }

  /**
   * Adds a queue.
   *
   * @returns Its first place.
   * @throws {RangeError} If there are as many as there may be.
   */
  join(member: RingMember): number {
    const index = this.#members.length;
    if (index === this.#queueCount) {
      throw new RangeError(
        `Cannot add a queue as a ring has those that it was made for: ` +
          `current value is ${this.#queueCount}`,
      );
    }
    this.#members.push(member);
    return index * this.#placesPerQueue;
  }

  /**
   * What the completion of a request has, which is prepared now.
   *
   * @param place Of all places.
   * @param operation 0 to 7, for `RingMember.take`.
   */
  userData(place: number, operation: number): number {
    return place * OPERATIONS + operation;
  }

  /** Time runs for a request at this place once it is handed over. */
  timeFrom(place: number): void {
    this.#fresh[this.#freshCount++] = place;
  }

  /**
   * Hands over what has begun, if that is much: a device that waits for the
   * rest of a long batch has less to do meanwhile.
   */
  handOverMany(): void {
    if (this.#freshCount < HANDED_OVER) return;
    this.#stamp();
    this.requests.ring.enter(0);
  }

  /**
   * Hands over what has begun in any queue and takes what has ended.
   *
   * @param timeoutMs Longest wait for a first end; 0: none.
   * @throws {unknown} What `RingMember.failure` makes of an error.
   */
  wait(timeoutMs: number): void {
    const { ring } = this.requests;
    this.#stamp();
    ring.enter(timeoutMs > 0 && ring.underWay > 0 ? 1 : 0, timeoutMs);
    this.seenMs = performance.now();
    const perQueue = this.#placesPerQueue;
    let member = this.#members[0];
    try {
      while (ring.next()) {
        const operation = ring.userData % OPERATIONS;
        const place = (ring.userData - operation) / OPERATIONS;
        const ownPlace = place % perQueue;
        member = this.#members[(place - ownPlace) / perQueue];
        member?.take(ownPlace, operation, ring.result);
      }
    } catch (error) {
      throw member?.failure(error) ?? error;
    }
    for (const each of this.#members) each.goOn();
  }

  /** Ends what is in flight in all queues; a second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.requests.close();
  }

  /** What has been prepared is handed over now. */
  #stamp(): void {
    if (this.#freshCount === 0) return;
    const nowMs = performance.now();
    for (let i = 0; i < this.#freshCount; i++) {
      this.startMs[this.#fresh[i]!] = nowMs;
    }
    this.#freshCount = 0;
  }
}
