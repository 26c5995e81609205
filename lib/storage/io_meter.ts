/**
 * Where storages report what their operations cost.
 */

/** Where a storage reports what its reads cost; see `metrics/`. */
export interface ReadMeter {
  /** Clock in milliseconds, monotonic. */
  now(): number;
  /**
   * An open has ended.
   *
   * @param startMs When it began.
   * @param endMs When its end was noticed; absent: now.
   */
  opened(startMs: number, endMs?: number): void;
  /** A read of `byteCount` bytes has ended; times as of `opened`. */
  read(startMs: number, byteCount: number, endMs?: number): void;
  /** True when the run is being stopped: a long drain ends early. */
  isStopped(): boolean;
}

/** Where a storage reports what its writes cost. */
export interface WriteMeter extends ReadMeter {
  /** A write of `byteCount` bytes has ended; times as of `opened`. */
  wrote(startMs: number, byteCount: number, endMs?: number): void;
  /** An fsync has ended that took this long. */
  synced(durationMs: number): void;
}
