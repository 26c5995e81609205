/**
 * Time-outs of all requests in flight, checked by one timer: a timer for every
 * request would cost more than signing it.
 */
import { RequestFailure, STOPPED_CODE } from "./request_failure.ts";

const TICK_MS = 100;

/** How long a request may take. */
export interface Limits {
  /** Until the headers of the answer are there, connecting included. */
  readonly headerMs: number;
  /** Until its last byte. */
  readonly totalMs: number;
}

/** One request in flight. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #ended = Promise.withResolvers<never>();
  readonly #startMs: number;
  #hasHeaders = false;

  constructor(nowMs: number) {
    this.#startMs = nowMs;
    // Not everybody waits for it.
    this.#ended.promise.catch(() => {});
  }

  /** Fails when the request is ended from here; never succeeds. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The headers of the answer are there. */
  gotHeaders(): void {
    this.#hasHeaders = true;
  }

  /** Ends the request if it has taken too long. */
  look(nowMs: number, limits: Limits): void {
    const elapsedMs = nowMs - this.#startMs;
    if (!this.#hasHeaders && elapsedMs > limits.headerMs) {
      this.end("no answer", limits.headerMs);
    } else if (elapsedMs > limits.totalMs) {
      this.end("not complete", limits.totalMs);
    }
  }

  /** Ends the request. */
  end(what: string, limitMs: number): void {
    this.#abort("TimeOut", `${what} within ${limitMs / 1000} s`);
  }

  /** Ends the request because the run ends. */
  stop(): void {
    this.#abort(STOPPED_CODE, "the run is being stopped");
  }

  #abort(code: string, message: string): void {
    const failure = new RequestFailure({ status: 0, code, message });
    this.#controller.abort(failure);
    this.#ended.reject(failure);
  }
}

/** All requests of one connection. */
export class Deadlines {
  readonly #limits: Limits;
  readonly #underWay = new Set<Deadline>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #isStopped = false;

  /** @param stop Ends all requests, also those that come later. */
  constructor(limits: Limits, stop?: AbortSignal) {
    this.#limits = limits;
    stop?.addEventListener("abort", () => this.#stop(), { once: true });
    if (stop?.aborted) this.#stop();
  }

  /** A request begins. */
  begin(nowMs: number): Deadline {
    const deadline = new Deadline(nowMs);
    this.#underWay.add(deadline);
    if (this.#isStopped) deadline.stop();
    this.#timer ??= setInterval(() => this.#look(), TICK_MS);
    return deadline;
  }

  /** A request has ended. */
  end(deadline: Deadline): void {
    this.#underWay.delete(deadline);
    if (this.#underWay.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const nowMs = performance.now();
    for (const deadline of this.#underWay) deadline.look(nowMs, this.#limits);
  }

  #stop(): void {
    this.#isStopped = true;
    for (const deadline of this.#underWay) deadline.stop();
  }
}
