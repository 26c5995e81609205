/**
 * Messages between the main thread and its workers: one to start each, one
 * when it is ready, one if it fails. Counts travel through the region.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { RankPlace } from "../../cluster/ranks.ts";
import type { PlainError } from "../../errors.ts";
import type { GeneratePlan } from "../plan/visit_plan.ts";
import type { RegionShape } from "./region.ts";
import type { RunPlan } from "../plan/run_plan.ts";

/** Where a thread leaves records of what it does, if the run is traced. */
export interface TraceStart {
  /** Of its ring, see `trace/trace_ring.ts`. */
  readonly buffer: SharedArrayBuffer;
  /** The begin of the run on the clock that all threads have in common. */
  readonly originMs: number;
}

/** What the crew adds for every thread. */
export interface CrewStart {
  /**
   * One for each of the thread's lines in the trace; absent: the run is not
   * traced.
   */
  readonly traces?: readonly TraceStart[];
}

/** What every thread is started with. */
interface ThreadStart extends CrewStart {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
}

/** An accelerator, and its row in the region. */
export interface AcceleratorPlace {
  readonly row: number;
  readonly place: RankPlace;
}

/** Starts a thread of accelerators. */
export interface AcceleratorStart extends ThreadStart {
  /** Those that it serves; their records have a line each. */
  readonly accelerators: readonly AcceleratorPlace[];
  readonly plan: RunPlan;
}

/** A reader, and its row in the region. */
export interface ReaderRow {
  readonly row: number;
  /** Of its accelerator. */
  readonly place: RankPlace;
  readonly reader: number;
  /** Which of the threads that fetch for it; 0: its own. */
  readonly share: number;
  /** For messages: "reader 2 of rank 0". */
  readonly title: string;
}

/** Starts a thread of readers. */
export interface ReaderStart extends ThreadStart {
  /** Its number among those of readers. */
  readonly thread: number;
  /** Those that it serves; their records have a line each. */
  readonly readers: readonly ReaderRow[];
  readonly plan: RunPlan;
}

/** Starts a thread that saves and loads checkpoints. */
export interface CheckpointerStart extends ThreadStart {
  /** Its number, < `plan.threadCount`; what it serves follows from it. */
  readonly thread: number;
  readonly cluster: Cluster;
  readonly plan: CheckpointPlan;
}

/** Starts a generator or verifier. */
export interface GeneratorStart extends ThreadStart {
  /** Its row in the region. */
  readonly row: number;
  readonly thread: number;
  readonly plan: GeneratePlan;
}

/** One damaged file that a verifier found. */
export interface Damage {
  readonly path: string;
  readonly kind: "missing" | "shorter" | "longer" | "different";
  /** First byte that is not as it should be. */
  readonly offset: number;
  readonly detail: string;
}

/** What a worker says to the main thread. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | {
    readonly type: "failed";
    /** Which of the thread's workers; absent: it has one, or all did. */
    readonly title?: string;
    readonly error: PlainError;
  }
  | { readonly type: "damage"; readonly damage: Damage }
  | { readonly type: "ended" };
