/**
 * Writes the times of an accelerator's steps into the region: each step for
 * itself, or, in a long run, the sum of each entry's steps
 * (`metrics/step_entries.ts`) beside histograms of single steps.
 *
 * Nothing is allocated from the first step to the last.
 */
import { clearHistogram, recordMs } from "../../metrics/histogram.ts";
import { entryBounds, type StepEntries } from "../../metrics/step_entries.ts";
import { OVERRUN_SLOT, type Region, STEP_TIMES } from "../threads/region.ts";

/** Entries of one phase: where each begins, and which is written. */
interface SharedEntries {
  readonly bounds: Float64Array;
  readonly histograms: readonly Float64Array[];
  readonly overrun: Float64Array;
  entry: number;
}

/** Of one accelerator. */
export class StepRecorder {
  readonly #region: Region;
  readonly #localRank: number;
  readonly #loadMs: Float64Array;
  readonly #computeMs: Float64Array;
  readonly #stepMs: Float64Array;
  readonly #requestedMs: Float64Array;
  #shared: SharedEntries | null = null;

  /** @param localRank Of the accelerator. */
  constructor(region: Region, localRank: number) {
    this.#region = region;
    this.#localRank = localRank;
    const timesOf = (name: typeof STEP_TIMES[number]) =>
      region.stepTimes(localRank, STEP_TIMES.indexOf(name));
    this.#loadMs = timesOf("load");
    this.#computeMs = timesOf("compute");
    this.#stepMs = timesOf("step");
    this.#requestedMs = timesOf("requested");
  }

  /**
   * Before the first step of a phase.
   *
   * @param entries Which steps share an entry; absent: none do.
   */
  begin(entries: StepEntries | undefined): void {
    this.#shared = null;
    if (entries === undefined) return;
    const histograms = STEP_TIMES.map((_name, time) =>
      this.#region.stepHistogram(this.#localRank, time)
    );
    for (const histogram of histograms) clearHistogram(histogram);
    const overrun = this.#region.stepOverrun(this.#localRank).fill(0);
    const bounds = entryBounds(entries);
    this.#shared = { bounds, histograms, overrun, entry: -1 };
  }

  /**
   * Takes the times of a step, milliseconds each.
   *
   * @param step Index in the phase; one after the other.
   */
  record(
    step: number,
    loadMs: number,
    computeMs: number,
    stepMs: number,
    requestedMs: number,
  ): void {
    const shared = this.#shared;
    if (shared !== null) {
      this.#recordShared(shared, step, loadMs, computeMs, stepMs, requestedMs);
      return;
    }
    this.#loadMs[step] = loadMs;
    this.#computeMs[step] = computeMs;
    this.#stepMs[step] = stepMs;
    this.#requestedMs[step] = requestedMs;
  }

  #recordShared(
    shared: SharedEntries,
    step: number,
    loadMs: number,
    computeMs: number,
    stepMs: number,
    requestedMs: number,
  ): void {
    const { bounds, histograms, overrun } = shared;
    if (step === bounds[shared.entry + 1]) {
      const entry = ++shared.entry;
      // Here is what an earlier phase left.
      this.#loadMs[entry] = 0;
      this.#computeMs[entry] = 0;
      this.#stepMs[entry] = 0;
      this.#requestedMs[entry] = 0;
    }
    const { entry } = shared;
    this.#loadMs[entry] = (this.#loadMs[entry] as number) + loadMs;
    this.#computeMs[entry] = (this.#computeMs[entry] as number) + computeMs;
    this.#stepMs[entry] = (this.#stepMs[entry] as number) + stepMs;
    this.#requestedMs[entry] = (this.#requestedMs[entry] as number) +
      requestedMs;
    // In the order of STEP_TIMES.
    recordMs(histograms[0] as Float64Array, loadMs);
    recordMs(histograms[1] as Float64Array, computeMs);
    recordMs(histograms[2] as Float64Array, stepMs);
    recordMs(histograms[3] as Float64Array, requestedMs);
    const overrunMs = computeMs - requestedMs;
    if (overrunMs > (overrun[OVERRUN_SLOT.maxMs] as number)) {
      overrun[OVERRUN_SLOT.maxMs] = overrunMs;
      overrun[OVERRUN_SLOT.step] = step;
    }
  }
}
