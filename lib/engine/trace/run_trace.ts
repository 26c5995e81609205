/**
 * The trace of a run, as the main thread has it: rings for the threads, and a
 * thread that writes what is in them.
 *
 * Nothing of it can end the run, once it has begun: what cannot be written is
 * said, and is missing in the trace.
 */
import { startThread } from "../threads/thread_program.ts";
import { StorageError, WorkerError } from "../../errors.ts";
import { commonAheadMs } from "../../host/monotonic_clock.ts";
import type { Moment } from "../../metrics/run_record.ts";
import type { Member } from "../threads/crew.ts";
import type { TraceStart } from "../threads/worker_start.ts";
import { partialPath } from "./trace_file.ts";
import type {
  TraceBegin,
  TraceStop,
  TraceTotals,
  WriterAnswer,
  WriterOrder,
} from "./trace_messages.ts";
import { makeRingBuffer, ringRecords } from "./trace_ring.ts";
import type { UnnamedFile } from "./trace_text.ts";

/** Longest wait for the writer to end, in milliseconds. */
const FINISH_MS = 60_000;

/** What a trace is made with. */
export interface TraceOptions extends TraceBegin {
  /** Now, on the clock of the run. */
  readonly moment: () => Moment;
  /** Hears at once why the trace ends before the run. */
  readonly onWarning: (text: string) => void;
}

/** The traced threads of one crew. */
export interface TracedCrew {
  /** In the order of its members, line by line. */
  readonly starts: readonly (readonly TraceStart[])[];
  /** Its threads have ended. */
  end(): void;
}

/** See the file header. */
export class RunTrace {
  readonly #options: TraceOptions;
  readonly #worker: Worker;
  readonly #originMs: number;
  readonly #begun = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<TraceTotals | null>();
  readonly #namers: ((file: UnnamedFile) => string)[] = [];
  #threadCount = 0;
  #hasFailed = false;

  private constructor(options: TraceOptions) {
    this.#options = options;
    this.#originMs = commonAheadMs(() => options.moment().atSeconds * 1000);
    this.#worker = startThread({
      entry: import.meta.resolve("./trace_writer_worker.ts"),
      parts: [],
    });
    this.#worker.onmessage = (event: MessageEvent<WriterAnswer>) =>
      this.#hear(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new WorkerError(
        `The trace's writer ended: ${event.message}`,
      );
      this.#begun.reject(error);
      this.#fail(error.message);
    };
  }

  /**
   * Begins a trace.
   *
   * @throws {StorageError} If its file is there already or cannot be made.
   */
  static async begin(options: TraceOptions): Promise<RunTrace> {
    const { path, hostname, maxEvents } = options;
    if (await isThere(path)) {
      throw new StorageError(
        "write the trace",
        path,
        "EEXIST",
        "it is there already; name another file with --trace=FILE or remove it",
      );
    }
    const trace = new RunTrace(options);
    trace.#order({ type: "begin", begin: { path, hostname, maxEvents } });
    try {
      await trace.#begun.promise;
      return trace;
    } catch (error) {
      trace.#worker.terminate();
      throw error;
    }
  }

  /**
   * Makes a ring for each line of the members of a crew.
   *
   * @param nameOf Names a file that they have worked on.
   */
  addCrew(
    members: readonly Member[],
    nameOf: (file: UnnamedFile) => string,
  ): TracedCrew {
    const crew = this.#namers.push(nameOf) - 1;
    const recordCount = ringRecords(members.flatMap(linesOf).length);
    const threadsOf = members.map((member) =>
      linesOf(member).map((title) => ({
        title,
        hasRankFiles: member.hasRankFiles ?? false,
        crew,
        thread: this.#threadCount++,
        buffer: makeRingBuffer(recordCount),
      }))
    );
    this.#order({ type: "threads", threads: threadsOf.flat() });
    return {
      starts: threadsOf.map((threads) =>
        threads.map(({ buffer }) => ({ buffer, originMs: this.#originMs }))
      ),
      end: () => this.#order({ type: "crew_ended", crew }),
    };
  }

  /** Writes the rest; what is missing is said. */
  async finish(): Promise<void> {
    const { path, onWarning } = this.#options;
    this.#order({ type: "finish" });
    const totals = await within(FINISH_MS, this.#finished.promise);
    this.#worker.terminate();
    if (this.#hasFailed) return;
    if (totals === null) {
      onWarning(
        `Cannot finish the trace "${path}" as its writer must end within ` +
          `${FINISH_MS / 1000} s; ${partialPath(path)} may have a part of it`,
      );
      return;
    }
    if (totals.problem !== null) {
      onWarning(`Cannot save the trace: ${totals.problem}`);
      return;
    }
    if (totals.lostCount === 0) return;
    onWarning(
      totals.stop === null
        ? `${totals.lostCount} of ${totals.eventCount + totals.lostCount} ` +
          "events are missing in the trace: its writer fell behind the run " +
          "(busy processors, slow storage of the trace)"
        : `${totals.lostCount} events after its end are not in the trace`,
    );
  }

  /** Gives up before anything was measured: nothing is left of it. */
  async discard(): Promise<void> {
    this.#worker.terminate();
    try {
      await Deno.remove(partialPath(this.#options.path));
    } catch {
      // Gone already, or refused as what came before was.
    }
  }

  #order(order: WriterOrder): void {
    this.#worker.postMessage(order);
  }

  #hear(answer: WriterAnswer): void {
    if (answer.type === "begun") this.#begun.resolve();
    if (answer.type === "refused") {
      const { path } = this.#options;
      this.#begun.reject(
        new WorkerError(
          `Cannot begin the trace "${path}": ${answer.error.message}`,
        ),
      );
    }
    if (answer.type === "stopped") this.#sayStop(answer.stop);
    if (answer.type === "finished") this.#finished.resolve(answer.totals);
    if (answer.type !== "unnamed") return;
    const names = answer.files.map((file) => ({
      number: file.number,
      path: this.#namers[file.crew]?.(file) ?? String(file.file),
    }));
    this.#order({ type: "names", names });
  }

  #sayStop({ problem, atSeconds }: TraceStop): void {
    const { maxEvents, onWarning } = this.#options;
    const end = `the trace ends ${atSeconds.toFixed(3)} s after the begin of ` +
      "the run";
    onWarning(
      problem === null
        ? `At ${maxEvents} events (--trace-limit) ${end}`
        : `${problem}. The run goes on; ${end}`,
    );
  }

  #fail(problem: string): void {
    this.#hasFailed = true;
    this.#options.onWarning(`${problem}. The run goes on without a trace`);
    this.#finished.resolve(null);
  }
}

/** A viewer shows each worker of a thread on a line of its own. */
function linesOf({ title, lines = [title] }: Member): readonly string[] {
  return lines;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** @returns Null if it takes longer. */
async function within<T>(
  timeoutMs: number,
  promise: Promise<T>,
): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
