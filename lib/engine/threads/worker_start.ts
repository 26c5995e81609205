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

/** What the crew adds for every worker. */
export interface CrewStart {
  /** Absent: the run is not traced. */
  readonly trace?: TraceStart;
}

/** What every worker is started with. */
interface WorkerStart extends CrewStart {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
  /** This worker's row in the region. */
  readonly row: number;
}

/** Starts an accelerator. */
export interface AcceleratorStart extends WorkerStart {
  readonly place: RankPlace;
  readonly plan: RunPlan;
}

/** Starts a reader. */
export interface ReaderStart extends WorkerStart {
  readonly place: RankPlace;
  readonly reader: number;
  readonly plan: RunPlan;
}

/** Starts a thread that saves and loads checkpoints. */
export interface CheckpointerStart extends CrewStart {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
  /** Its number, < `plan.threadCount`; what it serves follows from it. */
  readonly thread: number;
  readonly cluster: Cluster;
  readonly plan: CheckpointPlan;
}

/** Starts a generator or verifier. */
export interface GeneratorStart extends WorkerStart {
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
  | { readonly type: "failed"; readonly error: PlainError }
  | { readonly type: "damage"; readonly damage: Damage }
  | { readonly type: "ended" };
