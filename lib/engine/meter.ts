/**
 * One worker's counters: the only writer of its row in the stats region.
 *
 * Called around every operation, so it does nothing but store numbers.
 */
import { recordMs } from "../metrics/histogram.ts";
import { type Operation, OPERATIONS } from "../metrics/operations.ts";
import type { ReadMeter } from "../storage/storage.ts";
import {
  FIELD,
  type Region,
  STATE_IDLE,
  STATE_OPEN,
  STATE_READ,
  STATE_WRITE,
} from "./region.ts";

/** Counts what one worker does. */
export class WorkerMeter implements ReadMeter {
  readonly #region: Region;
  readonly #row: number;
  readonly #poisonWord: number;
  readonly #fields: Float64Array;
  readonly #openMs: Float64Array;
  readonly #readMs: Float64Array;
  readonly #writeMs: Float64Array;
  readonly #fsyncMs: Float64Array;
  #gateMs = 0;
  #bytes = 0;
  #operations = 0;
  #files = 0;
  #samples = 0;

  constructor(region: Region, row: number) {
    this.#region = region;
    this.#row = row;
    this.#poisonWord = region.control("poison");
    this.#fields = region.fields(row);
    this.#openMs = histogramOf(region, row, "open");
    this.#readMs = histogramOf(region, row, "read");
    this.#writeMs = histogramOf(region, row, "write");
    this.#fsyncMs = histogramOf(region, row, "fsync");
  }

  /** `performance.now()` at which this worker saw the gate open. */
  get gateMs(): number {
    return this.#gateMs;
  }

  /** A phase begins now: counters start at zero. */
  beginPhase(): void {
    this.#region.clearRow(this.#row);
    this.#bytes =
      this.#operations =
      this.#files =
      this.#samples =
        0;
    this.#gateMs = performance.now();
  }

  /** This worker's part of the phase ends now. */
  endPhase(): void {
    this.#fields[FIELD.doneMs] = performance.now() - this.#gateMs;
  }

  now(): number {
    return performance.now();
  }

  isStopped(): boolean {
    return Atomics.load(this.#region.words, this.#poisonWord) !== 0;
  }

  /** A file is about to be opened. @param file Its index, for messages. */
  opening(file: number): void {
    this.#fields[FIELD.file] = file;
    this.#fields[FIELD.state] = STATE_OPEN;
  }

  opened(startMs: number): void {
    this.#count(this.#openMs, startMs, 0);
    this.#fields[FIELD.state] = STATE_READ;
  }

  /** Reads of an open file are about to begin. */
  reading(file: number): void {
    this.#fields[FIELD.file] = file;
    this.#fields[FIELD.state] = STATE_READ;
  }

  read(startMs: number, byteCount: number): void {
    this.#count(this.#readMs, startMs, byteCount);
  }

  /** A file is about to be written. @param file Its index, for messages. */
  writing(file: number): void {
    this.#fields[FIELD.file] = file;
    this.#fields[FIELD.state] = STATE_WRITE;
  }

  /** A write of `byteCount` bytes took until now. */
  wrote(startMs: number, byteCount: number): void {
    this.#count(this.#writeMs, startMs, byteCount);
  }

  /** An fsync took this long. */
  synced(durationMs: number): void {
    recordMs(this.#fsyncMs, durationMs);
  }

  /** No operation is under way. */
  idle(): void {
    this.#fields[FIELD.state] = STATE_IDLE;
  }

  /** A file is done with. */
  finishedFile(): void {
    this.#fields[FIELD.files] = ++this.#files;
  }

  /** Samples are there. */
  finishedSamples(count: number): void {
    this.#fields[FIELD.samples] = this.#samples += count;
  }

  #count(histogram: Float64Array, startMs: number, byteCount: number): void {
    const fields = this.#fields;
    const endMs = performance.now();
    recordMs(histogram, endMs - startMs);
    const doneMs = endMs - this.#gateMs;
    if (this.#operations === 0) fields[FIELD.firstDoneMs] = doneMs;
    fields[FIELD.lastDoneMs] = doneMs;
    fields[FIELD.operations] = ++this.#operations;
    fields[FIELD.bytes] = this.#bytes += byteCount;
  }
}

function histogramOf(
  region: Region,
  row: number,
  operation: Operation,
): Float64Array {
  return region.histogram(row, OPERATIONS.indexOf(operation));
}
