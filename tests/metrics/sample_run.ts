/**
 * A run for tests: 2 ranks on one host, 3 epochs of 4 steps in two blocks
 * with a checkpoint between them, an evaluation after the second epoch.
 * Every number is a plain fraction, so that tests can compute by hand.
 */
import { HISTOGRAM_SLOTS, recordMs } from "../../lib/metrics/histogram.ts";
import type { ResultContext } from "../../lib/results/result_context.ts";
import type {
  DeviceIo,
  Moment,
  PhaseHostRecord,
  PhaseRecord,
  RankRecord,
  RunRecord,
  WorkerRecord,
} from "../../lib/metrics/run_record.ts";

/** 2026-03-04T05:06:07.000 UTC. */
export const START_MS = Date.UTC(2026, 2, 4, 5, 6, 7);

export const CONTEXT: ResultContext = {
  stokerVersion: "0.1.0",
  versions: { deno: "2.9.6" },
  commandLine: ["run", "quick"],
  label: "",
  modelName: "unet3d",
  workflow: {
    generateData: true,
    train: true,
    evaluation: true,
    checkpoint: true,
  },
  numFilesTrain: 56,
  numFilesEval: 14,
  numSamplesPerFile: 1,
  batchSize: 7,
  batchSizeEval: 7,
  readThreads: 4,
  recordBytes: 2 ** 20,
  auGoal: 0.9,
  excludeStartSteps: 1,
  excludeEndSteps: 0,
  checkpointBytes: 2 ** 30,
  comparabilityClass: "0d3ad0dec188becd",
  utcOffsetMinutes: 60,
  logFile: "dlio.log",
  settings: {
    "reader.batch_size": { value: 7, origin: "++workload.reader.batch_size" },
  },
  workload: {
    model: { name: "unet3d" },
    dataset: { num_files_train: 56, format: "npz" },
    reader: { batch_size: 7, file_shuffle: "off" },
    train: { epochs: 3, computation_time: 0.5 },
    workflow: { generate_data: true, train: true, checkpoint: true },
    output: { folder: "results/x", log_file: "dlio.log" },
  },
  overrides: [
    "workload=unet3d_h100",
    "++workload.train.epochs=3",
    "++workload.reader.batch_size=7",
    "++workload.workflow.checkpoint=True",
    "++workload.output.log_level=debug",
  ],
  hydraFolder: ".hydra",
  workingFolder: "/work",
};

export function momentAt(atSeconds: number): Moment {
  return { wallMs: START_MS + atSeconds * 1000, atSeconds };
}

/** A rank whose steps load, compute and wait for the given seconds. */
export function rankOf(
  rank: number,
  steps: readonly (readonly [load: number, compute: number, wait: number])[],
  blockSteps: readonly number[] = [steps.length],
): RankRecord {
  const stepSeconds = Float64Array.from(steps, ([l, c, w]) => l + c + w);
  const blocks = [];
  let firstStep = 0;
  let startSeconds = 0;
  for (const stepCount of blockSteps) {
    const durationSeconds = stepSeconds
      .subarray(firstStep, firstStep + stepCount).reduce((a, b) => a + b, 0);
    blocks.push({ firstStep, stepCount, startSeconds, durationSeconds });
    firstStep += stepCount;
    // One second for the checkpoint between blocks.
    startSeconds += durationSeconds + 1;
  }
  return {
    rank,
    host: "node-1",
    stepCount: steps.length,
    loadSeconds: Float64Array.from(steps, ([load]) => load),
    computeSeconds: Float64Array.from(steps, ([, compute]) => compute),
    stepSeconds,
    computeRequestedSeconds: Float64Array.from(steps, ([, compute]) => compute),
    doneSeconds: stepSeconds.reduce((a, b) => a + b, 0),
    blocks,
  };
}

export function workerOf(
  rank: number,
  facts: Partial<WorkerRecord> = {},
): WorkerRecord {
  return {
    host: "node-1",
    role: "reader",
    rank,
    thread: 0,
    bytes: 0,
    operations: 1,
    files: 1,
    samples: 1,
    errors: 0,
    retries: 0,
    firstDoneSeconds: 0.125,
    lastDoneSeconds: 1,
    ...facts,
  };
}

export function histogramOf(values: readonly number[]): Float64Array {
  const slots = new Float64Array(HISTOGRAM_SLOTS);
  for (const ms of values) recordMs(slots, ms);
  return slots;
}

