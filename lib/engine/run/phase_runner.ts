/**
 * Runs one phase: opens the gate, watches, and collects what was measured.
 *
 * The main thread never sits in the data path: it sleeps on the done counter
 * and wakes a few times per second to look at the region.
 */
import { StokerError, WorkerError } from "../../errors.ts";
import { readProcessIo } from "../../host/process_io.ts";
import type {
  DeviceIo,
  Moment,
  PhaseKind,
  PhaseRecord,
} from "../../metrics/run_record.ts";
import {
  collectEndpoints,
  collectLatencies,
  collectRank,
  collectWorker,
} from "./collect.ts";
import { awaitChange } from "../threads/await_change.ts";
import type { Crew } from "../threads/crew.ts";
import { FIELD, type Region } from "../threads/region.ts";
import { Watchdog } from "../threads/watchdog.ts";

/** Bounds of the time between two looks at the region. */
const MIN_TICK_MS = 1;
const MAX_TICK_MS = 50;
/** Ticks are this part of a phase: its end is seen late by no more. */
const TICK_SHARE = 0.02;

/** Role of the rows that hold what the checkpoint of each rank cost. */
export const CHECKPOINTER = "checkpointer";

/** A worker as the phase runner sees it. */
export interface CrewRow {
  /** "accelerator", "reader", "generator", {@linkcode CHECKPOINTER}. */
  readonly role: string;
  readonly rank: number;
  readonly thread: number;
  /** For messages: "reader 2 of rank 0". */
  readonly title: string;
  /** Names a file for messages, where it is no file of the dataset. */
  readonly pathOf?: (fileIndex: number) => string;
}

/** Which checkpoint a phase saves or loads. */
export interface CheckpointOrder {
  /** Of those that the run saves, or loads; from 1. */
  readonly number: number;
  /** How many these are. */
  readonly count: number;
  /** The step that it is named after. */
  readonly step: number;
}

/** What a phase is told to do. */
export interface PhaseOrder {
  readonly kind: PhaseKind;
  /** PHASE_*: what the workers are told. */
  readonly phase: number;
  readonly epoch: number;
  readonly stepCount: number;
  readonly batchSize: number;
  /** Steps over all accelerators, or files. */
  readonly total: number;
  readonly checkpoint?: CheckpointOrder;
}

/** A look at a running phase, for progress displays. */
export interface Snapshot {
  readonly kind: PhaseKind;
  readonly epoch: number;
  readonly done: number;
  readonly total: number;
  readonly unit: "steps" | "files";
  readonly bytes: number;
  readonly elapsedSeconds: number;
  /** Percent, without each accelerator's first step; null before there is. */
  readonly auPercent: number | null;
}

/** What a phase runner works with. */
export interface PhaseParts {
  readonly region: Region;
  readonly crew: Crew;
  /** In the order of the region's rows. */
  readonly rows: readonly CrewRow[];
  readonly hostname: string;
  /** Whether reads bypass the page cache, so that their bytes are known. */
  readonly bypassesCache: boolean;
  /** The same for checkpoints, where they are stored otherwise. */
  readonly checkpointBypassesCache?: boolean;
  /** Addresses that requests go to; absent: there are no requests. */
  readonly endpoints?: readonly string[];
  readonly stallTimeoutMs: number;
  /** Names a file for messages. */
  readonly pathOf: (fileIndex: number) => string;
  readonly signal: AbortSignal;
  readonly moment: () => Moment;
  readonly onProgress: (snapshot: Snapshot) => void;
  /** Threads, where one thread has several rows; else one for each row. */
  readonly threadCount?: number;
  /** Called at every look at a running phase, and once when it is over. */
  readonly onLook?: (order: PhaseOrder, start: Moment) => void;
}

/** The record of a phase and, if it was cut short, why. */
export interface PhaseOutcome {
  readonly record: PhaseRecord;
  readonly error: Error | null;
}

/** Runs the phases of one crew, one after another. */
export class PhaseRunner {
  readonly #parts: PhaseParts;
  readonly #fields: readonly Float64Array[];
  readonly #threadCount: number;

