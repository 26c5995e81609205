/**
 * The stats region: one SharedArrayBuffer through which all threads of a run
 * see each other's counters, without messages.
 *
 *    control words   int32, one cache line each     gate, barrier, poison ...
 *    turn words      int32, one cache line each     two per reader: batches
 *                                                   produced and consumed;
 *                                                   one per rank with
 *                                                   checkpoints: saved ones
 *    fetched words   int32, one cache line each     one per thread that
 *                                                   fetches for a reader
 *                                                   beside its own: batches
 *    doorbells       int32, one cache line each     one per thread of
 *                                                   accelerators or readers
 *    worker rows     float64                        counters, whole cache
 *                                                   lines
 *    latency rows    float64                        histograms of a worker
 *    step rows       float64                        four times per step and
 *                                                   accelerator, or per entry
 *                                                   of several steps
 *    step totals     float64                        of long runs: histograms
 *                                                   of these times
 *    endpoint rows   float64                        counters and a histogram
 *                                                   per worker and endpoint
 *    pace            int64, a cache line            see `transfer_pace.ts`
 *    file lengths    int32, two per file            see `seen_lengths.ts`
 *
 * Invariants: every row, turn word and step row has one writer, the thread of
 * its worker; control words are written by the main thread or with Atomics.add,
 * doorbells with Atomics.add, file lengths with Atomics.store of what every
 * writer finds. A worker is an accelerator, a reader ..., as records have it;
 * several may share a thread (`thread_share.ts`). Counters
 * are float64 so that bytes do not overflow and no BigInt is made; a reader
 * of a counter may be late, never wrong by more than the last update.
 *
 * Counters stand apart from histograms. The pages of unused histograms, those
 * of all but the first of a checkpointer's ranks, are never touched: thousands
 * of ranks take no more memory than their counters.
 */
import type { BarrierPlace } from "../../cluster/barrier_place.ts";
import { clearHistogram, HISTOGRAM_SLOTS } from "../../metrics/histogram.ts";
import { OPERATIONS } from "../../metrics/operations.ts";
import type { PaceMemory } from "../../storage/transfer_pace.ts";
import { WORDS_PER_LENGTH } from "./seen_lengths.ts";
import {
  acceleratorThreadCount,
  readerThreadCount,
  type ThreadShare,
  transferThreadCount,
} from "./thread_share.ts";

/** Control words: index of each. */
export const CONTROL = {
  /** 0 runs; other values stop every loop and wait, see POISON_*. */
  poison: 0,
  /** Number of phases begun; workers wait for the next. */
  gate: 1,
  /** What the current phase is: PHASE_*. */
  phase: 2,
  epoch: 3,
  /** Steps of the current phase. */
  stepCount: 4,
  /** Workers that are through with the current phase. */
  doneCount: 5,
  barrierArrived: 6,
  barrierTurn: 7,
  /** Next file for a generator to take. */
  nextFile: 8,
  /** Step that the checkpoint of the current phase is named after. */
  checkpointStep: 9,
  /** Checkpoints that accelerators have begun between steps. */
  checkpointGate: 10,
  /** The wait of checkpointers for each other. */
  checkpointArrived: 11,
  checkpointTurn: 12,
  /** Threads that are through with such a checkpoint, over all of them. */
  checkpointDone: 13,
  /** Such checkpoints whose counters the main thread has taken. */
  checkpointSeen: 14,
} as const;

const CONTROL_WORDS = Object.keys(CONTROL).length;

/** Everybody ends as soon as possible. */
export const POISON_STOP = 1;

/** Value of the `phase` word: accelerators train. */
export const PHASE_TRAIN = 1;
/** They evaluate. */
export const PHASE_EVAL = 2;
/** Generators or verifiers go through the files. */
export const PHASE_FILES = 3;
/** Everybody ends. */
export const PHASE_END = 4;
/** A checkpoint is saved. */
export const PHASE_SAVE = 5;
/** A checkpoint is loaded. */
export const PHASE_LOAD = 6;

/** Fields of a worker row, before its histograms. */
export const FIELD = {
  bytes: 0,
  operations: 1,
  files: 2,
  samples: 3,
  errors: 4,
  retries: 5,
  /** Milliseconds from the gate to the first and last finished operation. */
  firstDoneMs: 6,
  lastDoneMs: 7,
  /** STATE_*: what the thread is doing now. */
  state: 8,
  /** Index of the file at hand, over training, then evaluation files. */
  file: 9,
  /** Sums over the steps done in this phase, as `loadMs` below. */
  computeMs: 10,
  stepMs: 11,
  /** Steps done in this phase. */
  steps: 12,
  /** Sum of the compute times to be emulated. */
  computeRequestedMs: 13,
  /** From the gate to the end of the thread's part of the phase. */
  doneMs: 14,
  /** From the gate to the begin of a checkpoint between steps. */
  startMs: 15,
  /** In fsync; of a checkpoint's rank: since the checkpoint began. */
  fsyncMs: 16,
  /** Moved by this thread from and to devices, if `deviceCounted` is 1. */
  deviceReadBytes: 17,
  deviceWriteBytes: 18,
  deviceCounted: 19,
  /**
   * When the thread's part of a checkpoint began, on a clock that all threads
   * have: `performance.timeOrigin + performance.now()`.
   */
  beganMs: 20,
  loadMs: 21,
  /** Of shards that were copied to this host. */
  downloadBytes: 22,
  /** 1: the kernel would not keep hold of the thread's buffers (io_uring). */
  buffersRefused: 23,
} as const;

