/**
 * What the main thread does between phases, and may wait for: a listing, a
 * removal, a preflight, the start of threads, a pause. Such a wait is shown
 * with its reason, and ends when the run is stopped or when nothing moves for
 * longer than `--stall-timeout`.
 */
import { WorkerError } from "../../errors.ts";
import { abortError, throwIfAborted } from "./abort_error.ts";
import type { WaitHooks } from "./wait.ts";

/** See `wait.ts`. */
export type { WaitHooks } from "./wait.ts";

/** How often it is looked whether anything moves, in milliseconds. */
const LOOK_MS = 500;

/** Says that something moved. @param count Things that were done since. */
export type Tick = (count?: number) => void;

/**
 * Does something that may take a while.
 *
 * @param hooks Who shows it, and what ends it.
 * @param what For people: "listing the files of data/train".
 * @param work Does it; calls its argument whenever something moved.
 * @returns What the work returned.
 * @throws {StokerError} The signal's reason, if it was aborted.
 * @throws {WorkerError} If nothing moved for longer than the stall time-out.
 */
export async function during<T>(
  hooks: WaitHooks,
  what: string,
  work: (tick: Tick) => Promise<T>,
): Promise<T> {
  const { signal, stallTimeoutMs } = hooks;
  throwIfAborted(signal);
  let movedMs = performance.now();
  let doneCount = 0;
  const tick: Tick = (count = 1) => {
    doneCount += count;
    movedMs = performance.now();
  };
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(abortError(signal));
  const timer = setInterval(() => {
    const stillMs = performance.now() - movedMs;
    if (stillMs <= stallTimeoutMs) return;
    reject(
      new WorkerError(
        `Cannot go on as ${what} has not moved for ` +
          `${(stillMs / 1000).toFixed(0)} s; --stall-timeout sets how long ` +
          `an operation may take`,
      ),
    );
  }, LOOK_MS);
  signal.addEventListener("abort", onAbort);
  hooks.onWait?.({ what, doneCount: () => doneCount });
  try {
    return await Promise.race([work(tick), ended]);
  } finally {
    hooks.onWait?.(null);
    signal.removeEventListener("abort", onAbort);
    clearInterval(timer);
    // A race that is lost leaves a promise that nobody awaits.
    ended.catch(() => {});
  }
}

/**
 * Waits for a time that settings ask for. It moves all the while, so only a
 * signal ends it early.
 *
 * @param seconds 0 or less returns at once.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function pauseFor(
  hooks: WaitHooks,
  seconds: number,
  what: string,
): Promise<void> {
  if (seconds <= 0) return throwIfAborted(hooks.signal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await during(
      { ...hooks, stallTimeoutMs: Infinity },
      what,
      () =>
        new Promise((resolve) => {
          timer = setTimeout(resolve, seconds * 1000);
        }),
    );
  } finally {
    clearTimeout(timer);
  }
}
