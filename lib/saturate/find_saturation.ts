/**
 * The search, with whatever measures: asks for loads, measures each until its
 * runs agree, and says what ended it. It knows neither runs nor settings.
 */
import { TimeLimitError } from "../errors.ts";
import { BoundarySearch, type SearchBounds } from "./boundary_search.ts";
import {
  isEnough,
  type ProbePoint,
  probePoint,
  type ProbeRun,
} from "./probe.ts";
import type { SearchQuantity } from "./search_quantity.ts";

/** Why a load cannot be measured. */
export interface Obstacle {
  readonly kind: "dataset" | "memory" | "threads";
  /** A sentence without a period, with what would be needed. */
  readonly text: string;
}

/** What ended a search. */
export type SearchEnd =
  | "boundary"
  | "max"
  | Obstacle["kind"]
  | "time_limit"
  | "interrupted"
  | "failed";

/** A load that is about to be measured. */
export interface ProbeBegin {
  readonly value: number;
  /** Number of the run at this load, from 1. */
  readonly run: number;
  readonly isRecheck: boolean;
}

/** Who measures, and how much. */
export interface SearchOptions {
  readonly quantity: SearchQuantity;
  readonly first: number;
  readonly max: number;
  /** AU to reach. */
  readonly goalPercent: number;
  /** Most runs of a load, each time that it is measured. */
  readonly maxRuns: number;
  /** Aborted: the search ends with what it has. */
  readonly signal: AbortSignal;
  /** Says why a load cannot be measured; null: it can. */
  readonly obstacle: (value: number) => Promise<Obstacle | null>;
  readonly probe: (begin: ProbeBegin) => Promise<ProbeRun>;
  /** Hears of each load once it is measured, again if that is repeated. */
  readonly onPoint: (measured: MeasuredPoint) => Promise<void>;
}

/** A load that was measured, and what the search has found by then. */
export interface MeasuredPoint {
  readonly point: ProbePoint;
  readonly isRecheck: boolean;
  readonly outcome: SearchOutcome;
}

/** What a search found. */
export interface SearchOutcome {
  /** By load, the least first. */
  readonly points: readonly ProbePoint[];
  readonly bounds: SearchBounds;
  /** Null while it goes on. */
  readonly end: SearchEnd | null;
  /** Why larger loads were not measured; null where that was no reason. */
  readonly obstacle: Obstacle | null;
  /** What ended it early; null if nothing did. */
  readonly error: Error | null;
}

/**
 * Searches.
 *
 * @param options Who measures, and how much.
 * @returns What was found, also when it was ended early.
 */
export async function findSaturation(
  options: SearchOptions,
): Promise<SearchOutcome> {
  const search = new SaturationSearch(options);
  try {
    await search.run();
    return search.outcome(search.end(), null);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (!options.signal.aborted) return search.outcome("failed", error);
    const { reason } = options.signal;
    return search.outcome(
      reason instanceof TimeLimitError ? "time_limit" : "interrupted",
      reason instanceof Error ? reason : error,
    );
  }
}

class SaturationSearch {
  readonly #options: SearchOptions;
  readonly #search: BoundarySearch;
  readonly #points = new Map<number, ProbePoint>();
  #obstacle: Obstacle | null = null;

  constructor(options: SearchOptions) {
    this.#options = options;
    const { first, max } = options;
    this.#search = new BoundarySearch({ first, cap: max });
  }

  async run(): Promise<void> {
    const { quantity, signal, onPoint } = this.#options;
    for (;;) {
      const step = this.#search.next();
      if (step === null) return;
      const obstacle = await this.#options.obstacle(step.value);
      if (obstacle !== null) {
        this.#obstacle = obstacle;
        const cap = await this.#largestPossible(step.value);
        // Not even the least one can be measured.
        if (cap === 0) return;
        this.#search.limitTo(cap);
        continue;
      }
      const point = await this.#measure(step.value, step.isRecheck);
      signal.throwIfAborted();
      this.#points.set(step.value, point);
      this.#search.tell(
        step.value,
        quantity.isLoad ? point.meetsGoal : !point.meetsGoal,
      );
      await onPoint({
        point,
        isRecheck: step.isRecheck,
        outcome: this.outcome(null, null),
      });
    }
  }

  outcome(end: SearchEnd | null, error: Error | null): SearchOutcome {
    return {
      points: [...this.#points.values()].sort((a, b) => a.value - b.value),
      bounds: this.#search.bounds(),
      end,
      obstacle: this.#obstacle,
      error,
    };
  }

  /** Of a search that came to its end. */
  end(): SearchEnd {
    const { fails } = this.#search.bounds();
    if (fails !== null && fails <= this.#search.cap) return "boundary";
    return this.#obstacle?.kind ?? "max";
  }

  async #measure(value: number, isRecheck: boolean): Promise<ProbePoint> {
    const { goalPercent, maxRuns, probe } = this.#options;
    const before = this.#points.get(value)?.runs ?? [];
    const runs: ProbeRun[] = [];
    do {
      const run = before.length + runs.length + 1;
      runs.push(await probe({ value, run, isRecheck }));
    } while (!isEnough(runs, { goalPercent, maxRuns }));
    return probePoint(value, [...before, ...runs], goalPercent);
  }

  /** The largest load without an obstacle below one that has one; 0: none. */
  async #largestPossible(obstructed: number): Promise<number> {
    let possible = this.#search.bounds().holds ?? 0;
    let impossible = obstructed;
    while (impossible - possible > 1) {
      const middle = Math.floor((possible + impossible) / 2);
      const obstacle = await this.#options.obstacle(middle);
      if (obstacle === null) possible = middle;
      else impossible = middle;
    }
    return possible;
  }
}
