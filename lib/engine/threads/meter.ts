/**
 * One worker's counters: the only writer of its row in the stats region.
 *
 * Called around every operation, so it does nothing but store numbers.
 */
import { recordMs } from "../../metrics/histogram.ts";
import { type Operation, OPERATIONS } from "../../metrics/operations.ts";
import type {
  RequestObserver,
  RequestOperation,
  WriteMeter,
} from "../../storage/storage.ts";
import {
  ENDPOINT_FIELD,
  FIELD,
  type Region,
  STATE_IDLE,
  STATE_OPEN,
  STATE_READ,
  STATE_WRITE,
} from "./region.ts";

/** Counts what one worker does. */
export class WorkerMeter implements WriteMeter, RequestObserver {
  readonly #region: Region;
  readonly #row: number;
  readonly #poisonWord: number;
  readonly #fields: Float64Array;
  readonly #openMs: Float64Array;
  readonly #readMs: Float64Array;
  readonly #writeMs: Float64Array;
  readonly #fsyncMs: Float64Array;
  readonly #downloadMs: Float64Array;
  readonly #requestMs: Readonly<Record<RequestOperation, Float64Array>>;
  readonly #endpoints: readonly EndpointRow[];
  #gateMs = 0;
  #bytes = 0;
  #operations = 0;
  #files = 0;
  #samples = 0;

  /**
   * @param region Shared memory.
   * @param row The worker's row: its counters.
   * @param histogramRow Another row of the same thread that gets the
   *   latencies; a histogram never used takes no memory.
   */
  constructor(region: Region, row: number, histogramRow = row) {
    this.#region = region;
    this.#row = row;
    this.#poisonWord = region.control("poison");
    this.#fields = region.fields(row);
    this.#openMs = histogramOf(region, histogramRow, "open");
    this.#readMs = histogramOf(region, histogramRow, "read");
    this.#writeMs = histogramOf(region, histogramRow, "write");
    this.#fsyncMs = histogramOf(region, histogramRow, "fsync");
    this.#downloadMs = histogramOf(region, histogramRow, "shard_download");
    this.#requestMs = {
      get: histogramOf(region, histogramRow, "get"),
      put: histogramOf(region, histogramRow, "put"),
      first_byte: histogramOf(region, histogramRow, "first_byte"),
    };
    this.#endpoints = Array.from(
      { length: region.shape.endpoints ?? 0 },
      (_, endpoint) => ({
        fields: region.endpointFields(row, endpoint),
        histogram: region.endpointHistogram(row, endpoint),
      }),
    );
  }

  /** `performance.now()` at which this worker saw the gate open. */
  get gateMs(): number {
    return this.#gateMs;
  }

  /** The row's fields, for what is not counted here. */
  get fields(): Float64Array {
    return this.#fields;
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

  opened(startMs: number, endMs = performance.now()): void {
    this.#count(this.#openMs, startMs, 0, endMs);
    this.#fields[FIELD.state] = STATE_READ;
  }

  /** Reads of an open file are about to begin. */
  reading(file: number): void {
    this.#fields[FIELD.file] = file;
    this.#fields[FIELD.state] = STATE_READ;
  }

  read(startMs: number, byteCount: number, endMs = performance.now()): void {
    this.#count(this.#readMs, startMs, byteCount, endMs);
  }

  /** A file is about to be written. @param file Its index, for messages. */
  writing(file: number): void {
    this.#fields[FIELD.file] = file;
    this.#fields[FIELD.state] = STATE_WRITE;
  }

  wrote(startMs: number, byteCount: number, endMs = performance.now()): void {
    this.#count(this.#writeMs, startMs, byteCount, endMs);
  }

  synced(durationMs: number): void {
    recordMs(this.#fsyncMs, durationMs);
    add(this.#fields, FIELD.fsyncMs, durationMs);
  }

  /** A part of a shard was copied to this host. */
  downloadedPart(byteCount: number): void {
    add(this.#fields, FIELD.downloadBytes, byteCount);
    // Copying moves on: nothing is stalled.
    this.#fields[FIELD.operations] = ++this.#operations;
  }

  /** A whole shard was copied to this host. @param startMs When it began. */
  downloaded(startMs: number): void {
    recordMs(this.#downloadMs, performance.now() - startMs);
  }

  requested(operation: RequestOperation, startMs: number): void {
    recordMs(this.#requestMs[operation], performance.now() - startMs);
  }

  answered(endpoint: number, startMs: number, byteCount: number): void {
    const row = this.#endpoints[endpoint];
    if (row === undefined) return;
    recordMs(row.histogram, performance.now() - startMs);
    add(row.fields, ENDPOINT_FIELD.requests, 1);
    add(row.fields, ENDPOINT_FIELD.bytes, byteCount);
  }

  retried(endpoint: number): void {
    add(this.#fields, FIELD.retries, 1);
    const row = this.#endpoints[endpoint];
    if (row !== undefined) add(row.fields, ENDPOINT_FIELD.retries, 1);
  }

  failed(endpoint: number): void {
    add(this.#fields, FIELD.errors, 1);
    const row = this.#endpoints[endpoint];
    if (row !== undefined) add(row.fields, ENDPOINT_FIELD.errors, 1);
  }

  /**
   * A step of an accelerator is done. Counted nowhere: its times are in the
   * region already.
   *
   * @param startMs It began; `loadedMs`: its batch was there; `computedMs`:
   *   it had computed; `endMs`: all others had.
   */
  stepped(
    _step: number,
    _startMs: number,
    _loadedMs: number,
    _computedMs: number,
    _endMs: number,
  ): void {}

  /** Samples were preprocessed. Counted nowhere. */
  preprocessed(_startMs: number, _endMs: number): void {}

  /**
   * What is told of the operations on one file, where several are in flight.
   *
   * @param file Its index.
   */
  ofFile(_file: number): WriteMeter {
    return this;
  }

  /** No operation is in flight. */
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

  #count(
    histogram: Float64Array,
    startMs: number,
    byteCount: number,
    endMs: number,
  ): void {
    const fields = this.#fields;
    recordMs(histogram, endMs - startMs);
    const doneMs = endMs - this.#gateMs;
    if (this.#operations === 0) fields[FIELD.firstDoneMs] = doneMs;
    fields[FIELD.lastDoneMs] = doneMs;
    fields[FIELD.operations] = ++this.#operations;
    fields[FIELD.bytes] = this.#bytes += byteCount;
  }
}

/** What one worker counts of one endpoint. */
interface EndpointRow {
  readonly fields: Float64Array;
  readonly histogram: Float64Array;
}

function add(fields: Float64Array, field: number, amount: number): void {
  fields[field] = (fields[field] ?? 0) + amount;
}

function histogramOf(
  region: Region,
  row: number,
  operation: Operation,
): Float64Array {
  return region.histogram(row, OPERATIONS.indexOf(operation));
}
