/**
 * What happened in each interval of a phase, as the main thread saw it: once
 * a second it looks at the counters of all threads and at the kernel's.
 *
 * An interval is a second long until 2,000 of them are there. Then neighbours
 * are merged and it is twice as long, so a phase of any length has at most
 * 2,000 entries. Merging loses nothing but the time between: sums are added,
 * percentiles are taken from the counts of both.
 */

/** What happened in each interval of a phase; entry i covers [i, i+1) * intervalSeconds. NaN: not known. */
export interface PhaseSeries {
  /** 1; doubled each time neighbours were merged to keep <= 2,000 entries. */
  readonly intervalSeconds: number;
  /** Moved by the workers: what calls returned or accepted. */
  readonly bytes: Float64Array;
  readonly operations: Float64Array;
  readonly samples: Float64Array;
  /**
   * Compute asked for / time, of the steps of all ranks that ended in the
   * interval, percent; NaN where none did.
   */
  readonly auPercent: Float64Array;
  /** Of the phase's I/O (read, GET, write, PUT); NaN where none ended. */
  readonly latencyP50Ms: Float64Array;
  readonly latencyP99Ms: Float64Array;
  /** Off by at most 1/64 of itself, unless it is the greatest so far. */
  readonly latencyMaxMs: Float64Array;
  /** Of the device that has the phase's files, whoever used it. */
  readonly deviceReadBytes: Float64Array;
  readonly deviceWriteBytes: Float64Array;
  /** Part of the time in which a request was in flight, 0 to 1. */
  readonly deviceBusyFraction: Float64Array;
  /** Mean number of requests in flight. */
  readonly deviceQueue: Float64Array;
  /**
   * Received and sent by this host, without the loopback unless an endpoint
   * is on this host.
   */
  readonly networkBytes: Float64Array;
  /** Of this process. */
  readonly cpuSeconds: Float64Array;
  /** Of all processors of the host, whoever used them, 0 to 1. */
  readonly hostCpuBusyFraction: Float64Array;
  /**
   * Part of the time in which a thread waited for a processor, 0 to 1; absent
   * where the kernel does not tell (pressure stall information).
   */
  readonly hostCpuPressureFraction?: Float64Array;
  /** The same of waiting for input and output. */
  readonly hostIoPressureFraction?: Float64Array;
  /** "vda, /proc/diskstats", or why nothing is known of the device. */
  readonly deviceSource?: string;
  /** The same of the network. */
  readonly networkSource?: string;
  /**
   * What its ports can carry in one direction; absent where files are on
   * this host, or the ports do not tell.
   */
  readonly networkLimitBytesPerSecond?: number;
}

/** Entries of a series at most; then neighbours are merged. */
export const SERIES_ENTRIES_MAX = 2000;

/**
 * Length of an entry. The last one covers the rest of the phase, which is
 * half an interval at least and one and a half at most.
 *
 * @param series The series.
 * @param index Of the entry.
 * @param durationSeconds Of the phase.
 * @returns Seconds.
 */
export function entrySeconds(
  series: PhaseSeries,
  index: number,
  durationSeconds: number,
): number {
  const { intervalSeconds, bytes } = series;
  return index < bytes.length - 1
    ? intervalSeconds
    : Math.max(0, durationSeconds - index * intervalSeconds);
}