const FIELDS = Object.keys(FIELD).length;

/** Value of a row's `state`: no operation is in flight. */
export const STATE_IDLE = 0;
/** A file is being opened or made. */
export const STATE_OPEN = 1;
/** It is being read. */
export const STATE_READ = 2;
/** It is being written. */
export const STATE_WRITE = 3;

/** Names of the states, for messages. */
export const STATE_NAMES = ["idle", "open", "read", "write"] as const;

/** Fields of an endpoint row, before its histogram. */
export const ENDPOINT_FIELD = {
  requests: 0,
  bytes: 1,
  errors: 2,
  retries: 3,
} as const;

const ENDPOINT_FIELDS = Object.keys(ENDPOINT_FIELD).length;
const ENDPOINT_SLOTS = ENDPOINT_FIELDS + HISTOGRAM_SLOTS;

/** Words between two that different threads write: a cache line. */
const WORD_STRIDE = 16;
const LINE_BYTES = WORD_STRIDE * Int32Array.BYTES_PER_ELEMENT;

const ROW_BYTES = Math.ceil(
  FIELDS * Float64Array.BYTES_PER_ELEMENT / LINE_BYTES,
) * LINE_BYTES;
const HISTOGRAM_BYTES = HISTOGRAM_SLOTS * Float64Array.BYTES_PER_ELEMENT;
const LATENCY_ROW_BYTES = OPERATIONS.length * HISTOGRAM_BYTES;

/** Times of a step, in the order of their rows. */
export const STEP_TIMES = ["load", "compute", "step", "requested"] as const;

/** Slots of an accelerator's step totals behind the histograms. */
export const OVERRUN_SLOT = {
  /** Most milliseconds that a step computed beyond what was asked for. */
  maxMs: 0,
  /** Index of that step. */
  step: 1,
} as const;

const OVERRUN_SLOTS = Object.keys(OVERRUN_SLOT).length;
const STEP_TOTAL_SLOTS = STEP_TIMES.length * HISTOGRAM_SLOTS + OVERRUN_SLOTS;

/**
 * Size of a region: plain data that goes to every worker. Counts and rows are
 * those of this process; see `cluster/ranks.ts` for local ranks.
 */
export interface RegionShape extends ThreadShare {
  readonly generators: number;
  /** Step times of each accelerator: steps or entries of the longest phase. */
  readonly maxSteps: number;
  /** Whether an entry may hold several steps; false if absent. */
  readonly sharesStepEntries?: boolean;
  /** Ranks whose checkpoints are saved or loaded; 0 if absent. */
  readonly checkpointRanks?: number;
  /** Threads that load one rank's files together; 1 if absent. */
  readonly checkpointReaders?: number;
  /** Endpoints that requests go to; 0 if absent. */
  readonly endpoints?: number;
  /**
   * Where its threads meet those of other processes, see
   * `cluster/barrier_place.ts`; absent: they meet each other alone.
   */
  readonly barrierPlace?: BarrierPlace;
  /** Files whose length nothing but the file tells; 0 if absent. */
  readonly unsizedFiles?: number;
}

/** Views of the shared memory; each thread makes its own. */
export class Region {
  readonly shape: RegionShape;
  readonly buffer: SharedArrayBuffer;
  /** Control and turn words. */
  readonly words: Int32Array;
  /** Lengths of files as they were first read, see `SeenLengths`. */
  readonly fileLengths: Int32Array;
  /** Of a storage that is to have one; written by all with Atomics. */
  readonly pace: PaceMemory;
  readonly #rowsOffset: number;
  readonly #latenciesOffset: number;
  readonly #stepsOffset: number;
  readonly #stepTotalsOffset: number;
  readonly #endpointsOffset: number;

