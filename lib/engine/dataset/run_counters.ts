/**
 * Runs the threads that count samples, before a run: they are no phase of it,
 * and nothing of them is measured.
 */
import { datasetParts, startThread } from "../threads/thread_program.ts";
import { DatasetError } from "../../errors.ts";
import { during, type Tick } from "../run/during.ts";
import type { WaitHooks } from "../run/wait.ts";
import type { WorkerMessage } from "../threads/worker_start.ts";
import { COUNT_CONTROL, type CountPlan } from "./count_plan.ts";

/** How often it is looked how far the threads are. */
const LOOK_MS = 100;
/** Files that are worth a further thread. */
const FILES_PER_THREAD = 4;
/** Waiting for a disk or a server is mostly what a thread does. */
const MAX_THREADS = 16;

/**
 * Counts the files of a plan.
 *
 * @param plan Its counts are filled.
 * @param hooks Who shows the wait, and what ends it.
 * @throws {DatasetError} For the first file that cannot be counted.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function runCounters(
  plan: CountPlan,
  hooks: WaitHooks,
): Promise<void> {
  const { visitCount, dataset: { folder } } = plan;
  if (visitCount === 0) return;
  const threadCount = Math.min(
    MAX_THREADS,
    Math.ceil(visitCount / FILES_PER_THREAD),
    Math.max(2, navigator.hardwareConcurrency),
  );
  const workers: Worker[] = [];
  try {
    await during(
      hooks,
      `counting the samples of ${visitCount} files in ${folder}`,
      async (tick) => {
        const watch = watchControl(plan.control, tick);
        try {
          const counted = Array.from(
            { length: threadCount },
            (_, thread) => runCounter(plan, thread, workers),
          );
          await Promise.all(counted);
        } finally {
          watch.end();
        }
      },
    );
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

/** Ticks for files that are counted, and for reads inside of long ones. */
function watchControl(
  control: Int32Array,
  tick: Tick,
): { readonly end: () => void } {
  let done = 0;
  let reads = 0;
  const look = () => {
    const nowDone = Atomics.load(control, COUNT_CONTROL.done);
    const nowReads = Atomics.load(control, COUNT_CONTROL.reads);
    if (nowDone === done && nowReads === reads) return;
    tick(nowDone - done);
    done = nowDone;
    reads = nowReads;
  };
  const timer = setInterval(look, LOOK_MS);
  return { end: () => clearInterval(timer) };
}

/** One thread; resolves when it has no more to do. */
function runCounter(
  plan: CountPlan,
  thread: number,
  workers: Worker[],
): Promise<void> {
  const worker = startThread({
    entry: import.meta.resolve("./count_worker.ts"),
    parts: datasetParts(plan.dataset),
  });
  workers.push(worker);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if (data.type === "ended") resolve();
    if (data.type === "failed") reject(revived(data.error));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new DatasetError(`Cannot count samples: ${event.message}`));
  };
  worker.postMessage({ plan, thread });
  return promise;
}

/** What the user can act on has no stack; any other error is a defect. */
function revived(
  { message, stack }: {
    readonly message: string;
    readonly stack: string | null;
  },
): Error {
  if (stack === null) return new DatasetError(message);
  const error = new Error(message);
  error.stack = stack;
  return error;
}
