/**
 * What rules want to know of one run of training or checkpointing, whoever
 * made it: plain values, null where nobody has said.
 *
 * `lib/rules/tree/` fills it from the files of a run. Before a run it is filled
 * from settings: {@linkcode runFacts} with what is known.
 */
import type { Place } from "../place.ts";

/** One host of a run. */
export interface HostFacts {
  readonly name: string;
  readonly memoryBytes: number | null;
  readonly cores: number | null;
}

/** Whether results and data are on different file systems. */
export interface SeparationFacts {
  /** Null: it was not tried. */
  readonly isSeparate: boolean | null;
  /** How that is known: "fs_separation.json". */
  readonly source: string;
}

/** How much of what was read came from the device, as the kernel counts. */
export interface CacheFacts {
  /** Part of the bytes that did not come from the device, 0…1; null: unknown. */
  readonly hitFraction: number | null;
  /** What was done to the page cache; null: nothing, or nobody says. */
  readonly drop: string | null;
}

/** When an epoch of a run began and ended, in seconds of local time. */
export interface EpochFacts {
  readonly epoch: number;
  readonly startSeconds: number | null;
  readonly endSeconds: number | null;
}

/** What a run measures. */
export type RunFamily = "training" | "checkpointing";

/** One run. */
export interface RunFacts extends Place {
  readonly family: RunFamily | null;
  /** `<YYYYMMDD_HHmmss>` as seconds of local time; null: no such name. */
  readonly folderSeconds: number | null;
  readonly model: string | null;
  /** "b200", as the metadata or the workload's name has it. */
  readonly accelerator: string | null;
  /** Simulated accelerators, or processes of a checkpoint, on all hosts. */
  readonly accelerators: number | null;
  readonly hostCount: number | null;
  readonly hosts: readonly HostFacts[];
  /** Processes of each host, in the order of hosts; null: nobody says. */
  readonly processesPerHost: readonly number[] | null;
  /** Of all hosts together. */
  readonly memoryBytes: number | null;
  /** Settings by their dotted name, with overrides applied. */
  readonly parameters: ReadonlyMap<string, unknown>;
  /** Settings that differ from the workload file; null: nobody says. */
  readonly overrides: ReadonlyMap<string, unknown> | null;
  readonly dataFolder: string | null;
  readonly checkpointFolder: string | null;
  readonly resultsFolder: string | null;
  /** Whether the storage is an object store; null: nobody says. */
  readonly isObjectStore: boolean | null;
  readonly separation: SeparationFacts | null;
  /** From summary.json, in seconds of local time. */
  readonly startSeconds: number | null;
  readonly endSeconds: number | null;
  /** When the tool was started, and ended. */
  readonly invocationStartSeconds: number | null;
  readonly invocationEndSeconds: number | null;
  /** False: the run ended early; null: nobody says. */
  readonly isComplete: boolean | null;
  readonly numFilesTrain: number | null;
  readonly samplesPerFile: number | null;
  readonly recordBytes: number | null;
  readonly batchSize: number | null;
  readonly auMeanPercent: number | null;
  /** DLIO's `train_au_meet_expectation`: "success" or "fail". */
  readonly auExpectation: string | null;
  /** AU of each epoch, as far as they were recorded. */
  readonly epochs: readonly EpochFacts[] | null;
  /** Epochs that have an AU; null: nobody says. */
  readonly measuredEpochs: number | null;
  readonly trainCache: CacheFacts | null;
  readonly loadCache: CacheFacts | null;
  /** Checkpoints that the run was to write and to read. */
  readonly checkpointWrites: number | null;
  readonly checkpointReads: number | null;
  /** Checkpoints that it has written and read. */
  readonly writesDone: number | null;
  readonly readsDone: number | null;
  /** Bytes of one checkpoint. */
  readonly checkpointBytes: number | null;
  /** `checkpoint.scale`; below 1 files are a part of their real length. */
  readonly checkpointScale: number;
  /** Whether Stoker itself made the run. */
  readonly isByStoker: boolean;
  /** Variables that tune the object client and no configuration declares. */
  readonly undeclaredVariables: readonly string[];
}

const NOTHING: RunFacts = {
  where: ".",
  division: null,
  family: null,
  folderSeconds: null,
  model: null,
  accelerator: null,
  accelerators: null,
  hostCount: null,
  hosts: [],
  processesPerHost: null,
  memoryBytes: null,
  parameters: new Map(),
  overrides: null,
  dataFolder: null,
  checkpointFolder: null,
  resultsFolder: null,
  isObjectStore: null,
  separation: null,
  startSeconds: null,
  endSeconds: null,
  invocationStartSeconds: null,
  invocationEndSeconds: null,
  isComplete: null,
  numFilesTrain: null,
  samplesPerFile: null,
  recordBytes: null,
  batchSize: null,
  auMeanPercent: null,
  auExpectation: null,
  epochs: null,
  measuredEpochs: null,
  trainCache: null,
  loadCache: null,
  checkpointWrites: null,
  checkpointReads: null,
  writesDone: null,
  readsDone: null,
  checkpointBytes: null,
  checkpointScale: 1,
  isByStoker: false,
  undeclaredVariables: [],
};

/**
 * Facts of a run.
 *
 * @param known What is known; everything else is null.
 */
export function runFacts(known: Partial<RunFacts>): RunFacts {
  return { ...NOTHING, ...known };
}