  /**
   * @param shape What the region is for.
   * @param buffer One made by another thread with the same shape; absent to
   *   make a new one.
   */
  constructor(shape: RegionShape, buffer?: SharedArrayBuffer) {
    this.shape = shape;
    const turnWords = 2 * shape.accelerators * shape.readersPerAccelerator +
      checkpointRanks(shape);
    const bellWords = acceleratorThreadCount(shape) + readerThreadCount(shape);
    const wordCount = WORD_STRIDE *
      (CONTROL_WORDS + turnWords + bellWords + transferThreadCount(shape));
    const stepSlots = shape.accelerators * STEP_TIMES.length * shape.maxSteps;
    this.#rowsOffset = wordCount * Int32Array.BYTES_PER_ELEMENT;
    this.#latenciesOffset = this.#rowsOffset + workerCount(shape) * ROW_BYTES;
    this.#stepsOffset = this.#latenciesOffset +
      workerCount(shape) * LATENCY_ROW_BYTES;
    this.#stepTotalsOffset = this.#stepsOffset +
      stepSlots * Float64Array.BYTES_PER_ELEMENT;
    const totalSlots = shape.sharesStepEntries === true
      ? shape.accelerators * STEP_TOTAL_SLOTS
      : 0;
    this.#endpointsOffset = this.#stepTotalsOffset +
      totalSlots * Float64Array.BYTES_PER_ELEMENT;
    const endpointSlots = workerCount(shape) * endpointSlotsOf(shape);
    const paceOffset = this.#endpointsOffset +
      endpointSlots * Float64Array.BYTES_PER_ELEMENT;
    const lengthsOffset = paceOffset + LINE_BYTES;
    const lengthWords = WORDS_PER_LENGTH * (shape.unsizedFiles ?? 0);
    this.buffer = buffer ?? new SharedArrayBuffer(
      lengthsOffset + lengthWords * Int32Array.BYTES_PER_ELEMENT,
    );
    this.words = new Int32Array(this.buffer, 0, wordCount);
    this.fileLengths = new Int32Array(this.buffer, lengthsOffset, lengthWords);
    this.pace = new BigInt64Array(
      this.buffer,
      paceOffset,
      LINE_BYTES / BigInt64Array.BYTES_PER_ELEMENT,
    );
  }

  /** Index in {@linkcode words} of a control word. */
  control(name: keyof typeof CONTROL): number {
    return CONTROL[name] * WORD_STRIDE;
  }

  /** Index in {@linkcode words} of the batches that a reader has made. */
  producedWord(localRank: number, reader: number): number {
    const turn = localRank * this.shape.readersPerAccelerator + reader;
    return (CONTROL_WORDS + 2 * turn) * WORD_STRIDE;
  }

  /** Index in {@linkcode words} of its batches that were taken. */
  consumedWord(localRank: number, reader: number): number {
    return this.producedWord(localRank, reader) + WORD_STRIDE;
  }

  /**
   * Index in {@linkcode words} of the checkpoints between steps that a rank
   * is through with.
   */
  savedWord(localRank: number): number {
    return this.producedWord(this.shape.accelerators, 0) +
      localRank * WORD_STRIDE;
  }

  /** Index in {@linkcode words} of the doorbell of a thread of accelerators. */
  acceleratorBell(thread: number): number {
    return this.savedWord(checkpointRanks(this.shape)) + thread * WORD_STRIDE;
  }

  /** Index in {@linkcode words} of the doorbell of a thread of readers. */
  readerBell(thread: number): number {
    return this.acceleratorBell(acceleratorThreadCount(this.shape) + thread);
  }

  /**
   * Index in {@linkcode words} of the batches of a reader of which a thread
   * has fetched its share.
   *
   * @param share Which of the threads that fetch for it, >= 1.
   */
  fetchedWord(localRank: number, reader: number, share: number): number {
    const { shape } = this;
    return this.readerBell(readerThreadCount(shape)) +
      transferIndex(shape, { localRank, reader, share }) * WORD_STRIDE;
  }

  /** Counters of worker `row`. */
  fields(row: number): Float64Array {
    const offset = this.#rowsOffset + row * ROW_BYTES;
    return new Float64Array(this.buffer, offset, FIELDS);
  }

  /** Histogram of worker `row` for the operation of that index. */
  histogram(row: number, operation: number): Float64Array {
    const offset = this.#latenciesOffset + row * LATENCY_ROW_BYTES +
      operation * HISTOGRAM_BYTES;
    return new Float64Array(this.buffer, offset, HISTOGRAM_SLOTS);
  }

  /** Zeroes a worker's row; called by its owner when a phase begins. */
  clearRow(row: number): void {
    this.fields(row).fill(0);
    for (let operation = 0; operation < OPERATIONS.length; operation++) {
      clearHistogram(this.histogram(row, operation));
    }
    const endpoints = this.shape.endpoints ?? 0;
    for (let endpoint = 0; endpoint < endpoints; endpoint++) {
      this.endpointFields(row, endpoint).fill(0);
      clearHistogram(this.endpointHistogram(row, endpoint));
    }
  }

