/**
 * What every `*_worker.ts` does around its loop: wait for the start message,
 * get ready, say so, run, and turn what is thrown into a message.
 */
import { toPlainError } from "../../errors.ts";
import type { WorkerMessage } from "./worker_start.ts";
import { Stopped } from "./thread_sync.ts";
import { WorkerFailure } from "./worker_failure.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: WorkerMessage): void;
  close(): void;
}

/** Says something to the main thread. */
export function tellMain(message: WorkerMessage): void {
  (globalThis as unknown as WorkerScope).postMessage(message);
}

/**
 * Runs a worker to its end.
 *
 * @param prepare Makes everything that takes time; returns the loop, which
 *   begins once all workers are ready.
 */
export function serve<Start>(
  prepare: (start: Start) => Promise<() => void | Promise<void>>,
): void {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = async (event: MessageEvent) => {
    try {
      const run = await prepare(event.data as Start);
      tellMain({ type: "ready" });
      await run();
    } catch (error) {
      if (!(error instanceof Stopped)) {
        tellMain(failureOf(error));
      }
    } finally {
      tellMain({ type: "ended" });
      scope.close();
    }
  };
}

function failureOf(error: unknown): WorkerMessage {
  return error instanceof WorkerFailure
    ? {
      type: "failed",
      title: error.title,
      error: toPlainError(error.cause),
    }
    : { type: "failed", error: toPlainError(error) };
}
