/**
 * What is to be seen of a run while it goes on: looks at its phases become
 * figures of now and so far. The terminal, `--live` and `/metrics` show them.
 *
 * A look comes up to twenty times a second and costs nothing here unless a
 * second has passed since the last one that was kept.
 */
import type { PhaseBegin } from "../../engine/run/run_hooks.ts";
import { percentileUs } from "../../metrics/latency.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { RankProgress, Snapshot } from "../../metrics/snapshot.ts";
import {
  type KindAhead,
  MIN_RATE_SECONDS,
  type RunLeft,
  RunTimes,
} from "./time_left.ts";

/** Between two looks that are kept, in seconds. */
const KEPT_SECONDS = 1;
/** "Now" is the mean of so long, in seconds. */
const NOW_SECONDS = 5;
/** Looks that are kept: those of "now", and the columns of a sparkline. */
const KEPT_MAX = 120;
const US_PER_MS = 1000;

/** The accelerator that waited longest for its batches. */
export interface SlowestRank {
  readonly rank: number;
  /** Of its time, 0…1. */
  readonly waitingFraction: number;
}

/** What is to be seen of a running phase. */
export interface LiveState {
  /** "train, epoch 2 of 3". */
  readonly title: string;
  readonly snapshot: Snapshot;
  /** Seconds to the end of the phase; null: not known yet. */
  readonly phaseLeftSeconds: number | null;
  /** Null: not known yet, or nothing but this phase is known. */
  readonly runLeft: RunLeft | null;
  /** Percent, over the last seconds; null before there is. */
  readonly auNowPercent: number | null;
  /** Percent; null: the run has no goal. */
  readonly auGoalPercent: number | null;
  /** Over the last seconds; null before there is a rate. */
  readonly bytesPerSecondNow: number | null;
  /** Since the phase began; null before there is a rate. */
  readonly bytesPerSecond: number | null;
  /** Steps or files. */
  readonly unitsPerSecond: number | null;
  /** Of each of the last seconds, the latest last. */
  readonly bytesPerSecondHistory: readonly number[];
  /** Of the phase's reads, or writes, and requests so far. */
  readonly p99Ms: number | null;
  /** 0…1, of what was read; null: not known, or nothing is read. */
  readonly fromMemoryFraction: number | null;
  /** Null with a single accelerator, or before there is a step. */
  readonly slowestRank: SlowestRank | null;
}

/** A look that was kept. */
interface Kept {
  readonly atSeconds: number;
  readonly bytes: number;
  readonly requestedMs: number;
  readonly stepMs: number;
}

const START: Kept = { atSeconds: 0, bytes: 0, requestedMs: 0, stepMs: 0 };

/** See the file header. */
export class RunWatch {
  readonly #auGoalPercent: number | null;
  readonly #times = new RunTimes();
  #title = "";
  #last: Snapshot | null = null;
  #kept: Kept[] = [START];
  #history: number[] = [];

  /** @param options `auGoalPercent`: null where the run has none. */
  constructor(
    { auGoalPercent }: { readonly auGoalPercent: number | null },
  ) {
    this.#auGoalPercent = auGoalPercent;
  }

  /** The phases that are ahead. */
  plan(kinds: readonly KindAhead[]): void {
    this.#times.plan(kinds);
  }

  /** A phase begins. */
  begin({ kind }: Pick<PhaseBegin, "kind">, title: string): void {
    this.#times.begin(kind);
    this.#title = title;
    this.#last = null;
    this.#kept = [START];
    this.#history = [];
  }

