/**
 * The workers of a run: started together, ready before anything is measured,
 * stopped together.
 *
 * All are started from the main thread: a worker that starts another and then
 * blocks delays the other by a second (Deno 2.9.6).
 */
import { StokerError, WorkerError } from "../../errors.ts";
import { openFilesProblem, readOpenFileLimit } from "../../host/open_files.ts";
import { POISON_STOP, type Region } from "./region.ts";
import { poison } from "./thread_sync.ts";
import type { Damage, WorkerMessage } from "./worker_start.ts";

/** One worker to start. */
export interface Member {
  /** For messages: "reader 2 of rank 0". */
  readonly title: string;
  /** Makes the worker; a literal URL, so that `deno compile` finds it. */
  readonly spawn: () => Worker;
  readonly start: unknown;
}

/** Time that workers have to end by themselves when a run is stopped. */
const STOP_GRACE_MS = 1000;

/** Started workers and what becomes of them. */
export class Crew {
  readonly #region: Region;
  readonly #workers: { readonly title: string; readonly worker: Worker }[] = [];
  #endedCount = 0;
  readonly #failed = Promise.withResolvers<never>();
  readonly #onDamage: (damage: Damage) => void;
  #failure: StokerError | Error | null = null;
  #isEnding = false;

  /**
   * @param region The workers' shared memory.
   * @param onDamage Called for each damaged file that a verifier finds.
   */
  constructor(region: Region, onDamage: (damage: Damage) => void = () => {}) {
    this.#region = region;
    this.#onDamage = onDamage;
    // Awaited only in races; without this its rejection would be unhandled.
    this.#failed.promise.catch(() => {});
  }

  /** The first failure so far. */
  get failure(): Error | null {
    return this.#failure;
  }

  /**
   * Starts workers and waits until every one is ready.
   *
   * @throws {WorkerError} If the process may not open the files they need.
   */
  async start(members: readonly Member[]): Promise<void> {
    const problem = openFilesProblem(members.length, readOpenFileLimit());
    if (problem !== null) throw new WorkerError(problem);
    const ready = members.map((member) => this.#startOne(member));
    await Promise.race([Promise.all(ready), this.#failed.promise]);
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

  #startOne(member: Member): Promise<void> {
    const worker = member.spawn();
    this.#workers.push({ title: member.title, worker });
    const ready = Promise.withResolvers<void>();
    worker.onmessage = (event: MessageEvent<WorkerMessage>) => {
      const message = event.data;
      if (message.type === "ready") ready.resolve();
      if (message.type === "damage") this.#onDamage(message.damage);
      if (message.type === "ended") this.#endedCount++;
      if (message.type === "failed") {
        this.#fail(revive(member.title, message.error));
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new WorkerError(`${member.title} ended: ${event.message}`));
    };
    worker.postMessage(member.start);
    return ready.promise;
  }

  #fail(error: Error): void {
    if (this.#failure !== null || this.#isEnding) return;
    this.#failure = error;
    poison(this.#region, POISON_STOP);
    this.#failed.reject(error);
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
