/**
 * Looks at a running phase: the region's counters as a {@linkcode Snapshot}.
 */
import type { Reading } from "../../host/system_file.ts";
import { type ProcessCpu, readProcessCpu } from "../../host/process_cpu.ts";
import { HISTOGRAM_SLOTS, mergeHistogram } from "../../metrics/histogram.ts";
import { OPERATIONS, TRANSFERS } from "../../metrics/operations.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { CpuTime, WorkerRecord } from "../../metrics/run_record.ts";
import {
  auSoFar,
  type DeviceProgress,
  type RankProgress,
  type RoleProgress,
  type Snapshot,
} from "../../metrics/snapshot.ts";
import { FIELD, type Region, STEP_TIMES } from "../threads/region.ts";

/** What a look needs to know of a phase. */
type ShownPhase = Pick<Snapshot, "kind" | "epoch" | "total"> & {
  /** 0 where there are no steps. */
  readonly stepCount: number;
};

/** What it needs to know of a row. */
type ShownRow = Pick<WorkerRecord, "role" | "rank">;

/** Time between two looks at `/proc`, which cost more than all the others. */
const CPU_LOOK_SECONDS = 0.2;

/** Time between two looks at histograms and devices, which are for people. */
const SLOW_LOOK_SECONDS = 1;

/** What reached the device of what the threads of all roles moved. */
type DeviceOf = (roles: readonly RoleProgress[]) => DeviceProgress;

/** What the looks of all phases of a run share. */
export class PhaseProgress {
  readonly #region: Region;
  readonly #latency = new Float64Array(HISTOGRAM_SLOTS);
  #device: DeviceProgress = NO_DEVICE;
  #slowAtSeconds = -Infinity;
  readonly #host: string;
  readonly #fields: readonly Float64Array[];
  /** Numbers of each role's rows. */
  readonly #rowsOfRole: ReadonlyMap<string, readonly number[]>;
  readonly #ranks: RankProgress;
  #cpu: CpuTime = cpuTime(readProcessCpu());
  #cpuAtSeconds = -Infinity;

  /**
   * @param region The run's shared memory.
   * @param rows All of its rows, in order.
   */
  constructor(region: Region, rows: readonly ShownRow[], host: string) {
    this.#region = region;
    this.#host = host;
    this.#fields = rows.map((_row, index) => region.fields(index));
    this.#rowsOfRole = rowsOfRole(rows);
    this.#ranks = rankProgress(region, rows);
  }