/** The only process of a phase. */
export function hostsOf(
  device: DeviceIo,
  facts: Partial<PhaseHostRecord> = {},
): PhaseHostRecord[] {
  const cpu = { userSeconds: 0.25, systemSeconds: 0.125, source: "/proc" };
  const hostCpu = { busyFraction: 0.5, pressureFraction: 0.25 };
  return [{ host: "node-1", process: 0, device, cpu, hostCpu, ...facts }];
}

export function phaseOf(facts: Partial<PhaseRecord> = {}): PhaseRecord {
  return {
    kind: "train",
    epoch: 1,
    checkpoint: 0,
    start: momentAt(10),
    end: momentAt(16),
    durationSeconds: 6,
    batchSize: 7,
    plannedSteps: 4,
    ranks: [],
    workers: [],
    latencies: {},
    bytesRequested: 0,
    hosts: hostsOf({ bytes: 0, source: "/proc/self/io" }),
    complete: true,
    ...facts,
  };
}

export function runOf(
  phases: readonly PhaseRecord[],
  facts: Partial<RunRecord> = {},
): RunRecord {
  return {
    start: momentAt(0),
    end: momentAt(100),
    accelerators: 2,
    hosts: [{
      hostname: "node-1",
      cpuCount: 2,
      cpuModel: "AMD EPYC",
      memoryBytes: 8 * 2 ** 30,
      cpuInfo: { "model name": "AMD EPYC", "cpu_cores": "2" },
      memInfo: { MemTotal: "8388608 kB" },
      osRelease: "Linux 6.1",
    }],
    phases,
    complete: true,
    failure: null,
    warnings: [],
    ...facts,
  };
}

/** Rank 0 loads in 1/16 s and waits for rank 1, which loads in 1/8 s. */
export function trainPhase(epoch: number): PhaseRecord {
  const steps = [1, 2, 3, 4];
  return phaseOf({
    epoch,
    start: momentAt(10 * epoch),
    end: momentAt(10 * epoch + 4),
    durationSeconds: 4,
    ranks: [
      rankOf(0, steps.map(() => [1 / 16, 1 / 2, 1 / 16] as const), [2, 2]),
      rankOf(1, steps.map(() => [1 / 8, 1 / 2, 0] as const), [2, 2]),
    ],
    workers: [
      workerOf(0, { bytes: 28 * 2 ** 20, lastDoneSeconds: 2 }),
      workerOf(1, { bytes: 28 * 2 ** 20, lastDoneSeconds: 2.5 }),
    ],
    latencies: { open: histogramOf([0.0625]), read: histogramOf([1, 2, 3, 4]) },
    bytesRequested: 56 * 2 ** 20,
    hosts: hostsOf({ bytes: 14 * 2 ** 20, source: "/proc/self/io" }),
  });
}

export function evalPhase(epoch: number): PhaseRecord {
  return phaseOf({
    kind: "eval",
    epoch,
    start: momentAt(10 * epoch + 5),
    end: momentAt(10 * epoch + 6),
    durationSeconds: 1,
    plannedSteps: 2,
    ranks: [
      rankOf(0, [[1 / 2, 1 / 4, 0], [1 / 4, 1 / 4, 0]]),
      rankOf(1, [[1 / 2, 1 / 4, 0], [0, 1 / 4, 1 / 4]]),
    ],
    workers: [workerOf(0, { bytes: 2 ** 20 })],
    latencies: { read: histogramOf([0.5]) },
    bytesRequested: 2 ** 20,
    hosts: hostsOf({ bytes: null, source: "no permission for FFI" }),
  });
}

export function savePhase(epoch: number): PhaseRecord {
  return phaseOf({
    kind: "save_checkpoint",
    epoch,
    checkpoint: 1,
    start: momentAt(10 * epoch + 1.25),
    end: momentAt(10 * epoch + 2.25),
    durationSeconds: 1,
    batchSize: 0,
    plannedSteps: 0,
    workers: [
      workerOf(0, {
        role: "checkpointer",
        bytes: 3 * 2 ** 28,
        lastDoneSeconds: 1,
      }),
      workerOf(1, {
        role: "checkpointer",
        bytes: 2 ** 28,
        lastDoneSeconds: 0.5,
      }),
    ],
    latencies: { write: histogramOf([8]) },
    bytesRequested: 2 ** 30,
    hosts: hostsOf({ bytes: 2 ** 30, source: "/proc/self/io" }),
  });
}

/** 2 ranks, 3 epochs, one checkpoint, one evaluation. */
export function sampleRun(facts: Partial<RunRecord> = {}): RunRecord {
  return runOf([
    trainPhase(1),
    savePhase(2),
    trainPhase(2),
    evalPhase(2),
    trainPhase(3),
  ], facts);
}
