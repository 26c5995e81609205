/**
 * What the engine is given by its caller: time, a way to stop it, and
 * listeners.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { Joined } from "../../cluster/joined.ts";
import type { Moment, PhaseRecord } from "../../metrics/run_record.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import type { Wait } from "./wait.ts";
import type { RunTrace } from "../trace/run_trace.ts";
import type { PhaseOrder } from "./phase_runner.ts";
import type { PlannedKind } from "./planned_phases.ts";

/** See `wait.ts`. */
export type { Wait } from "./wait.ts";

/** Arguments of every engine run beside its plan. */
export interface RunHooks extends Joined {
  /** Aborting stops the run; the reason, a StokerError, says why. */
  readonly signal: AbortSignal;
  /** Now, on the clock that began with the run. */
  readonly moment: () => Moment;
  readonly hostname: string;
  /**
   * When the first phase begins, milliseconds since 1970 by this host's clock;
   * absent: at once.
   */
  readonly startAtMs?: number;
  /** Longest time that one operation may take; Infinity: any. */
  readonly stallTimeoutMs: number;
  /**
   * The main thread waits for something between phases; null: no longer.
   * Absent: nobody wants to know.
   */
  readonly onWait?: (wait: Wait | null) => void;
  /**
   * The phases that are ahead; again when more is known of the dataset.
   * Absent: nobody wants to know.
   */
  readonly onPlan?: (kinds: readonly PlannedKind[]) => void;
  /** A few times per second while a phase runs. */
  readonly onProgress: (snapshot: Snapshot) => void;
  /** A phase is about to begin. */
  readonly onPhaseBegin: (phase: PhaseBegin) => void;
  /** A phase has ended, complete or not; the next one waits for it. */
  readonly onPhaseEnd: (phase: PhaseRecord) => Awaitable<void>;
  /** Where threads leave records of what they do; absent: nowhere. */
  readonly trace?: RunTrace;
  /** A checkpoint between steps has ended; the training phase continues. */
  readonly onPhaseWithin?: (phase: PhaseRecord) => void;
}

/** Which one of a run's checkpoints a phase saves or loads. */
export interface CheckpointTurn {
  /** From 1, those that are saved and loaded each counted for themselves. */
  readonly number: number;
  /** How many the run saves, or loads. */
  readonly count: number;
}

/** What is known of a phase before it begins. */
export interface PhaseBegin {
  readonly kind: PhaseRecord["kind"];
  readonly epoch: number;
  /** Steps of every accelerator; 0 where there are no steps. */
  readonly stepCount: number;
  /** Absent where nothing is saved or loaded. */
  readonly checkpoint?: CheckpointTurn;
  readonly at: Moment;
}

/** What is known of a phase once it is ordered. @param at Now. */
export function phaseBegin(order: PhaseOrder, at: Moment): PhaseBegin {
  const { kind, epoch, stepCount, checkpoint } = order;
  if (checkpoint === undefined) return { kind, epoch, stepCount, at };
  const { number, count } = checkpoint;
  return { kind, epoch, stepCount, checkpoint: { number, count }, at };
}

/** What became of a run. */
export interface RunOutcome {
  readonly phases: readonly PhaseRecord[];
  /** Why it ended early; null if it did not. */
  readonly error: Error | null;
}

/**
 * A clock for a run: wall time is read once, what follows is monotonic.
 *
 * @param wallMs Milliseconds since 1970 at the beginning.
 * @param nowMs `performance.now()` or a fake.
 */
export function createRunClock(
  wallMs: number,
  nowMs: () => number,
): () => Moment {
  const startMs = nowMs();
  return () => {
    const elapsedMs = nowMs() - startMs;
    return { wallMs: wallMs + elapsedMs, atSeconds: elapsedMs / 1000 };
  };
}
