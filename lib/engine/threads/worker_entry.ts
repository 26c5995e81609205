/**
 * What every `*_worker.ts` does around its loop: wait for the start message,
 * get ready, say so, wait until all are, run, and turn what is thrown into a
 * message.
 *
 * Nobody blocks before all are ready: in Deno 2.9.6 a thread that blocks right
 * after an import can keep another from ever finishing its own.
 */
import { toPlainError } from "../../errors.ts";
import type { WorkerMessage } from "./worker_start.ts";
import { Stopped } from "./thread_sync.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: WorkerMessage): void;
  close(): void;
}

/**
 * Lets a worker that is ready run.
 *
 * @param worker One that runs {@linkcode serve}; again, it has no effect.
 */
export function release(worker: Worker): void {
  worker.postMessage(null);
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
    const released = new Promise((resolve) => scope.onmessage = resolve);
    try {
      const run = await prepare(event.data as Start);
      tellMain({ type: "ready" });
      await released;
      await run();
    } catch (error) {
      if (!(error instanceof Stopped)) {
        tellMain({ type: "failed", error: toPlainError(error) });
      }
    } finally {
      tellMain({ type: "ended" });
      scope.close();
    }
  };
}
