/**
 * The answer of a run in words: could this storage keep the accelerators
 * busy, what was the limit, and can the answer be trusted.
 */

/** What kept AU, or throughput, from being higher. */
export type LimitKind =
  | "storage"
  | "client_cpu"
  | "network"
  | "page_cache"
  | "barrier"
  | "none"
  | "unknown";

/** Whether figures may be believed: yes; with a reservation; not at all. */
export type Trust = "sound" | "doubtful" | "void";

/** A number behind the verdict: what was looked at, its value as text, what it speaks for. */
export interface Evidence {
  /** "readers waited for storage". */
  readonly signal: string;
  /** "94 % of their time". */
  readonly value: string;
  /** Null: it speaks for nothing. */
  readonly saysFor: LimitKind | null;
  /** How the value is to be read. */
  readonly note: string;
}

/** The answer of a run. */
export interface Verdict {
  /** Could the storage keep them busy: sustained AU against the goal. */
  readonly answer: "yes" | "no" | "unknown";
  readonly limit: LimitKind;
  /** That the limit is the one named, 0 to 1. */
  readonly confidence: number;
  readonly trust: Trust;
  /** Empty if it is sound. */
  readonly trustReasons: readonly string[];
  readonly evidence: readonly Evidence[];
  /** One to three plain sentences. */
  readonly text: string;
}
