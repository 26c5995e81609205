/**
 * What the results of a run need to know beside what was measured: the
 * settings that formulas use, and plain data that is saved as it is given.
 *
 * The caller derives it from the resolved workload; results and metrics know
 * nothing of configuration.
 */
import type { SummarySettings } from "../metrics/summary_settings.ts";
import type { MlperfFacts } from "./mlperf/mlperf_facts.ts";

/** One setting as it was resolved. Secrets must already be masked. */
export interface SettingOrigin {
  readonly value: unknown;
  /** "default", "workloads/unet3d_h100.yaml", "++workload.…" and so on. */
  readonly origin: string;
}

/** A folder of a run in a file system of its host. */
export interface StoragePlace {
  /** "dataset", "checkpoints". */
  readonly role: string;
  readonly path: string;
  /** Of the file system: "ext4", "nfs4". */
  readonly type: string;
  /** What is mounted: "/dev/nvme0n1p1", "server:/export". */
  readonly device: string;
  /** Of the mount and of the file system. */
  readonly options: readonly string[];
}

/** Which share of a run was done, waiting for no other. */
export interface SharePlace {
  /** From 1. */
  readonly number: number;
  readonly count: number;
  /** Of all shares together. */
  readonly accelerators: number;
  /** `--start-at`, milliseconds since 1970; absent: at once. */
  readonly startAtMs?: number;
}

/** How the shares lay to each other that a result was made of. */
export interface MergedShares {
  readonly count: number;
  /**
   * From the first to the last begin of the first phase, by the clocks of
   * their hosts.
   */
  readonly startSpreadSeconds: number;
  /** Their results folders, in the order of the shares. */
  readonly folders: readonly string[];
}

/** Which parts of a workflow a run had. */
export interface Workflow {
  readonly generateData: boolean;
  readonly train: boolean;
  readonly evaluation: boolean;
  readonly checkpoint: boolean;
}

/** The processes of a run, and what they spoke through. */
export interface ProcessFacts {
  readonly count: number;
  /** MPI library: "Open MPI", "MPICH". */
  readonly library: string;
  readonly version: string;
  /** File that was loaded. */
  readonly path: string;
  /** What started them: "mpirun (Open MPI)", "srun". */
  readonly launcher: string;
}

/** Settings and texts that accompany a run record. */
export interface ResultContext extends SummarySettings {
  readonly stokerVersion: string;
  /** Of Deno, V8, TypeScript and libraries: name to version. */
  readonly versions: Readonly<Record<string, string>>;
  /** Command line after the program's name, secrets masked. */
  readonly commandLine: readonly string[];
  /** `--label`; empty if there was none. */
  readonly label: string;
  /** `model.name`. */
  readonly modelName: string;
  readonly workflow: Workflow;
  readonly numFilesEval: number;
  readonly batchSize: number;
  readonly batchSizeEval: number;
  readonly readThreads: number;
  /**
   * Class of comparable runs, 16 hexadecimal digits: see
   * `config/core_config.ts`.
   * @default {null} None.
   */
  readonly comparabilityClass?: string | null;
  /**
   * What MLPerf Storage's tools are told.
   * @default {null} Nothing.
   */
  readonly mlperf?: MlperfFacts | null;
  /**
   * Where the run's files are.
   * @default {[]} Not known: an older folder, an object store
   */
  readonly places?: readonly StoragePlace[];
  /** What joined the processes; absent of a run with a single one. */
  readonly processes?: ProcessFacts;
  /** Of a run of which only a share was done; absent: all of it. */
  readonly share?: SharePlace;
  /** Of a result that was made of shares; absent: of one run. */
  readonly merged?: MergedShares;
  /** Minutes that local time is ahead of UTC; DLIO's timestamps are local. */
  readonly utcOffsetMinutes: number;
  /** `output.log_file`: name of DLIO's log in the results folder. */
  readonly logFile: string;
  /** Key to value and origin, for `stoker.json`. */
  readonly settings: Readonly<Record<string, SettingOrigin>>;
  /** What is saved below `workload:` in `config.yaml`, DLIO's tree. */
  readonly workload: Readonly<Record<string, unknown>>;
  /** DLIO's overrides in command-line order: `++workload.a.b=v`. */
  readonly overrides: readonly string[];
  /** `hydra.output_subdir`: the folder of `config.yaml`. */
  readonly hydraFolder: string;
  /** Working directory, for `hydra.yaml`. */
  readonly workingFolder: string;
}

/**
 * Whether a run's files were a part of their real length. Other tools cannot
 * see that, so nothing is written by which they would take the run for a
 * real one.
 */
export function isScaled({ checkpointScale = 1 }: ResultContext): boolean {
  return checkpointScale !== 1;
}

/** What stands before the lines that DLIO would print. */
export type MetricTag = "METRIC" | "SCALED" | "SHARE";

/**
 * What stands before DLIO's lines of a run: its own word only where they are
 * of a whole and real run, since scripts search for it. DLIO's files are
 * written under the same condition.
 */
export function metricTag(context: ResultContext): MetricTag {
  if (isScaled(context)) return "SCALED";
  return context.share === undefined ? "METRIC" : "SHARE";
}
