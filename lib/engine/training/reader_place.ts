/** Which reader it is, of all of a run. */
export interface ReaderPlace {
  /** The accelerator that it reads for, by its global rank. */
  readonly rank: number;
  /** Its number there, from 0. */
  readonly reader: number;
}
