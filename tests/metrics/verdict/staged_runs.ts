/**
 * Runs as they would be measured in front of a known bottleneck: two or four
 * ranks, two readers each, 20 steps of 0.1 s of compute.
 */
import type { PhaseSeries } from "../../../lib/metrics/phase_series.ts";
import type {
  PhaseHostRecord,
  PhaseRecord,
  RankRecord,
  RoleTimes,
  RunRecord,
} from "../../../lib/metrics/run_record.ts";
import type { RunSummary } from "../../../lib/metrics/summary.ts";
import { summarize } from "../../../lib/metrics/summary.ts";
import {
  CONTEXT,
  histogramOf,
  hostsOf,
  phaseOf,
  runOf,
  workerOf,
} from "../sample_run.ts";

/** Steps of every rank. */
const STEPS = 20;
/** Compute that every step asks for. */
const ASKED = 0.1;

/** What a staged run is like; seconds are of one step. */
export interface Stage {
  /** Of each rank, or of all; waits for the batch. */
  readonly load: readonly number[];
  /** Compute beyond what was asked for. */
  readonly overrun?: number;
  /** Asked of each rank beyond the 0.1 s. */
  readonly askedMore?: readonly number[];
  /** Time at the barrier that no rank needed. */
  readonly barrier?: number;
  /** 0…1 of the readers' time. */
  readonly inCalls?: number;
  /** Null: nobody tells. */
  readonly onCpu?: number | null;
  readonly cpuWait?: number;
  readonly acceleratorCpuWait?: number;
  readonly deviceBusy?: number;
  readonly hostBusy?: number;
  /** 0…1 of the two processors that Stoker may use. @default {Nobody tells} */
  readonly ownCpu?: number;
  /** Of the bytes. */
  readonly hits?: number | null;
  readonly networkUse?: number;
  readonly endpointsMs?: readonly number[];
  readonly inline?: boolean;
  /** Seconds in calls of each rank's readers. @default {Nobody tells} */
  readonly calls?: readonly number[];
}

/** A rank whose steps all take the same. */
function rankOf(
  rank: number,
  load: number,
  stage: Stage,
  step: number,
): RankRecord {
  const asked = ASKED + (stage.askedMore?.[rank] ?? 0);
  const list = (seconds: number) => new Float64Array(STEPS).fill(seconds);
  return {
    rank,
    host: "node-1",
    stepCount: STEPS,
    loadSeconds: list(load),
    computeSeconds: list(asked + (stage.overrun ?? 0)),
    stepSeconds: list(step),
    computeRequestedSeconds: list(asked),
    doneSeconds: STEPS * step,
    blocks: [],
  };
}

/** The phase of a stage. */
export function stagedPhase(stage: Stage): PhaseRecord {
  const { load, overrun = 0, askedMore = [], barrier = 0 } = stage;
  const step = Math.max(
    ...load.map((seconds, rank) =>
      seconds + ASKED + (askedMore[rank] ?? 0) + overrun
    ),
  ) + barrier;
  const durationSeconds = STEPS * step;
  const bytesRequested = 2 ** 30;
  const hits = stage.hits === undefined ? 0 : stage.hits;
  return phaseOf({
    durationSeconds,
    plannedSteps: STEPS,
    ranks: load.map((seconds, rank) => rankOf(rank, seconds, stage, step)),
    workers: [
      workerOf(0, { bytes: bytesRequested }),
      ...(stage.calls ?? []).map((ioSeconds, rank) =>
        workerOf(rank, { ioSeconds })
      ),
    ],
    bytesRequested,
    hosts: hostsOf({
      bytes: hits === null ? null : (1 - hits) * bytesRequested,
      source: "/proc/self/io read_bytes",
    }, {
      hostCpu: { busyFraction: stage.hostBusy ?? 0.2, pressureFraction: null },
      roles: rolesOf(stage, durationSeconds),
      ...ownCpuOf(stage, durationSeconds),
    }),
    series: seriesOf(stage, durationSeconds),
    ...(stage.endpointsMs === undefined ? {} : {
      endpoints: stage.endpointsMs.map((ms, index) => ({
        address: `http://node${index}:9000`,
        requests: 100,
        bytes: 1,
        errors: 0,
        retries: 0,
        latency: latencyOf(ms),
      })),
    }),
  });
}

function ownCpuOf(
  { ownCpu }: Stage,
  durationSeconds: number,
): Partial<PhaseHostRecord> {
  if (ownCpu === undefined) return {};
  const count = 2;
  return {
    cpu: {
      userSeconds: ownCpu * count * durationSeconds / 4,
      systemSeconds: 3 * ownCpu * count * durationSeconds / 4,
      source: "/proc",
    },
    ownCpus: { count, source: "cpu.max", groupPressureFraction: 0.4 },
  };
}

function rolesOf(stage: Stage, durationSeconds: number): RoleTimes[] {
  const { load, inCalls = 0.1, cpuWait = 0, acceleratorCpuWait = 0 } = stage;
  const onCpu = stage.onCpu === undefined ? 0.05 : stage.onCpu;
  const readerSeconds = 2 * load.length * durationSeconds;
  const ofReaders = (share: number) =>
    onCpu === null ? null : share * readerSeconds;
  const accelerators = {
    role: "accelerator",
    threadCount: load.length,
    cpuSeconds: 0,
    cpuWaitSeconds: acceleratorCpuWait * load.length * durationSeconds,
    ioSeconds: stage.inline === true
      ? inCalls * STEPS * load.reduce((a, b) => a + b, 0)
      : 0,
  };
  return stage.inline === true ? [accelerators] : [accelerators, {
    role: "reader",
    threadCount: 2 * load.length,
    cpuSeconds: ofReaders((onCpu ?? 0) - cpuWait),
    cpuWaitSeconds: ofReaders(cpuWait),
    ioSeconds: inCalls * readerSeconds,
  }];
}

function seriesOf(stage: Stage, seconds: number): PhaseSeries {
  const one = (value: number) => Float64Array.of(value);
  return {
    intervalSeconds: 1,
    bytes: one(2 ** 30),
    operations: one(1),
    samples: one(1),
    auPercent: one(50),
    latencyP50Ms: one(1),
    latencyP99Ms: one(1),
    latencyMaxMs: one(1),
    deviceReadBytes: one(0),
    deviceWriteBytes: one(0),
    deviceBusyFraction: one(stage.deviceBusy ?? NaN),
    deviceQueue: one(1),
    networkBytes: one(
      stage.networkUse === undefined ? NaN : stage.networkUse * 1e9 * seconds,
    ),
    cpuSeconds: one(1),
    hostCpuBusyFraction: one(stage.hostBusy ?? 0.2),
    deviceSource: "vda, /proc/diskstats",
    ...(stage.networkUse === undefined
      ? {}
      : { networkLimitBytesPerSecond: 1e9 }),
  };
}

/** A histogram of 100 latencies of the same length. */
function latencyOf(ms: number): Float64Array {
  const slots = histogramOf(Array.from({ length: 100 }, () => ms));
  return slots;
}

/** What a run of one such phase comes to. */
export function stagedSummary(
  phases: readonly PhaseRecord[],
  facts: Partial<RunRecord> = {},
): RunSummary {
  return summarize(
    runOf(phases, {
      accelerators: Math.max(1, phases[0]?.ranks.length ?? 1),
      ...facts,
    }),
    // As many samples as the steps read.
    {
      ...CONTEXT,
      numFilesTrain: STEPS * 7 * Math.max(1, phases[0]?.ranks.length ?? 1),
      excludeStartSteps: 0,
    },
  );
}
