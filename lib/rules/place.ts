/**
 * Where facts stand: in which file or folder, below which division.
 */
import type { Division } from "./finding.ts";

/** Where facts stand. */
export interface Place {
  /** Path from what is validated. */
  readonly where: string;
  /** Null: outside of a submission tree. */
  readonly division: Division | null;
}
