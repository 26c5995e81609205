/**
 * The loop of the trace's writer: drains the rings some times per second
 * while the run goes on, and answers the main thread.
 */
import { toPlainError } from "../../errors.ts";
import { yieldToOthers } from "../../host/thread_priority.ts";
import type { WriterAnswer, WriterOrder } from "./trace_messages.ts";
import { TraceWriter } from "./trace_writer.ts";

/** Time between two looks at the rings. */
const DRAIN_MS = 50;

/**
 * The run comes first: on a host whose processors are all busy the writer
 * gets a third of what a thread of the run gets.
 */
const NICENESS = 5;

/** The writer as the main thread talks to it. */
export class TraceWriterLoop {
  readonly #answer: (answer: WriterAnswer) => void;
  #writer: TraceWriter | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Requests for names that were not answered yet. */
  #askedCount = 0;
  #isFinishing = false;
  #saidStop = false;

  /** @param answer Tells the main thread. */
  constructor(answer: (answer: WriterAnswer) => void) {
    this.#answer = answer;
  }

  /** Does what the main thread says. */
  obey(order: WriterOrder): void {
    if (order.type === "begin") {
      yieldToOthers(NICENESS);
      try {
        this.#writer = new TraceWriter(order.begin);
      } catch (error) {
        this.#answer({ type: "refused", error: toPlainError(error) });
        return;
      }
      this.#answer({ type: "begun" });
      this.#look();
      return;
    }
    const writer = this.#writer;
    if (writer === null) return;
    if (order.type === "threads") writer.add(order.threads);
    if (order.type === "crew_ended") writer.endCrew(order.crew);
    if (order.type === "names") {
      writer.name(order.names);
      this.#askedCount--;
      this.#finishIfNamed(writer);
    }
    if (order.type === "finish") {
      clearTimeout(this.#timer);
      this.#drain(writer);
      this.#isFinishing = true;
      this.#finishIfNamed(writer);
    }
  }

  #look(): void {
    if (this.#writer === null || this.#isFinishing) return;
    this.#drain(this.#writer);
    this.#timer = setTimeout(() => this.#look(), DRAIN_MS);
  }

  #drain(writer: TraceWriter): void {
    const files = writer.drain();
    if (files.length > 0) {
      this.#askedCount++;
      this.#answer({ type: "unnamed", files });
    }
    if (writer.stop === null || this.#saidStop) return;
    this.#saidStop = true;
    this.#answer({ type: "stopped", stop: writer.stop });
  }

  #finishIfNamed(writer: TraceWriter): void {
    if (!this.#isFinishing || this.#askedCount > 0) return;
    this.#writer = null;
    this.#answer({ type: "finished", totals: writer.finish() });
  }
}
