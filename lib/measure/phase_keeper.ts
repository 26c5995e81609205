/**
 * Saves phases as they end, in their order. A disk that refuses one, or does
 * not answer, does not end the run: the warning is given at once, and each
 * later phase tries again.
 */
import { answersWithin } from "../host/answering.ts";
import type { PhaseRecord } from "../metrics/run_record.ts";
import type { ResultsFolder } from "../results/results_folder.ts";

/** Nobody waits longer than this for a results folder between two phases. */
const ANSWER_MS_MAX = 10_000;

/** What a keeper needs to know. */
export interface KeeperOptions {
  /** Null: another process has the folder. */
  readonly folder: ResultsFolder | null;
  /** Longest time that one operation may take. */
  readonly stallTimeoutMs: number;
  readonly onWarning: (text: string) => void;
  /** Whether a path answers in time. @default {answersWithin} */
  readonly answers?: typeof answersWithin;
}

/** See the file header. */
export class PhaseKeeper {
  readonly #options: KeeperOptions;
  readonly #answers: typeof answersWithin;
  #problem: string | null = null;
  #last: Promise<void> = Promise.resolve();

  /** @param options Where phases go, and who hears that they do not. */
  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#answers = options.answers ?? answersWithin;
  }

  /** Saves a phase after those before it. */
  keep(phase: PhaseRecord): Promise<void> {
    this.#last = this.#last.then(() => this.#keep(phase));
    return this.#last;
  }

  /**
   * Whether the folder can be finished: it answers now.
   *
   * @param isStopped Somebody waits for the end: it must answer soon.
   */
  async canFinish(isStopped: boolean): Promise<boolean> {
    await this.#last;
    const { folder, stallTimeoutMs } = this.#options;
    const timeoutMs = isStopped
      ? Math.min(stallTimeoutMs, ANSWER_MS_MAX)
      : stallTimeoutMs;
    return folder === null || await this.#answers(folder.path, timeoutMs);
  }

  async #keep(phase: PhaseRecord): Promise<void> {
    const { folder, stallTimeoutMs, onWarning } = this.#options;
    if (folder === null) return;
    const before = this.#problem;
    const timeoutMs = Math.min(stallTimeoutMs, ANSWER_MS_MAX);
    if (await this.#answers(folder.path, timeoutMs)) {
      this.#problem = folder.appendPhase(phase);
    } else {
      folder.holdPhase(phase);
      this.#problem = `Cannot write to "${folder.path}": its storage has ` +
        `not answered for ${timeoutMs / 1000} s`;
    }
    if (this.#problem === before) return;
    onWarning(
      this.#problem === null
        ? "Results can be saved again: nothing is missing so far"
        : `${this.#problem}. The run goes on; saving is tried again after ` +
          "each phase",
    );
  }
}
