/**
 * A worker's counters that also leave a record of each operation in the
 * thread's ring; made instead of a plain one where the run is traced, so that
 * nothing is asked in the loops of one that is not.
 */
import { commonAheadMs } from "../../host/monotonic_clock.ts";
import type { RequestOperation, WriteMeter } from "../../storage/storage.ts";
import { TRACE_KIND } from "../trace/trace_kinds.ts";
import { NONE, type TracedWay, TraceRing } from "../trace/trace_ring.ts";
import { WorkerMeter } from "./meter.ts";
import { controlValue, PHASE_LOAD, type Region } from "./region.ts";
import type { TraceStart } from "./worker_start.ts";

/** The ring of this thread. @param way See `TraceRing`. */
export function ringOf(
  { buffer, originMs }: TraceStart,
  way: TracedWay,
): TraceRing {
  const shiftMs = commonAheadMs(() => performance.now()) - originMs;
  return new TraceRing(buffer, shiftMs, way);
}

/** Which rank's row it counts in, and where its records go. */
export interface TracedRow {
  readonly row: number;
  readonly histogramRow: number;
  /** Global; {@linkcode NONE}: of no accelerator. */
  readonly rank: number;
  readonly ring: TraceRing;
  /** Whether several files are read at a time: then `ofFile` tells which. */
  readonly hasManyFiles: boolean;
  /** Whether its phases are those of checkpoints, which are events. */
  readonly isCheckpointer: boolean;
}

/** See the file header. */
export class TracedMeter extends WorkerMeter {
  readonly #region: Region;
  readonly #rowTraced: TracedRow;
  readonly #ring: TraceRing;
  readonly #rank: number;
  #epoch = 0;
  #phase = 0;
  /** The file at hand; unknown where several are. */
  #file = NONE;

  constructor(region: Region, traced: TracedRow) {
    super(region, traced.row, traced.histogramRow);
    this.#region = region;
    this.#rowTraced = traced;
    this.#ring = traced.ring;
    this.#rank = traced.rank;
  }

  override beginPhase(): void {
    super.beginPhase();
    this.#epoch = controlValue(this.#region, "epoch");
    this.#phase = controlValue(this.#region, "phase");
    this.#file = NONE;
  }

  override endPhase(): void {
    super.endPhase();
    if (!this.#rowTraced.isCheckpointer) return;
    const isLoad = this.#phase === PHASE_LOAD;
    const kind = isLoad ? TRACE_KIND.load : TRACE_KIND.save;
    this.#file = NONE;
    this.#put(kind, this.gateMs, performance.now(), 0);
  }

  override opening(file: number): void {
    super.opening(file);
    this.#at(file);
  }

  override reading(file: number): void {
    super.reading(file);
    this.#at(file);
  }

  override writing(file: number): void {
    super.writing(file);
    this.#at(file);
  }

  override opened(startMs: number, endMs = performance.now()): void {
    super.opened(startMs, endMs);
    this.#put(TRACE_KIND.open, startMs, endMs, 0);
  }

  override read(
    startMs: number,
    byteCount: number,
    endMs = performance.now(),
  ): void {
    super.read(startMs, byteCount, endMs);
    this.#put(TRACE_KIND.read, startMs, endMs, byteCount);
  }

  override wrote(
    startMs: number,
    byteCount: number,
    endMs = performance.now(),
  ): void {
    super.wrote(startMs, byteCount, endMs);
    this.#put(TRACE_KIND.write, startMs, endMs, byteCount);
  }

  override synced(durationMs: number): void {
    super.synced(durationMs);
    const endMs = performance.now();
    this.#put(TRACE_KIND.fsync, endMs - durationMs, endMs, 0);
  }

  override requested(operation: RequestOperation, startMs: number): void {
    super.requested(operation, startMs);
    const kind = operation === "get"
      ? TRACE_KIND.get
      : operation === "put"
      ? TRACE_KIND.put
      : TRACE_KIND.firstByte;
    this.#put(kind, startMs, performance.now(), 0);
  }

  override preprocessed(startMs: number, endMs: number): void {
    this.#put(TRACE_KIND.preprocess, startMs, endMs, 0);
  }

  override stepped(
    step: number,
    startMs: number,
    loadedMs: number,
    computedMs: number,
    endMs: number,
  ): void {
    const ring = this.#ring;
    const rank = this.#rank;
    const epoch = this.#epoch;
    const { fetch, compute, barrier } = TRACE_KIND;
    ring.put(fetch, rank, epoch, step, NONE, startMs, loadedMs, 0);
    ring.put(compute, rank, epoch, step, NONE, loadedMs, computedMs, 0);
    ring.put(barrier, rank, epoch, step, NONE, computedMs, endMs, 0);
  }

  override ofFile(file: number): WriteMeter {
    const told = (tell: () => void) => {
      this.#file = file;
      tell();
      this.#file = NONE;
    };
    return {
      now: () => performance.now(),
      isStopped: () => this.isStopped(),
      opened: (startMs, endMs) => told(() => this.opened(startMs, endMs)),
      read: (startMs, byteCount, endMs) =>
        told(() => this.read(startMs, byteCount, endMs)),
      wrote: (startMs, byteCount, endMs) =>
        told(() => this.wrote(startMs, byteCount, endMs)),
      synced: (durationMs) => told(() => this.synced(durationMs)),
    };
  }

  #at(file: number): void {
    if (!this.#rowTraced.hasManyFiles) this.#file = file;
  }

  #put(kind: number, startMs: number, endMs: number, byteCount: number): void {
    this.#ring.put(
      kind,
      this.#rank,
      this.#epoch,
      NONE,
      this.#file,
      startMs,
      endMs,
      byteCount,
    );
  }
}
