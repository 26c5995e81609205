/**
 * Records what happens in a phase second by second: the main thread's own
 * looks at the region, and the kernel's counters beside them. Workers do
 * nothing for it.
 */
import type {
  SystemCounters,
  SystemProbe,
} from "../../host/system_counters.ts";
import { HISTOGRAM_SLOTS, mergeHistogram } from "../../metrics/histogram.ts";
import { OPERATIONS, TRANSFERS } from "../../metrics/operations.ts";
import type { PhaseSeries } from "../../metrics/phase_series.ts";
import type { PhaseKindTraits } from "../../metrics/phase_kinds.ts";
import {
  SeriesBuilder,
  type SeriesCounter,
  type SeriesLook,
} from "../../metrics/series_builder.ts";
import { FIELD, type Region } from "../threads/region.ts";

/** What a recorder looks at. */
export interface RecorderParts {
  readonly region: Region;
  /** Numbers of the rows that take part in the phase. */
  readonly rows: readonly number[];
  readonly direction: PhaseKindTraits["direction"];
  readonly probe: SystemProbe;
}

/** Of one phase. */
export class SeriesRecorder {
  readonly #probe: SystemProbe;
  readonly #rows: readonly {
    readonly fields: Float64Array;
    readonly histograms: readonly Float64Array[];
  }[];
  readonly #builder: SeriesBuilder;
  readonly #firstDisks: readonly number[];
  #lastDisks: readonly number[];
  #deviceBusyMs = 0;
  readonly #latency = new Float64Array(HISTOGRAM_SLOTS);

  /** Made before the phase begins. */
  constructor({ region, rows, direction, probe }: RecorderParts) {
    this.#probe = probe;
    const indexes = TRANSFERS[direction].map((operation) =>
      OPERATIONS.indexOf(operation)
    );
    this.#rows = rows.map((row) => ({
      fields: region.fields(row),
      histograms: indexes.map((index) => region.histogram(row, index)),
    }));
    const system = probe.read();
    this.#firstDisks = system.diskBusyMs;
    this.#lastDisks = system.diskBusyMs;
    // Rows still hold the last phase's counts.
    this.#builder = new SeriesBuilder(this.#counters(system, false));
  }

  /** Seconds since the phase began at which the next look is due. */
  get dueSeconds(): number {
    return this.#builder.dueSeconds;
  }

  /** Looks, if a look is due. */
  look(elapsedSeconds: number): void {
    if (elapsedSeconds < this.#builder.dueSeconds) return;
    this.#builder.add(this.#lookNow(elapsedSeconds));
  }

  /**
   * Looks a last time.
   *
   * @returns Undefined of a phase that was shorter than a second.
   */
  finish(elapsedSeconds: number): PhaseSeries | undefined {
    const series = this.#builder.finish(this.#lookNow(elapsedSeconds));
    if (series === undefined) return undefined;
    const { deviceSource, networkSource } = this.#probe;
    const { networkLimitBytesPerSecond: limit } = this.#probe;
    return {
      ...series,
      deviceSource,
      networkSource,
      ...(limit === null ? {} : { networkLimitBytesPerSecond: limit }),
    };
  }

  #lookNow(elapsedSeconds: number): SeriesLook {
    const latency = this.#latency.fill(0);
    for (const { fields, histograms } of this.#rows) {
      // Before its first operation a row may hold those of the last phase.
      if (fields[FIELD.operations] === 0) continue;
      for (const histogram of histograms) mergeHistogram(latency, histogram);
    }
    const counters = this.#counters(this.#probe.read(), true);
    return { elapsedSeconds, counters, latency };
  }

  #counters(
    system: SystemCounters,
    hasBegun: boolean,
  ): Record<SeriesCounter, number> {
    const total = (field: number) => {
      let sum = 0;
      if (!hasBegun) return sum;
      for (const { fields } of this.#rows) sum += fields[field] ?? 0;
      return sum;
    };
    const { diskBusyMs: _, diskQueueMs, ...others } = system;
    return {
      ...others,
      bytes: total(FIELD.bytes),
      operations: total(FIELD.operations),
      samples: total(FIELD.samples),
      askedMs: total(FIELD.computeRequestedMs),
      stepMs: total(FIELD.stepMs),
      deviceBusyMs: this.#busiestDisk(system),
      deviceQueueMs: diskQueueMs,
    };
  }

  /**
   * Adds up how busy the busiest disk of each interval was: which one it is
   * may change.
   */
  #busiestDisk({ diskBusyMs }: SystemCounters): number {
    if (this.#firstDisks.length === 0) return NaN;
    let busiestMs = 0;
    for (const [disk, busyMs] of diskBusyMs.entries()) {
      busiestMs = Math.max(busiestMs, busyMs - (this.#lastDisks[disk] ?? 0));
    }
    this.#lastDisks = diskBusyMs;
    return this.#deviceBusyMs += busiestMs;
  }
}