  constructor(parts: PhaseParts) {
    this.#parts = parts;
    this.#threadCount = parts.threadCount ?? parts.rows.length;
    this.#fields = parts.rows.map((_row, index) => parts.region.fields(index));
  }

  /** Runs a phase to its end, or until something stops it. */
  async run(order: PhaseOrder): Promise<PhaseOutcome> {
    const { moment } = this.#parts;
    const ioBefore = readProcessIo();
    const start = moment();
    this.#openGate(order);
    const error = await this.#watch(order, start);
    const end = moment();
    const io = { before: ioBefore, after: readProcessIo() };
    const writes = order.kind === "generate" ||
      order.kind === "save_checkpoint";
    return { record: this.#collect(order, { start, end, io, writes }), error };
  }

  #openGate(order: PhaseOrder): void {
    const { region } = this.#parts;
    const { words } = region;
    // Rows still hold the last phase's counts until their owners clear them.
    for (const fields of this.#fields) {
      fields[FIELD.steps] = fields[FIELD.files] = fields[FIELD.bytes] = 0;
    }
    Atomics.store(words, region.control("doneCount"), 0);
    Atomics.store(words, region.control("nextFile"), 0);
    Atomics.store(words, region.control("phase"), order.phase);
    Atomics.store(words, region.control("epoch"), order.epoch);
    Atomics.store(words, region.control("stepCount"), order.stepCount);
    const checkpointStep = order.checkpoint?.step ?? 0;
    Atomics.store(words, region.control("checkpointStep"), checkpointStep);
    Atomics.add(words, region.control("gate"), 1);
    Atomics.notify(words, region.control("gate"));
  }

  async #watch(order: PhaseOrder, start: Moment): Promise<Error | null> {
    const { crew, region, signal, stallTimeoutMs, onLook } = this.#parts;
    const word = region.control("doneCount");
    const watchdog = new Watchdog(
      this.#fields,
      stallTimeoutMs,
      performance.now(),
    );
    for (;;) {
      const done = Atomics.load(region.words, word);
      this.#parts.onProgress(this.#snapshot(order, start));
      onLook?.(order, start);
      if (done === this.#threadCount) return null;
      const error = crew.failure ?? abortError(signal) ??
        this.#stallError(watchdog);
      if (error !== null) {
        crew.stop();
        await crew.end();
        return error;
      }
      const elapsedMs = (this.#parts.moment().atSeconds - start.atSeconds) *
        1000;
      await awaitChange(region.words, word, done, tickMsAfter(elapsedMs));
    }
  }

  #stallError(watchdog: Watchdog): Error | null {
    const stall = watchdog.look(performance.now());
    if (stall === null) return null;
    const { rows, pathOf } = this.#parts;
    const row = rows[stall.row];
    const title = row?.title ?? `worker ${stall.row}`;
    const path = (row?.pathOf ?? pathOf)(stall.fileIndex);
    return new WorkerError(
      `Cannot go on as the ${stall.operation} of ` +
        `"${path}" has not ended for ` +
        `${stall.seconds.toFixed(0)} s (${title}); ` +
        `--stall-timeout sets how long an operation may take`,
    );
  }