  /** A look at the phase. */
  look(snapshot: Snapshot): void {
    this.#last = snapshot;
    const { elapsedSeconds, bytes, ranks } = snapshot;
    const before = this.#kept.at(-1) ?? START;
    const sinceSeconds = elapsedSeconds - before.atSeconds;
    if (sinceSeconds < KEPT_SECONDS) return;
    this.#kept.push({ atSeconds: elapsedSeconds, bytes, ...sumsOf(ranks) });
    this.#history.push((bytes - before.bytes) / sinceSeconds);
    if (this.#kept.length > KEPT_MAX) this.#kept.shift();
    if (this.#history.length > KEPT_MAX) this.#history.shift();
  }

  /** The phase is over. @returns The last look at it; null: there was none. */
  end(): Snapshot | null {
    const last = this.#last;
    if (last !== null) this.#times.end(last);
    this.#last = null;
    return last;
  }

  /** What is to be seen now; null between phases. */
  state(): LiveState | null {
    const snapshot = this.#last;
    if (snapshot === null) return null;
    const { elapsedSeconds, bytes, done } = snapshot;
    const hasRate = elapsedSeconds >= MIN_RATE_SECONDS;
    return {
      title: this.#title,
      snapshot,
      phaseLeftSeconds: this.#times.phaseLeft(snapshot),
      runLeft: this.#times.runLeft(snapshot),
      auNowPercent: this.#auNow(snapshot),
      auGoalPercent: this.#auGoalPercent,
      bytesPerSecondNow: hasRate ? this.#bytesPerSecondNow(snapshot) : null,
      bytesPerSecond: hasRate ? bytes / elapsedSeconds : null,
      unitsPerSecond: hasRate ? done / elapsedSeconds : null,
      bytesPerSecondHistory: this.#history,
      p99Ms: p99Ms(snapshot),
      fromMemoryFraction: fromMemory(snapshot),
      slowestRank: slowestRank(snapshot.ranks),
    };
  }

  #bytesPerSecondNow({ elapsedSeconds, bytes }: Snapshot): number {
    const from = this.#keptBefore(elapsedSeconds - NOW_SECONDS);
    const seconds = elapsedSeconds - from.atSeconds;
    return seconds > 0 ? (bytes - from.bytes) / seconds : 0;
  }

  /** Steps may be longer than "now": then it is the last ones that count. */
  #auNow({ elapsedSeconds, ranks, auPercent }: Snapshot): number | null {
    // The first step of each accelerator is left out there, and so here.
    if (auPercent === null) return null;
    const now = sumsOf(ranks);
    const fromSeconds = elapsedSeconds - NOW_SECONDS;
    for (let index = this.#kept.length - 1; index > 0; index--) {
      const from = this.#kept[index] ?? START;
      if (from.atSeconds > fromSeconds || from.stepMs === now.stepMs) continue;
      if (from.stepMs === 0) break;
      return 100 * (now.requestedMs - from.requestedMs) /
        (now.stepMs - from.stepMs);
    }
    return auPercent;
  }

  /** The last one that was kept before a time; else the first. */
  #keptBefore(atSeconds: number): Kept {
    return this.#kept.findLast((kept) => kept.atSeconds <= atSeconds) ??
      this.#kept[0] ?? START;
  }
}

function sumsOf(
  { requestedMs, stepMs }: RankProgress,
): Pick<Kept, "requestedMs" | "stepMs"> {
  const sum = (values: Float64Array) => {
    let total = 0;
    for (const value of values) total += value;
    return total;
  };
  return { requestedMs: sum(requestedMs), stepMs: sum(stepMs) };
}

function p99Ms({ latency }: Snapshot): number | null {
  const us = percentileUs(latency, 0.99);
  return us === null ? null : us / US_PER_MS;
}

/** As `cache_truth.ts` has it. */
function fromMemory({ kind, device }: Snapshot): number | null {
  const { bytes, ofBytes } = device;
  if (PHASE_KINDS[kind].direction !== "read") return null;
  if (bytes === null || ofBytes <= 0) return null;
  return Math.max(0, ofBytes - bytes) / ofBytes;
}

function slowestRank(ranks: RankProgress): SlowestRank | null {
  const { loadMs, stepMs, firstRank } = ranks;
  if (loadMs.length < 2) return null;
  let slowest = 0;
  for (let index = 1; index < loadMs.length; index++) {
    if ((loadMs[index] ?? 0) > (loadMs[slowest] ?? 0)) slowest = index;
  }
  const ofMs = stepMs[slowest] ?? 0;
  if (ofMs <= 0) return null;
  return {
    rank: firstRank + slowest,
    waitingFraction: Math.min(1, (loadMs[slowest] ?? 0) / ofMs),
  };
}
