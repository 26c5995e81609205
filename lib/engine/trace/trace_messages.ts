/**
 * Messages between the main thread and the trace's writer. Records do not
 * pass here: the writer takes them from the threads' rings.
 */
import type { PlainError } from "../../errors.ts";
import type { TracedWay } from "./trace_ring.ts";
import type { TraceLine, UnnamedFile } from "./trace_text.ts";

/** A thread that is traced. */
export interface TracedThread extends Omit<TraceLine, keyof TracedWay> {
  readonly buffer: SharedArrayBuffer;
}

/** What the writer writes, and how much. */
export interface TraceBegin {
  readonly path: string;
  readonly hostname: string;
  /** Events after which it takes no more. */
  readonly maxEvents: number;
}

/** What the writer is told. */
export type WriterOrder =
  | { readonly type: "begin"; readonly begin: TraceBegin }
  | { readonly type: "threads"; readonly threads: readonly TracedThread[] }
  | { readonly type: "crew_ended"; readonly crew: number }
  | { readonly type: "names"; readonly names: readonly FileName[] }
  | { readonly type: "finish" };

/** The name of a file that was asked for. */
export interface FileName {
  readonly number: number;
  readonly path: string;
}

/** Why a trace ends before the run. */
export interface TraceStop {
  /** Null: the limit on events. */
  readonly problem: string | null;
  /** Of the last event, on the clock of the run. */
  readonly atSeconds: number;
}

/** What became of a trace. */
export interface TraceTotals {
  readonly eventCount: number;
  /** Events that are not in it. */
  readonly lostCount: number;
  /** Null: it goes to the end of the run. */
  readonly stop: TraceStop | null;
  /** Why it did not get its name; null: it did. */
  readonly problem: string | null;
}

/** What the writer says. */
export type WriterAnswer =
  | { readonly type: "begun" }
  | { readonly type: "refused"; readonly error: PlainError }
  | { readonly type: "unnamed"; readonly files: readonly UnnamedFile[] }
  | { readonly type: "stopped"; readonly stop: TraceStop }
  | { readonly type: "finished"; readonly totals: TraceTotals };