  #snapshot(order: PhaseOrder, start: Moment): Snapshot {
    let steps = 0;
    let files = 0;
    let bytes = 0;
    let computeMs = 0;
    let stepMs = 0;
    for (const fields of this.#fields) {
      steps += fields[FIELD.steps] ?? 0;
      files += fields[FIELD.files] ?? 0;
      bytes += fields[FIELD.bytes] ?? 0;
      computeMs += fields[FIELD.computeMs] ?? 0;
      stepMs += fields[FIELD.stepMs] ?? 0;
    }
    const unit = order.stepCount > 0 ? "steps" : "files";
    return {
      kind: order.kind,
      epoch: order.epoch,
      done: unit === "steps" ? steps : files,
      total: order.total,
      unit,
      bytes,
      elapsedSeconds: this.#parts.moment().atSeconds - start.atSeconds,
      auPercent: stepMs > 0 ? 100 * computeMs / stepMs : null,
    };
  }

  #collect(
    order: PhaseOrder,
    seen: {
      start: Moment;
      end: Moment;
      io: IoReadings;
      writes: boolean;
    },
  ): PhaseRecord {
    const { region, hostname } = this.#parts;
    const isCheckpoint = order.checkpoint !== undefined;
    const rows = [...this.#parts.rows.entries()].filter(([, { role }]) =>
      (role === CHECKPOINTER) === isCheckpoint
    );
    const workers = rows.map(([index, row]) =>
      collectWorker(row, this.#fields[index] ?? new Float64Array())
    );
    const ranks = rowsByRank(
      rows.filter(([, { role }]) => role === "accelerator" || isCheckpoint),
    ).map((who) => collectRank(region, { ...who, hostname }));
    const bytesRequested = workers.reduce((sum, { bytes }) => sum + bytes, 0);
    const complete = Atomics.load(
      region.words,
      region.control("doneCount"),
    ) === this.#threadCount;
    return {
      kind: order.kind,
      epoch: order.epoch,
      checkpoint: order.checkpoint?.number ?? 0,
      start: seen.start,
      end: seen.end,
      durationSeconds: seen.end.atSeconds - seen.start.atSeconds,
      batchSize: order.batchSize,
      plannedSteps: order.stepCount,
      ranks,
      workers,
      latencies: collectLatencies(region, rows.map(([index]) => index)),
      ...endpointsOf(
        region,
        this.#parts.endpoints ?? [],
        rows.map(([index]) => index),
      ),
      bytesRequested,
      device: deviceIo(this.#parts, bytesRequested, {
        ...seen,
        isCheckpoint,
      }),
      complete,
    };
  }
}

/** Row numbers of each rank, in the order of their first rows. */
function rowsByRank(
  rows: readonly (readonly [number, CrewRow])[],
): { rank: number; rows: [number, ...number[]] }[] {
  const byRank = new Map<number, [number, ...number[]]>();
  for (const [index, { rank }] of rows) {
    const found = byRank.get(rank);
    if (found === undefined) byRank.set(rank, [index]);
    else found.push(index);
  }
  return [...byRank].map(([rank, indices]) => ({ rank, rows: indices }));
}

/** Nothing where requests go nowhere. */
function endpointsOf(
  region: Region,
  addresses: readonly string[],
  rows: readonly number[],
): Pick<PhaseRecord, "endpoints"> {
  if (addresses.length === 0) return {};
  return { endpoints: collectEndpoints(region, addresses, rows) };
}

/** The process's counters at both ends of a phase. */
interface IoReadings {
  readonly before: ReturnType<typeof readProcessIo>;
  readonly after: ReturnType<typeof readProcessIo>;
}

function deviceIo(
  parts: PhaseParts,
  bytesRequested: number,
  seen: { io: IoReadings; writes: boolean; isCheckpoint: boolean },
): DeviceIo {
  const bypassesCache = seen.isCheckpoint
    ? parts.checkpointBypassesCache ?? parts.bypassesCache
    : parts.bypassesCache;
  if (bypassesCache) {
    return { bytes: bytesRequested, source: "every byte bypasses the cache" };
  }
  const { before, after } = seen.io;
  if (before.value === null) return { bytes: null, source: before.reason };
  if (after.value === null) return { bytes: null, source: after.reason };
  return seen.writes
    ? {
      bytes: after.value.deviceWriteBytes - before.value.deviceWriteBytes,
      source: "/proc/self/io write_bytes",
    }
    : {
      bytes: after.value.deviceReadBytes - before.value.deviceReadBytes,
      source: "/proc/self/io read_bytes",
    };
}

/** Why a run is being stopped from outside; null if it is not. */
export function abortError(signal: AbortSignal): Error | null {
  if (!signal.aborted) return null;
  return signal.reason instanceof StokerError
    ? signal.reason
    : new WorkerError(`the run was stopped: ${String(signal.reason)}`);
}

/** Time until the next look at a phase that has gone on for `elapsedMs`. */
function tickMsAfter(elapsedMs: number): number {
  return Math.min(
    MAX_TICK_MS,
    Math.max(MIN_TICK_MS, elapsedMs * TICK_SHARE),
  );
}
