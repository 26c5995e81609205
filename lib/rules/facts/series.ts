/**
 * What rules want to know of a series of runs: those of one training model, or
 * the invocations of one checkpoint model. In a submission tree or outside.
 */
import type { Place } from "../place.ts";
import type { RunFacts } from "./run_facts.ts";

/** What a systems file says of remapping and sharing; null: nothing. */
export interface SharingFacts {
  readonly remapSeconds: number | null;
  readonly simultaneousWrite: boolean | null;
  readonly simultaneousRead: boolean | null;
}

/** Runs of one model, by time. */
export interface SeriesFacts extends Place {
  readonly model: string | null;
  readonly runs: readonly RunFacts[];
  /** Null: no systems file belongs to the series. */
  readonly sharing: SharingFacts | null;
}

/** What a `datasize` or `datagen` invocation recorded. */
export interface PhaseRunFacts {
  readonly where: string;
  /** Null: its metadata is missing or cannot be read. */
  readonly metadata: {
    readonly numFilesTrain: number | null;
    readonly numSubfoldersTrain: number | null;
    readonly totalDiskBytes: number | null;
    readonly model: string | null;
    readonly acceleratorType: string | null;
    readonly maxAccelerators: number | null;
    readonly hostMemoryGB: number | null;
    readonly hostCount: number | null;
    readonly dataFolder: string | null;
  } | null;
}

/** The folder of one training model in a submission tree. */
export interface TrainingModelFacts extends SeriesFacts {
  /** Entries of the model's folder, and of `run/`. */
  readonly entries: readonly string[];
  readonly runEntries: readonly string[];
  readonly datasizes: readonly PhaseRunFacts[];
  readonly datagens: readonly PhaseRunFacts[];
  /** Names in `datagen/` that are no time stamp. */
  readonly datagenEntries: readonly string[];
}

/** The folder of one checkpoint model in a submission tree. */
export interface CheckpointModelFacts extends SeriesFacts {
  readonly entries: readonly string[];
}
