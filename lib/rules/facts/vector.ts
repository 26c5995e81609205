/**
 * What rules want to know of the results of a vector database: one engine and
 * index, its load and its query runs.
 */
import type { Place } from "../place.ts";
import type { SeparationFacts } from "./run_facts.ts";

/** What one load or query run recorded. */
export interface VectorRunFacts {
  readonly where: string;
  /** Keys of `summary.json` (and `config.json`), flat; null: not there. */
  readonly values: ReadonlyMap<string, unknown> | null;
  readonly separation: SeparationFacts | null;
  readonly storageRoot: string | null;
  readonly resultsFolder: string | null;
  readonly isObjectStore: boolean | null;
  /** `result_verdict.json`; null: not there. */
  readonly truth: {
    readonly isOk: boolean | null;
    readonly coverage: number | null;
  } | null;
}

/** The folder of one index. */
export interface VectorFacts extends Place {
  /** Null: the layout without a level for the engine. */
  readonly engine: string | null;
  readonly index: string;
  readonly loads: readonly VectorRunFacts[];
  readonly runs: readonly VectorRunFacts[];
  /** Of the system's file; null: nobody says. */
  readonly benchmarkApi: string | null;
}
