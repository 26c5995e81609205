/**
 * Runs whose results are kept as files in `golden/`: every kind of phase, a
 * run that was cut short, one that only checkpoints, one without phases.
 */
import type { PhaseRecord, RunRecord } from "../../lib/metrics/run_record.ts";
import {
  evalPhase,
  histogramOf,
  hostsOf,
  momentAt,
  phaseOf,
  rankOf,
  runOf,
  sampleRun,
  savePhase,
  trainPhase,
  workerOf,
} from "../metrics/sample_run.ts";

function loadPhase(epoch: number, facts: Partial<PhaseRecord> = {}) {
  return phaseOf({
    kind: "load_checkpoint",
    epoch,
    checkpoint: 1,
    start: momentAt(10 * epoch + 7),
    end: momentAt(10 * epoch + 8),
    durationSeconds: 1,
    batchSize: 0,
    plannedSteps: 0,
    workers: [
      workerOf(0, {
        role: "checkpointer",
        bytes: 2 ** 29,
        lastDoneSeconds: 0.25,
      }),
      workerOf(1, {
        role: "checkpointer",
        bytes: 2 ** 29,
        lastDoneSeconds: 0.75,
      }),
    ],
    latencies: { get: histogramOf([2, 3]), first_byte: histogramOf([1]) },
    bytesRequested: 2 ** 30,
    hosts: hostsOf({ bytes: 2 ** 28, source: "/proc/self/io read_bytes" }),
    endpoints: [{
      address: "http://node01:9000",
      requests: 4,
      bytes: 2 ** 30,
      errors: 0,
      retries: 1,
      latency: histogramOf([2, 3]),
    }],
    ...facts,
  });
}

const GENERATION = phaseOf({
  kind: "generate",
  epoch: 0,
  start: momentAt(1),
  end: momentAt(5),
  durationSeconds: 4,
  batchSize: 0,
  plannedSteps: 0,
  workers: [workerOf(0, { role: "generator", bytes: 56 * 2 ** 20 })],
  latencies: { write: histogramOf([4]) },
  bytesRequested: 56 * 2 ** 20,
  hosts: hostsOf({ bytes: 56 * 2 ** 20, source: "/proc/self/io write_bytes" }),
});

function dropped(phase: PhaseRecord): PhaseRecord {
  const cacheDrop = {
    methods: ["posix_fadvise", "drop_caches"],
    fileCount: 56,
    sampledFiles: 8,
    residentBytesBefore: 2 ** 20,
    residentBytesAfter: 4096,
    durationSeconds: 0.25,
    problem: "4096 bytes stayed",
  };
  return {
    ...phase,
    hosts: phase.hosts.map((host) => ({ ...host, cacheDrop })),
  };
}

function everyKind(): RunRecord {
  const save = savePhase(1);
  return runOf([
    GENERATION,
    dropped(trainPhase(1)),
    {
      ...save,
      workers: save.workers.map((w) => ({ ...w, fsyncSeconds: 0.25 })),
      latencies: { put: histogramOf([8, 16]), fsync: histogramOf([250]) },
      hosts: hostsOf({ bytes: 2 ** 29, source: "/proc/self/io write_bytes" }),
    },
    evalPhase(1),
    dropped(loadPhase(1)),
    trainPhase(2),
    loadPhase(2),
  ], { warnings: ["the first warning"] });
}

function cutShort(): RunRecord {
  return runOf([
    trainPhase(1),
    phaseOf({
      epoch: 2,
      start: momentAt(20),
      end: momentAt(22),
      durationSeconds: 2,
      ranks: [rankOf(0, [[1, 1, 0]])],
      hosts: hostsOf({ bytes: null, source: "no permission for FFI" }),
      complete: false,
    }),
  ], { complete: false, failure: "Interrupted by SIGINT" });
}

/** Name of a folder of `golden/` to the run whose results it holds. */
export const GOLDEN_RUNS: ReadonlyMap<string, RunRecord> = new Map([
  ["sample", sampleRun()],
  ["every_kind", everyKind()],
  ["cut_short", cutShort()],
  ["checkpoints", runOf([savePhase(0), loadPhase(0)])],
  ["no_phases", runOf([], { hosts: [], accelerators: 0 })],
]);
