/**
 * Runs one phase: opens the gate, watches, and collects what was measured.
 *
 * The main thread is never in the data path: it sleeps on the done counter and
 * wakes a few times per second to sample the region.
 */
import { WorkerError } from "../../errors.ts";
import type { ProcessLink } from "../../cluster/link.ts";
import { readProcessIo } from "../../host/process_io.ts";
import type { SystemProbe } from "../../host/system_counters.ts";
import { PHASE_KINDS, type PhaseKind } from "../../metrics/phase_kinds.ts";
import type { PhaseSeries } from "../../metrics/phase_series.ts";
import type { StepEntries } from "../../metrics/step_entries.ts";
import type {
  DeviceProgress,
  RoleProgress,
  Snapshot,
} from "../../metrics/snapshot.ts";
import type {
  CacheDrop,
  DeviceIo,
  Moment,
  PhaseHostRecord,
  PhaseRecord,
  RoleTimes,
  WorkerRecord,
} from "../../metrics/run_record.ts";
import {
  collectEndpoints,
  collectLatencies,
  collectSteps,
  collectWorker,
  ioSeconds,
  rowsByRank,
  type StepRecords,
} from "./collect.ts";
import { awaitChange } from "../threads/await_change.ts";
import { abortError } from "./abort_error.ts";
import { inTime } from "./in_time.ts";
import { PhaseProgress } from "./phase_progress.ts";
import {
  countedIo,
  cpuUse,
  type ProcessReadings,
  readProcess,
} from "./process_readings.ts";
import type { Crew } from "../threads/crew.ts";
import type { Region } from "../threads/region.ts";
import { Watchdog } from "../threads/watchdog.ts";
import { ThreadWatch } from "./thread_watch.ts";
import { tickMsAfter } from "./tick.ts";
import { SeriesRecorder } from "./series_recorder.ts";

/** Longest look at files after a phase. */
const LOOK_MS_MAX = 10_000;

/** Role of the rows that hold what the checkpoint of each rank cost. */
export const CHECKPOINTER = "checkpointer";

/** A worker as the phase runner sees it. */
export interface CrewRow {
  /** "accelerator", "reader", "generator", {@linkcode CHECKPOINTER}. */
  readonly role: string;
  /** Global, for records. */
  readonly rank: number;
  /** Among those of this process, for rows of the region. */
  readonly localRank: number;
  readonly thread: number;
  /** For messages: "reader 2 of rank 0". */
  readonly title: string;
  /**
   * Names a file for messages, where it is no file of the dataset.
   *
   * @param kind Of the phase that uses it.
   */
  readonly pathOf?: (fileIndex: number, kind: PhaseKind) => string;
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

/** What a phase is to do. */
export interface PhaseOrder {
  readonly kind: PhaseKind;
  /** PHASE_*: the word that starts the workers. */
  readonly phase: number;
  readonly epoch: number;
  readonly stepCount: number;
  /** Which steps share an entry of step times; absent: none do. */
  readonly stepEntries?: StepEntries;
  readonly batchSize: number;
  /** Steps of all accelerators of this process, or its files. */
  readonly total: number;
  readonly checkpoint?: CheckpointOrder;
}

/**
 * Phases inside of others: checkpoints between training steps.
 */
export interface InnerPhases {
  /**
   * Called at every sample of a running phase, and once when it is over.
   *
   * @returns The record of an inner phase that has ended since; else null.
   */
  look(order: PhaseOrder, start: Moment): PhaseRecord | null;
  /** The phase's own record, once its inner ones are known. */
  finish(record: PhaseRecord, within: readonly PhaseRecord[]): PhaseRecord;
}

/** What a phase moved, for the look at where it came from. */
export interface MovedBytes {
  readonly bytesRequested: number;
}

/** What a phase runner works with. */
export interface PhaseParts {
  readonly region: Region;
  readonly crew: Crew;
  /** In the order of the region's rows. */
  readonly rows: readonly CrewRow[];
  readonly hostname: string;
  readonly link: Pick<ProcessLink, "cluster">;
  /** Tells what reached the device of what a phase moved, by counters alone. */
  readonly deviceIo: (
    order: PhaseOrder,
    moved: MovedBytes,
    counted: DeviceIo,
  ) => DeviceIo;
  /** The same with a look at files, for as long as their storage takes. */
  readonly lookAtDevice?: (
    order: PhaseOrder,
    moved: MovedBytes,
    counted: DeviceIo,
  ) => Promise<DeviceIo>;
  /** Looks at the device of a phase's files and at this host. */
  readonly probeOf: (order: PhaseOrder) => SystemProbe;
  /** How a phase's files were read; absent: there were none. */
  readonly hostFactsOf?: (order: PhaseOrder) => Partial<PhaseHostRecord>;
  /** Addresses that requests go to; absent: there are no requests. */
  readonly endpoints?: readonly string[];
  readonly stallTimeoutMs: number;
  /** Names a file for messages. */
  readonly pathOf: (fileIndex: number) => string;
  readonly signal: AbortSignal;
  readonly moment: () => Moment;
  readonly onProgress: (snapshot: Snapshot) => void;
  /** Role of each thread; absent: every row has one of its own. */
  readonly threadRoles?: readonly string[];
  /** Absent: no phase has others inside. */
  readonly inner?: InnerPhases;
  /** Called when an inner phase has ended, while the outer one continues. */
  readonly onPhaseWithin?: (record: PhaseRecord) => void;
}

/** What became of a phase. */
export interface PhaseOutcome {
  readonly record: PhaseRecord;
  /** Phases inside of it that have ended, in order. */
  readonly within: readonly PhaseRecord[];
  /** Why it was cut short; null if it was not. */
  readonly error: Error | null;
}

/** Runs the phases of one crew, one after another. */
export class PhaseRunner {
  readonly #parts: PhaseParts;
  readonly #fields: readonly Float64Array[];
  readonly #progress: PhaseProgress;
  readonly #threadRoles: readonly string[];