  /** Counters of worker `row` for one endpoint, see ENDPOINT_FIELD. */
  endpointFields(row: number, endpoint: number): Float64Array {
    const offset = this.#endpointOffset(row, endpoint);
    return new Float64Array(this.buffer, offset, ENDPOINT_FIELDS);
  }

  /** Latencies of worker `row` for one endpoint. */
  endpointHistogram(row: number, endpoint: number): Float64Array {
    const offset = this.#endpointOffset(row, endpoint) +
      ENDPOINT_FIELDS * Float64Array.BYTES_PER_ELEMENT;
    return new Float64Array(this.buffer, offset, HISTOGRAM_SLOTS);
  }

  /**
   * One of the times of every step of an accelerator, in milliseconds, or
   * the sum of each entry's steps.
   *
   * @param time Index in {@linkcode STEP_TIMES}.
   */
  stepTimes(localRank: number, time: number): Float64Array {
    const { maxSteps } = this.shape;
    const slots = (localRank * STEP_TIMES.length + time) * maxSteps;
    const offset = this.#stepsOffset + slots * Float64Array.BYTES_PER_ELEMENT;
    return new Float64Array(this.buffer, offset, maxSteps);
  }

  /**
   * Histogram of one of the times of every single step of an accelerator, in
   * a region that shares entries.
   *
   * @param time Index in {@linkcode STEP_TIMES}.
   */
  stepHistogram(localRank: number, time: number): Float64Array {
    const slots = localRank * STEP_TOTAL_SLOTS + time * HISTOGRAM_SLOTS;
    return this.#stepTotals(slots, HISTOGRAM_SLOTS);
  }

  /** Its step with the longest overrun, see OVERRUN_SLOT. */
  stepOverrun(localRank: number): Float64Array {
    const slots = localRank * STEP_TOTAL_SLOTS +
      STEP_TIMES.length * HISTOGRAM_SLOTS;
    return this.#stepTotals(slots, OVERRUN_SLOTS);
  }

  #stepTotals(firstSlot: number, slots: number): Float64Array {
    const offset = this.#stepTotalsOffset +
      firstSlot * Float64Array.BYTES_PER_ELEMENT;
    return new Float64Array(this.buffer, offset, slots);
  }

  #endpointOffset(row: number, endpoint: number): number {
    const slots = row * endpointSlotsOf(this.shape) +
      endpoint * ENDPOINT_SLOTS;
    return this.#endpointsOffset + slots * Float64Array.BYTES_PER_ELEMENT;
  }
}

function endpointSlotsOf({ endpoints = 0 }: RegionShape): number {
  return endpoints * ENDPOINT_SLOTS;
}

/**
 * Rows of a region: accelerators, readers, further threads that fetch for
 * them, generators, and one for each rank whose checkpoints are saved and each
 * thread that loads its part of them.
 */
export function workerCount(shape: RegionShape): number {
  return checkpointRow(shape, 0, shape.checkpointReaders ?? 1);
}

/** Row of an accelerator. */
export function acceleratorRow(_shape: RegionShape, localRank: number): number {
  return localRank;
}

/**
 * Row of a reader.
 *
 * @param share Which of the threads that fetch for it; 0: its own.
 */
export function readerRow(
  shape: RegionShape,
  localRank: number,
  reader: number,
  share = 0,
): number {
  const { accelerators, readersPerAccelerator } = shape;
  return share === 0
    ? accelerators + localRank * readersPerAccelerator + reader
    : readerRow(shape, accelerators, 0) +
      transferIndex(shape, { localRank, reader, share });
}

/** Number of a thread that fetches for a reader beside its own, from 0. */
function transferIndex(
  { readersPerAccelerator, transferThreads = 1 }: RegionShape,
  { localRank, reader, share }: {
    readonly localRank: number;
    readonly reader: number;
    readonly share: number;
  },
): number {
  return (localRank * readersPerAccelerator + reader) * (transferThreads - 1) +
    share - 1;
}

/** Row of a generator. */
export function generatorRow(shape: RegionShape, generator: number): number {
  return readerRow(shape, shape.accelerators, 0) +
    transferThreadCount(shape) + generator;
}

/**
 * Row of a rank's checkpoints.
 *
 * @param reader Which of those that load it; 0 also saves it.
 */
export function checkpointRow(
  shape: RegionShape,
  localRank: number,
  reader = 0,
): number {
  return generatorRow(shape, shape.generators) +
    reader * checkpointRanks(shape) + localRank;
}

function checkpointRanks(shape: RegionShape): number {
  return shape.checkpointRanks ?? 0;
}

/** Value of a control word. */
export function controlValue(
  region: Region,
  name: keyof typeof CONTROL,
): number {
  return Atomics.load(region.words, region.control(name));
}
