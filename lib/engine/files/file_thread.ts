/**
 * The thread that makes the main thread's calls on files of this host. Storage
 * that does not answer keeps that thread and no other: the main thread goes on
 * to hear signals and limits, and gives up with an error that names the file.
 *
 *    call -> outbox -> (once per turn) one message -> thread -> answers -> promises
 */
import { KIND_PARTS } from "../../storage/registry.ts";
import { startThread } from "../threads/thread_program.ts";
import { WorkerError } from "../../errors.ts";
import { during, type Tick } from "../run/during.ts";
import type { WaitHooks } from "../run/wait.ts";
import type { FileCalls } from "./file_calls.ts";
import {
  type FileAnswer,
  type FileCall,
  receivedError,
} from "./file_messages.ts";

/** Names of calls. */
type CallName = keyof FileCalls;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** See the file header. */
export class FileThread implements Disposable {
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #outbox: FileCall[] = [];
  #nextId = 0;

  /**
   * Has a call made; the thread is started by the first.
   *
   * @returns What it answers with; pending for as long as its storage takes.
   * @throws {StokerError} As the call does.
   */
  call<Name extends CallName>(
    name: Name,
    ...args: Parameters<FileCalls[Name]>
  ): Promise<Awaited<ReturnType<FileCalls[Name]>>> {
    const { promise, resolve, reject } = Promise.withResolvers<
      Awaited<ReturnType<FileCalls[Name]>>
    >();
    const id = this.#nextId++;
    this.#waiting.set(id, {
      resolve: resolve as (value: unknown) => void,
      reject,
    });
    this.#outbox.push({ id, name, args });
    // Calls of the same turn go together.
    if (this.#outbox.length === 1) queueMicrotask(() => this.#send());
    return promise;
  }

  /** Ends the thread; calls that are not answered stay so. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#outbox = [];
    this.#waiting.clear();
  }

  #send(): void {
    const calls = this.#outbox;
    if (calls.length === 0) return;
    this.#outbox = [];
    this.#worker ??= this.#start();
    this.#worker.postMessage(calls);
  }

  #start(): Worker {
    const worker = startThread({
      entry: import.meta.resolve("./file_worker.ts"),
      // It is there for a whole run, whose storages may be several.
      parts: Object.values(KIND_PARTS).map(({ url }) => url),
    });
    worker.onmessage = ({ data }: MessageEvent<readonly FileAnswer[]>) => {
      for (const answer of data) this.#settle(answer);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const error = new WorkerError(
        `Cannot look at files as the thread for it ended: ${event.message}`,
      );
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    return worker;
  }

  #settle(answer: FileAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(receivedError(answer.error));
    else waiting?.resolve(answer.value);
  }
}

/**
 * Makes calls on files on a thread that is started for it, and ended with it.
 *
 * @param hooks Who shows the wait, and what ends it.
 * @param what For people: "looking at the free space".
 * @param work Makes the calls.
 * @returns What the work returned.
 * @throws {WorkerError} If storage does not answer within the stall time-out.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function onFileThread<T>(
  hooks: WaitHooks,
  what: string,
  work: (files: FileThread, tick: Tick) => Promise<T>,
): Promise<T> {
  using thread = new FileThread();
  return await during(hooks, what, (tick) => work(thread, tick));
}
