/**
 * The loop of a file thread: makes calls in the order in which they come, and
 * answers several at once, so that a message costs little.
 */
import { FileCalls } from "./file_calls.ts";
import { type FileAnswer, type FileCall, sentError } from "./file_messages.ts";

/** Whoever waits hears at least this often that something moves. */
const ANSWER_MS_MAX = 50;

type AnyCall = (...args: readonly unknown[]) => unknown;

/** See the file header. */
export class FileLoop {
  readonly #calls = new FileCalls();
  readonly #answer: (answers: readonly FileAnswer[]) => void;
  #last: Promise<void> = Promise.resolve();

  /** @param answer Sends answers. */
  constructor(answer: (answers: readonly FileAnswer[]) => void) {
    this.#answer = answer;
  }

  /** Makes calls, after those that came before. */
  take(calls: readonly FileCall[]): Promise<void> {
    return this.#last = this.#last.then(() => this.#make(calls));
  }

  async #make(calls: readonly FileCall[]): Promise<void> {
    let answers: FileAnswer[] = [];
    let answeredMs = performance.now();
    for (const call of calls) {
      answers.push(await this.#one(call));
      if (performance.now() - answeredMs < ANSWER_MS_MAX) continue;
      this.#answer(answers);
      answers = [];
      answeredMs = performance.now();
    }
    if (answers.length > 0) this.#answer(answers);
  }

  async #one({ id, name, args }: FileCall): Promise<FileAnswer> {
    try {
      const call = this.#calls[name as keyof FileCalls] as AnyCall;
      return { id, value: await call.apply(this.#calls, [...args]) };
    } catch (error) {
      return { id, error: sentError(error) };
    }
  }
}
