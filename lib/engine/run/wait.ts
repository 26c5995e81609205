/** What the main thread waits for between phases, and what ends a wait. */

/** Something that the main thread waits for. */
export interface Wait {
  /** For people: "starting 192 threads". */
  readonly what: string;
  /** Things that are done so far; 0 where nobody counts. */
  readonly doneCount: () => number;
}

/** What a wait needs of the hooks of a run. */
export interface WaitHooks {
  /** Aborting ends the wait; the reason, a StokerError, says why. */
  readonly signal: AbortSignal;
  /** Longest time in which nothing moves; Infinity: any. */
  readonly stallTimeoutMs: number;
  /** Hears what is waited for; null: no longer. */
  readonly onWait?: (wait: Wait | null) => void;
}