  constructor(parts: PhaseParts) {
    this.#parts = parts;
    this.#threadRoles = parts.threadRoles ??
      parts.rows.map(({ role }) => role);
    this.#fields = parts.rows.map((_row, index) => parts.region.fields(index));
    this.#progress = new PhaseProgress(
      parts.region,
      parts.rows,
      parts.hostname,
    );
  }

  /**
   * Runs a phase to its end, or until something stops it.
   *
   * @param cacheDrop What was dropped before; null: nothing was to be.
   */
  async run(
    order: PhaseOrder,
    cacheDrop: CacheDrop | null = null,
  ): Promise<PhaseOutcome> {
    const { moment, inner } = this.#parts;
    const within: PhaseRecord[] = [];
    const recorder = this.#recorder(order);
    const threads = new ThreadWatch(
      this.#parts.crew,
      this.#rowsOf(order),
      this.#threadRoles,
    );
    const before = readProcess();
    const start = moment();
    this.#openGate(order);
    const error = await this.#watch(order, {
      start,
      within,
      before,
      recorder,
    });
    const end = moment();
    const after = readProcess();
    const series = recorder.finish(end.atSeconds - start.atSeconds);
    const complete = this.#isComplete();
    const record = await this.#collect(order, {
      complete,
      start,
      end,
      before,
      after,
      cacheDrop,
      series,
      roles: threads.roleTimes(this.#parts.region),
    });
    return { record: inner?.finish(record, within) ?? record, within, error };
  }

  #recorder(order: PhaseOrder): SeriesRecorder {
    const { region, probeOf } = this.#parts;
    return new SeriesRecorder({
      region,
      rows: this.#rowsOf(order).map(([index]) => index),
      direction: PHASE_KINDS[order.kind].direction,
      probe: probeOf(order),
    });
  }

  /** Those that take part in a phase, with their numbers. */
  #rowsOf({ checkpoint }: PhaseOrder): [number, CrewRow][] {
    const isCheckpoint = checkpoint !== undefined;
    return [...this.#parts.rows.entries()].filter(([, { role }]) =>
      (role === CHECKPOINTER) === isCheckpoint
    );
  }

  #isComplete(): boolean {
    const { region } = this.#parts;
    const doneCount = Atomics.load(region.words, region.control("doneCount"));
    return doneCount === this.#threadRoles.length;
  }

  /**
   * Files are looked at only if the phase went to its end. Their storage may
   * not answer any more, since reads were ahead of the steps.
   */
  async #deviceIo(
    order: PhaseOrder,
    bytesRequested: number,
    { complete, counted }: { complete: boolean; counted: DeviceIo },
  ): Promise<DeviceIo> {
    const { deviceIo, lookAtDevice, stallTimeoutMs, signal } = this.#parts;
    const moved = { bytesRequested };
    const looked = complete && lookAtDevice !== undefined
      ? await inTime(
        () => lookAtDevice(order, moved, counted),
        () => signal.aborted ? 0 : Math.min(stallTimeoutMs, LOOK_MS_MAX),
      )
      : null;
    return looked?.value ?? deviceIo(order, moved, counted);
  }

  #openGate(order: PhaseOrder): void {
    const { region } = this.#parts;
    const { words } = region;
    // Rows still hold the last phase's counts until their owners clear them.
    for (const fields of this.#fields) fields.fill(0);
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

  async #watch(
    order: PhaseOrder,
    { start, within, before, recorder }: {
      start: Moment;
      within: PhaseRecord[];
      before: ProcessReadings;
      recorder: SeriesRecorder;
    },
  ): Promise<Error | null> {
    const { crew, region, signal, stallTimeoutMs } = this.#parts;
    const word = region.control("doneCount");
    const watchdog = new Watchdog(
      this.#fields,
      stallTimeoutMs,
      performance.now(),
    );
    const deviceOf = (roles: readonly RoleProgress[]) =>
      this.#deviceSoFar(order, roles, before);
    for (;;) {
      const done = Atomics.load(region.words, word);
      const elapsedSeconds = this.#parts.moment().atSeconds - start.atSeconds;
      this.#parts.onProgress(
        this.#progress.look(order, elapsedSeconds, deviceOf),
      );
      recorder.look(elapsedSeconds);
      const innerPhase = this.#parts.inner?.look(order, start) ?? null;
      if (innerPhase !== null) {
        within.push(innerPhase);
        this.#parts.onPhaseWithin?.(innerPhase);
      }
      if (done === this.#threadRoles.length) return null;
      const error = crew.failure ?? abortError(signal) ??
        this.#stallError(watchdog, order.kind);
      if (error !== null) {
        crew.stop();
        await crew.end();
        return error;
      }
      const tickMs = tickMsAfter(
        elapsedSeconds * 1000,
        recorder.dueSeconds * 1000,
      );
      await awaitChange(region.words, word, done, tickMs);
    }
  }

  #stallError(watchdog: Watchdog, kind: PhaseKind): Error | null {
    const stall = watchdog.look(performance.now());
    if (stall === null) return null;
    const { rows, pathOf } = this.#parts;
    const row = rows[stall.row];
    const title = row?.title ?? `worker ${stall.row}`;
    const path = (row?.pathOf ?? pathOf)(stall.fileIndex, kind);
    return new WorkerError(
      `Cannot go on as the ${stall.operation} of ` +
        `"${path}" has not ended for ` +
        `${stall.seconds.toFixed(0)} s (${title}); ` +
        `--stall-timeout sets how long an operation may take`,
    );
  }

  /** What a running phase's device moved; its files are left alone. */
  #deviceSoFar(
    order: PhaseOrder,
    roles: readonly RoleProgress[],
    before: Pick<ProcessReadings, "io">,
  ): DeviceProgress {
    const { direction, isCheckpoint } = PHASE_KINDS[order.kind];
    // Checkpoints between steps are not of the phase.
    const ofBytes = roles.filter(({ role }) =>
      isCheckpoint || role !== CHECKPOINTER
    ).reduce((sum, { bytes }) => sum + bytes, 0);
    const after = { io: readProcessIo() };
    const { bytes, source } = this.#parts.deviceIo(
      order,
      { bytesRequested: ofBytes },
      countedIo(direction, { before, after }),
    );
    return { bytes, ofBytes, source };
  }

  /** Those of accelerators, or of the ranks of a checkpoint. */
  #stepsOf(
    { checkpoint, stepEntries }: PhaseOrder,
    rows: readonly (readonly [number, CrewRow])[],
  ): StepRecords {
    const { region, hostname: host } = this.#parts;
    const byRank = rowsByRank(
      rows.filter(([, { role }]) =>
        role === "accelerator" || checkpoint !== undefined
      ),
    );
    const ranks = byRank.map((who) => ({ ...who, host }));
    return collectSteps(region, ranks, stepEntries);
  }

  async #collect(
    order: PhaseOrder,
    seen: {
      complete: boolean;
      start: Moment;
      end: Moment;
      before: ProcessReadings;
      after: ProcessReadings;
      cacheDrop: CacheDrop | null;
      series: PhaseSeries | undefined;
      roles: readonly RoleTimes[];
    },
  ): Promise<PhaseRecord> {
    const { region, hostname: host } = this.#parts;
    const seconds = seen.end.atSeconds - seen.start.atSeconds;
    const rows = this.#rowsOf(order);
    const indexes = rows.map(([index]) => index);
    const workers = rows.map(([index, row]) =>
      withIo(
        collectWorker(
          { ...row, host },
          this.#fields[index] ?? new Float64Array(),
        ),
        ioSeconds(region, index),
      )
    );
    const steps = this.#stepsOf(order, rows);
    const bytesRequested = workers.reduce((sum, { bytes }) => sum + bytes, 0);
    const device = await this.#deviceIo(order, bytesRequested, {
      complete: seen.complete,
      counted: countedIo(PHASE_KINDS[order.kind].direction, seen),
    });
    return {
      kind: order.kind,
      epoch: order.epoch,
      checkpoint: order.checkpoint?.number ?? 0,
      start: seen.start,
      end: seen.end,
      durationSeconds: seconds,
      batchSize: order.batchSize,
      plannedSteps: order.stepCount,
      ...steps,
      workers,
      latencies: collectLatencies(region, indexes),
      ...endpointsOf(region, this.#parts.endpoints ?? [], indexes),
      bytesRequested,
      hosts: [{
        host,
        process: this.#parts.link.cluster.rank,
        device,
        ...cpuUse(seen, seconds),
        roles: seen.roles,
        ...this.#parts.hostFactsOf?.(order),
        ...(seen.cacheDrop === null ? {} : { cacheDrop: seen.cacheDrop }),
      }],
      ...(seen.series === undefined ? {} : { series: seen.series }),
      complete: seen.complete,
    };
  }
}

/** Rows without calls say nothing of them. */
function withIo(worker: WorkerRecord, seconds: number): WorkerRecord {
  return seconds > 0 ? { ...worker, ioSeconds: seconds } : worker;
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
