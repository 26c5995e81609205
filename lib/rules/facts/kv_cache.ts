/**
 * What rules want to know of one run of the KV cache benchmark: its summary,
 * its metadata and what each rank recorded.
 */
import type { Place } from "../place.ts";
import type { SeparationFacts } from "./run_facts.ts";

/** What one rank of one trial recorded. */
export interface KvRankFacts {
  readonly where: string;
  readonly rank: number;
  /** Null: nobody says. */
  readonly readGibPerSecond: number | null;
  readonly writeGibPerSecond: number | null;
  readonly tokensPerSecond: number | null;
  readonly storageEntries: number | null;
  readonly cacheFolder: string | null;
  /** What the option was run with, by name; empty: nobody says. */
  readonly settings: ReadonlyMap<string, unknown>;
}

/** One of the three options. */
export interface KvOptionFacts {
  readonly option: string;
  /** Of the summary; null: the summary has no such option. */
  readonly summary: ReadonlyMap<string, unknown> | null;
  /** By trial. */
  readonly trials: readonly (readonly KvRankFacts[])[];
}

/** One run. */
export interface KvCacheFacts extends Place {
  readonly model: string;
  readonly options: readonly KvOptionFacts[];
  /** `args` of the metadata, by name; null: no metadata. */
  readonly args: ReadonlyMap<string, unknown> | null;
  /** Clients of all hosts, hosts, and clients of each, as the summary says. */
  readonly totalRanks: number | null;
  readonly hostCount: number | null;
  readonly ranksPerHost: number | null;
  readonly hasPartialFailure: boolean | null;
  readonly separation: SeparationFacts | null;
  readonly cacheFolder: string | null;
  readonly resultsFolder: string | null;
}
