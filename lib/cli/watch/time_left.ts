/**
 * When a phase and the whole run will be over, as far as anybody can tell: a
 * phase goes on at its mean rate, and one that is ahead takes as long for a
 * step or a file as those of its kind did.
 */
import type { PhaseKind } from "../../metrics/phase_kinds.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";

/** Below this a rate says nothing, in seconds. */
export const MIN_RATE_SECONDS = 0.5;

/** The phases of a kind that are ahead, as far as their time matters. */
export interface KindAhead {
  readonly kind: PhaseKind;
  readonly phaseCount: number;
  /** Steps of all accelerators, or files, of each. */
  readonly total: number;
}

/** What is left of a run. */
export interface RunLeft {
  readonly seconds: number;
  /**
   * Whether it takes longer: there are phases ahead of a kind that has not
   * been seen yet, and they are not counted.
   */
  readonly isLeast: boolean;
}

/**
 * Time to the phase's end if it goes on at its mean rate.
 *
 * @returns Seconds; null before there is a rate and after the end.
 */
export function secondsLeft(
  { done, total, elapsedSeconds }: Pick<
    Snapshot,
    "done" | "total" | "elapsedSeconds"
  >,
): number | null {
  if (elapsedSeconds < MIN_RATE_SECONDS) return null;
  if (done <= 0 || done >= total) return null;
  return ((total - done) * elapsedSeconds) / done;
}

/** What the phases of a run have taken, and which are ahead. */
export class RunTimes {
  /** Null: nobody has said. */
  #ahead: KindAhead[] | null = null;
  readonly #taken = new Map<PhaseKind, { units: number; seconds: number }>();

  /** Sets what is ahead. */
  plan(kinds: readonly KindAhead[]): void {
    this.#ahead = [...kinds];
  }

  /** A phase begins: it is no longer ahead. */
  begin(kind: PhaseKind): void {
    this.#ahead =
      this.#ahead?.map((ahead) =>
        ahead.kind === kind
          ? { ...ahead, phaseCount: Math.max(0, ahead.phaseCount - 1) }
          : ahead
      ) ?? null;
  }

  /** A phase is over. @param snapshot The last one of it. */
  end({ kind, done, elapsedSeconds }: Snapshot): void {
    const taken = this.#taken.get(kind) ?? { units: 0, seconds: 0 };
    taken.units += done;
    taken.seconds += elapsedSeconds;
    this.#taken.set(kind, taken);
  }

  /** Time to the end of a phase; null: nobody can tell yet. */
  phaseLeft(snapshot: Snapshot): number | null {
    const { kind, done, total } = snapshot;
    if (done >= total) return 0;
    const left = secondsLeft(snapshot);
    if (left !== null) return left;
    const perUnit = this.#secondsPerUnit(kind, null);
    return perUnit === null ? null : (total - done) * perUnit;
  }

  /**
   * Time to the end of the run.
   *
   * @param snapshot Of the phase that is running.
   * @returns Null: nobody can tell yet, or the run has no plan.
   */
  runLeft(snapshot: Snapshot): RunLeft | null {
    const phaseLeft = this.phaseLeft(snapshot);
    if (phaseLeft === null || this.#ahead === null) return null;
    let seconds = phaseLeft;
    let isLeast = false;
    for (const { kind, phaseCount, total } of this.#ahead) {
      if (phaseCount === 0) continue;
      const perUnit = this.#secondsPerUnit(kind, snapshot);
      if (perUnit === null) isLeast = true;
      else seconds += phaseCount * total * perUnit;
    }
    return { seconds, isLeast };
  }

  #secondsPerUnit(kind: PhaseKind, running: Snapshot | null): number | null {
    const taken = this.#taken.get(kind);
    const isRunning = running?.kind === kind;
    const units = (taken?.units ?? 0) + (isRunning ? running.done : 0);
    const seconds = (taken?.seconds ?? 0) +
      (isRunning ? running.elapsedSeconds : 0);
    return units > 0 ? seconds / units : null;
  }
}
