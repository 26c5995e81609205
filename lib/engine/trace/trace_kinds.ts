/**
 * What a trace has events of, in the order of their numbers.
 *
 * Names and categories are DFTracer's, whose analyzers look for them: calls
 * on files are "POSIX", and what a training does has the categories of its
 * annotations for AI (`dftracer.python.ai_common`). Its names for a saved
 * and a loaded checkpoint are "capture" and "restart".
 */

/** One kind of event. */
export interface TraceKind {
  readonly name: string;
  /** Null: calls on files ("POSIX") or requests ("OBJECT"). */
  readonly category: string | null;
  /** Whether it moves bytes. */
  readonly hasBytes: boolean;
}

const KINDS = {
  open: { name: "open", category: null, hasBytes: false },
  read: { name: "read", category: null, hasBytes: true },
  write: { name: "write", category: null, hasBytes: true },
  fsync: { name: "fsync", category: null, hasBytes: false },
  get: { name: "GET", category: null, hasBytes: false },
  put: { name: "PUT", category: null, hasBytes: false },
  firstByte: { name: "first_byte", category: null, hasBytes: false },
  /** An accelerator's wait for its batch. */
  fetch: { name: "fetch", category: "dataloader", hasBytes: false },
  preprocess: { name: "preprocess", category: "data", hasBytes: false },
  compute: { name: "compute", category: "compute", hasBytes: false },
  /** Its wait for the others. */
  barrier: { name: "barrier", category: "comm", hasBytes: false },
  /** The time of a rank's part of a checkpoint. */
  save: { name: "capture", category: "checkpoint", hasBytes: false },
  load: { name: "restart", category: "checkpoint", hasBytes: false },
} as const satisfies Readonly<Record<string, TraceKind>>;

/** All kinds; a record has an index. */
export const TRACE_KINDS: readonly TraceKind[] = Object.values(KINDS);

/** The index of each. */
export const TRACE_KIND = Object.fromEntries(
  Object.keys(KINDS).map((name, index) => [name, index]),
) as Readonly<Record<keyof typeof KINDS, number>>;