  /**
   * Looks once.
   *
   * @param order The phase.
   * @param elapsedSeconds Since it began.
   * @param deviceOf Absent: nobody can tell.
   */
  look(
    order: ShownPhase,
    elapsedSeconds: number,
    deviceOf?: DeviceOf,
  ): Snapshot {
    this.#lookAtRanks();
    this.#lookAtCpu(elapsedSeconds);
    const roles = [...this.#rowsOfRole].map(([role, rows]) =>
      this.#roleProgress(role, rows)
    );
    if (isDue(elapsedSeconds - this.#slowAtSeconds, SLOW_LOOK_SECONDS)) {
      this.#slowAtSeconds = elapsedSeconds;
      this.#lookAtLatency(PHASE_KINDS[order.kind].direction);
      this.#device = deviceOf?.(roles) ?? NO_DEVICE;
    }
    const unit = order.stepCount > 0 ? "steps" : "files";
    return {
      kind: order.kind,
      epoch: order.epoch,
      host: this.#host,
      done: unit === "steps"
        ? this.#ranks.stepCounts.reduce((sum, count) => sum + count, 0)
        : roles.reduce((sum, { files }) => sum + files, 0),
      total: order.total,
      unit,
      bytes: roles.reduce((sum, { bytes }) => sum + bytes, 0),
      elapsedSeconds,
      auPercent: auSoFar(this.#ranks),
      roles,
      ranks: this.#ranks,
      cpu: this.#cpu,
      latency: this.#latency,
      device: this.#device,
    };
  }

  #lookAtRanks(): void {
    const { stepCounts, loadMs, computeMs, stepMs, requestedMs } = this.#ranks;
    // The rows of accelerators are the first ones, by local rank.
    for (let localRank = 0; localRank < stepCounts.length; localRank++) {
      const fields = this.#fields[localRank];
      stepCounts[localRank] = fields?.[FIELD.steps] ?? 0;
      loadMs[localRank] = fields?.[FIELD.loadMs] ?? 0;
      computeMs[localRank] = fields?.[FIELD.computeMs] ?? 0;
      stepMs[localRank] = fields?.[FIELD.stepMs] ?? 0;
      requestedMs[localRank] = fields?.[FIELD.computeRequestedMs] ?? 0;
    }
  }

  #lookAtCpu(elapsedSeconds: number): void {
    if (!isDue(elapsedSeconds - this.#cpuAtSeconds, CPU_LOOK_SECONDS)) return;
    this.#cpu = cpuTime(readProcessCpu());
    this.#cpuAtSeconds = elapsedSeconds;
  }

  #lookAtLatency(direction: "read" | "write"): void {
    this.#latency.fill(0);
    for (const operation of TRANSFERS[direction]) {
      const index = OPERATIONS.indexOf(operation);
      for (let row = 0; row < this.#fields.length; row++) {
        mergeHistogram(this.#latency, this.#region.histogram(row, index));
      }
    }
  }

  #roleProgress(role: string, rows: readonly number[]): RoleProgress {
    const total = (field: number) => {
      let sum = 0;
      for (const row of rows) sum += this.#fields[row]?.[field] ?? 0;
      return sum;
    };
    return {
      role,
      bytes: total(FIELD.bytes),
      operations: total(FIELD.operations),
      files: total(FIELD.files),
      samples: total(FIELD.samples),
      errors: total(FIELD.errors),
      retries: total(FIELD.retries),
    };
  }
}

/**
 * Processor time between two readings, or since the process began.
 *
 * @param now The later reading.
 * @param before The earlier one; absent: none was used before.
 */
export function cpuTime(
  now: Reading<ProcessCpu>,
  before: Reading<ProcessCpu> = NO_CPU_USED,
): CpuTime {
  if (now.value === null || before.value === null) {
    const source = now.reason ?? before.reason ?? "";
    return { userSeconds: null, systemSeconds: null, source };
  }
  return {
    userSeconds: (now.value.userMs - before.value.userMs) / 1000,
    systemSeconds: (now.value.systemMs - before.value.systemMs) / 1000,
    source: "/proc/self/stat utime and stime",
  };
}

const NO_DEVICE: DeviceProgress = {
  bytes: null,
  ofBytes: 0,
  source: "nobody can tell",
};

/** @param sinceSeconds Below 0: a new phase counts from 0 again. */
function isDue(sinceSeconds: number, everySeconds: number): boolean {
  return sinceSeconds < 0 || sinceSeconds >= everySeconds;
}

const NO_CPU_USED: Reading<ProcessCpu> = {
  value: { userMs: 0, systemMs: 0 },
  reason: null,
};

function rowsOfRole(rows: readonly ShownRow[]): Map<string, number[]> {
  const rowsByRole = new Map<string, number[]>();
  for (const [index, { role }] of rows.entries()) {
    const found = rowsByRole.get(role);
    if (found === undefined) rowsByRole.set(role, [index]);
    else found.push(index);
  }
  return rowsByRole;
}

function rankProgress(
  region: Region,
  rows: readonly ShownRow[],
): RankProgress {
  const count = region.shape.accelerators;
  const [load, compute, step, requested] = STEP_TIMES.map((_name, time) =>
    time
  );
  const timesOf = (localRank: number, time = 0) =>
    region.stepTimes(localRank, time);
  return {
    firstRank: rows[0]?.rank ?? 0,
    stepCounts: new Float64Array(count),
    loadMs: new Float64Array(count),
    computeMs: new Float64Array(count),
    stepMs: new Float64Array(count),
    requestedMs: new Float64Array(count),
    steps: Array.from({ length: count }, (_, localRank) => ({
      loadMs: timesOf(localRank, load),
      computeMs: timesOf(localRank, compute),
      stepMs: timesOf(localRank, step),
      requestedMs: timesOf(localRank, requested),
    })),
  };
}
