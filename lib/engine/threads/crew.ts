/**
 * The workers of a run: started together, ready before anything is measured,
 * stopped together.
 *
 * All are started from the main thread: a worker that starts another and then
 * blocks delays the other by a second (Deno 2.9.6).
 */
import { WorkerError } from "../../errors.ts";
import { findWorkerThreads } from "../../host/thread_cpu.ts";
import { openFilesProblem, readOpenFileLimit } from "../../host/open_files.ts";
import { TRACED_METER_URL } from "./make_meters.ts";
import { POISON_STOP, type Region } from "./region.ts";
import { poison } from "./thread_sync.ts";
import type {
  CrewStart,
  Damage,
  TraceStart,
  WorkerMessage,
} from "./worker_start.ts";

/** One thread to start. */
export interface Member {
  /** For messages: "reader 2 of rank 0", "readers 0 to 15". */
  readonly title: string;
  /** What it is counted as, as in the records of its workers. */
  readonly role: string;
  /**
   * Titles of its lines in a trace, where it serves several workers.
   * @default {[title]}
   */
  readonly lines?: readonly string[];
  /**
   * Makes the worker.
   *
   * @param furtherParts Of its program, beside its own, see `ThreadProgram`.
   */
  readonly spawn: (furtherParts: readonly string[]) => Worker;
  readonly start: object;
  /** Its file indices mean files of the ranks' checkpoints. */
  readonly hasRankFiles?: true;
}

/** Time that workers have to end by themselves when a run is stopped. */
const STOP_GRACE_MS = 1000;

/** Started workers and what becomes of them. */
export class Crew {
  readonly #region: Region;
  readonly #workers: { readonly title: string; readonly worker: Worker }[] = [];
  readonly #failed = Promise.withResolvers<never>();
  readonly #onDamage: (damage: Damage) => void;
  readonly #traces: readonly (readonly TraceStart[])[];
  #threadIds: readonly number[] = [];
  #endedCount = 0;
  #failure: Error | null = null;
  #isEnding = false;

  /**
   * @param region The workers' shared memory.
   * @param onDamage Called for each damaged file that a verifier finds.
   * @param traces Where each member leaves its records, line by line; empty:
   *   nowhere.
   */
  constructor(
    region: Region,
    onDamage: (damage: Damage) => void = () => {},
    traces: readonly (readonly TraceStart[])[] = [],
  ) {
    this.#region = region;
    this.#traces = traces;
    this.#onDamage = onDamage;
    // Awaited only in races; without this its rejection would be unhandled.
    this.#failed.promise.catch(() => {});
  }

  /** The first failure so far. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** The kernel's numbers of its threads, in order; empty: not known. */
  get threadIds(): readonly number[] {
    return this.#threadIds;
  }

  /**
   * Starts workers and waits until every one is ready, or until the run is to
   * be stopped.
   *
   * @param limits `timeoutMs`: longest time in which no worker gets ready;
   *   Infinity: any. `signal`: aborting ends the wait; the caller looks at it
   *   afterwards. `onReady`: called for each worker that is ready.
   * @throws {WorkerError} If a worker fails, ends, or does not get ready, or
   *   the process may not open the files that the workers need.
   */
  async start(
    members: readonly Member[],
    limits: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
      readonly onReady?: () => void;
    },
  ): Promise<void> {
    const problem = openFilesProblem(members.length, readOpenFileLimit());
    if (problem !== null) throw new WorkerError(problem);
    const watch = new StartWatch(limits);
    const ready = members.map((member, index) => {
      watch.add(member.title);
      const traces = this.#traces[index];
      return this.#startOne(member, traces === undefined ? {} : { traces })
        .then(
          () => {
            watch.remove(member.title);
            limits.onReady?.();
          },
        );
    });
    try {
      await Promise.race([
        Promise.all(ready),
        this.#failed.promise,
        watch.over,
      ]);
    } finally {
      watch.end();
    }
    this.#threadIds = findWorkerThreads(members.length);
  }

  /** Stops the run: every loop and wait ends. */
  stop(): void {
    this.#isEnding = true;
    poison(this.#region, POISON_STOP);
  }

  /** Gives workers a moment to end by themselves, then ends them. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const deadlineMs = performance.now() + STOP_GRACE_MS;
    while (
      this.#endedCount < this.#workers.length && performance.now() < deadlineMs
    ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const { worker } of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }

  #startOne(member: Member, crewStart: CrewStart): Promise<void> {
    const worker = member.spawn(
      crewStart.traces === undefined ? [] : [TRACED_METER_URL],
    );
    this.#workers.push({ title: member.title, worker });
    const ready = Promise.withResolvers<void>();
    worker.onmessage = (event: MessageEvent<WorkerMessage>) => {
      const message = event.data;
      if (message.type === "ready") ready.resolve();
      if (message.type === "damage") this.#onDamage(message.damage);
      if (message.type === "ended") {
        this.#endedCount++;
        // Not said to one that failed, or at the end of the run.
        this.#fail(
          new WorkerError(`${member.title} ended before the run was over`),
        );
      }
      if (message.type === "failed") {
        this.#fail(revive(message.title ?? member.title, message.error));
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new WorkerError(`${member.title} ended: ${event.message}`));
    };
    worker.postMessage({ ...member.start, ...crewStart });
    return ready.promise;
  }

  #fail(error: Error): void {
    if (this.#failure !== null || this.#isEnding) return;
    this.#failure = error;
    poison(this.#region, POISON_STOP);
    this.#failed.reject(error);
  }
}

/** Which workers are not ready yet, and for how long nothing has changed. */
class StartWatch {
  /** Resolves at an abort, rejects when nobody gets ready in time. */
  readonly over: Promise<void>;
  readonly #titles = new Set<string>();
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;
  readonly #fail: (error: Error) => void;
  readonly #stop: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.over = promise;
    this.#timeoutMs = limits.timeoutMs;
    this.#signal = limits.signal;
    this.#fail = reject;
    this.#stop = () => resolve();
    if (limits.signal.aborted) resolve();
    limits.signal.addEventListener("abort", this.#stop);
    this.#restart();
  }

  add(title: string): void {
    this.#titles.add(title);
  }

  remove(title: string): void {
    this.#titles.delete(title);
    this.#restart();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#stop);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    // A worker may get ready when another has failed.
    if (this.#isOver || this.#timeoutMs === Infinity) return;
    this.#timer = setTimeout(() => this.#giveUp(), this.#timeoutMs);
  }

  #giveUp(): void {
    const [first] = this.#titles;
    if (first === undefined) return;
    const others = this.#titles.size - 1;
    this.#fail(
      new WorkerError(
        `Cannot start ${first}${others === 0 ? "" : ` and ${others} more`} ` +
          `as a thread must get ready within ` +
          `${this.#timeoutMs / 1000} s of the one before: ` +
          `fewer threads, or a longer --stall-timeout, may help`,
      ),
    );
  }
}

/** A worker's error with the worker's name. */
function revive(
  title: string,
  plain: { readonly message: string; readonly stack: string | null },
): Error {
  const message = `${plain.message} [${title}]`;
  if (plain.stack === null) return new WorkerError(message);
  const error = new Error(message);
  error.stack = plain.stack;
  return error;
}
