/**
 * What the engine is given by whoever runs it: time, a way to stop it, and
 * listeners.
 */
import type { Moment, PhaseRecord } from "../metrics/run_record.ts";
import type { Snapshot } from "./phase_runner.ts";

/** Arguments of every engine run beside its plan. */
export interface RunHooks {
  /** Aborting stops the run; the reason, a StokerError, says why. */
  readonly signal: AbortSignal;
  /** Now, on the clock that began with the run. */
  readonly moment: () => Moment;
  readonly hostname: string;
  /** Longest time that one operation may take; Infinity: any. */
  readonly stallTimeoutMs: number;
  /** A few times per second while a phase runs. */
  readonly onProgress: (snapshot: Snapshot) => void;
  /** A phase is about to begin. */
  readonly onPhaseBegin: (phase: PhaseBegin) => void;
  /** A phase has ended, complete or not. */
  readonly onPhaseEnd: (phase: PhaseRecord) => void;
  /** A checkpoint between steps has ended; the training phase goes on. */
  readonly onPhaseWithin?: (phase: PhaseRecord) => void;
}

/** What is known of a phase before it begins. */
export interface PhaseBegin {
  readonly kind: PhaseRecord["kind"];
  readonly epoch: number;
  /** Steps of every accelerator; 0 where there are no steps. */
  readonly stepCount: number;
  readonly at: Moment;
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
