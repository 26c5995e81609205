/** Which reader it is, of all of a run. */
export interface ReaderPlace {
  /** The accelerator that it reads for, by its global rank. */
  readonly rank: number;
  /** Its number there, from 0. */
  readonly reader: number;
}

/** Which of the threads that fetch for one reader, see `fetch_share.ts`. */
export interface FetchShare {
  /** From 0, which is the reader's own. */
  readonly index: number;
  /** Threads that fetch for the reader, >= 1. */
  readonly count: number;
}
