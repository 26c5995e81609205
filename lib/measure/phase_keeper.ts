/**
 * Saves phases as they end, in their order. A disk that refuses one, or does
 * not answer, does not end the run: the warning is given at once, and each
 * later phase tries again.
 */
import { inTime } from "../engine/run/in_time.ts";
import type { PhaseRecord, RunRecord } from "../metrics/run_record.ts";
import type {
  FurtherFiles,
  ResultsFolder,
  SavedResults,
} from "../results/results_folder.ts";

/**
 * Nobody waits longer than this for a results folder between two phases, or
 * once the run was told to stop.
 */
const ANSWER_MS_MAX = 10_000;

/** What a keeper needs to know. */
export interface KeeperOptions {
  /** Null: another process has the folder. */
  readonly folder:
    | Pick<ResultsFolder, "path" | "appendPhase" | "finish" | "discard">
    | null;
  /** Longest time that one operation may take. */
  readonly stallTimeoutMs: number;
  /** Aborted: somebody waits for the end. */
  readonly signal: AbortSignal;
  readonly onWarning: (text: string) => void;
}

/** See the file header. */
export class PhaseKeeper {
  readonly #options: KeeperOptions;
  #problem: string | null = null;
  #last: Promise<void> = Promise.resolve();

  /** @param options Where phases go, and who hears that they do not. */
  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Saves a phase after those before it. */
  keep(phase: PhaseRecord): Promise<void> {
    const { folder } = this.#options;
    if (folder === null) return this.#last;
    const saved = folder.appendPhase(phase);
    // It is awaited only once those before it are.
    saved.catch(() => {});
    return this.#last = this.#last.then(() => this.#hear(folder.path, saved));
  }

  /**
   * Finishes the folder.
   *
   * @param record The run.
   * @param texts As {@linkcode ResultsFolder.finish} takes them.
   * @returns Null if the folder does not answer, or is another process's.
   */
  async finish(
    record: RunRecord,
    texts: FurtherFiles,
  ): Promise<SavedResults | null> {
    const { folder } = this.#options;
    await this.#last;
    if (folder === null) return null;
    const saved = await this.untilTheEnd((onMove) =>
      folder.finish(record, texts, onMove)
    );
    return saved?.value ?? null;
  }

  /**
   * Does something with the folder at the end of a run.
   *
   * @param work Calls its argument whenever something moved.
   * @returns Null if the folder does not answer.
   */
  untilTheEnd<T>(
    work: (onMove: () => void) => Promise<T>,
  ): Promise<{ readonly value: T } | null> {
    return inTime(work, () => this.#endLimitMs());
  }

  /** Gives the folder back, if it answers. */
  async discard(): Promise<void> {
    const { folder } = this.#options;
    if (folder === null) return;
    await inTime(() => folder.discard(), () => this.#waitMs());
  }

  async #hear(path: string, saved: Promise<string | null>): Promise<void> {
    const before = this.#problem;
    const limitMs = this.#waitMs();
    const heard = await inTime(() => saved, () => limitMs);
    this.#problem = heard === null
      ? `Cannot write to "${path}": its storage has not answered for ` +
        `${limitMs / 1000} s`
      : heard.value;
    if (this.#problem === before) return;
    this.#options.onWarning(
      this.#problem === null
        ? "Results can be saved again: nothing is missing so far"
        : `${this.#problem}. The run goes on; saving is tried again after ` +
          "each phase",
    );
  }

  #waitMs(): number {
    return Math.min(this.#options.stallTimeoutMs, ANSWER_MS_MAX);
  }

  #endLimitMs(): number {
    const { signal, stallTimeoutMs } = this.#options;
    return signal.aborted ? this.#waitMs() : stallTimeoutMs;
  }
}
