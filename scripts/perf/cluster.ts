/**
 * Runs of many accelerators: what each of 4,096 needs to know its share of a
 * huge dataset, and making one record of what they all measured.
 */
import { encodeMessage } from "../../lib/cluster/message.ts";
import { mergeSaid, type Said } from "../../lib/engine/run/gather_phase.ts";
import { HISTOGRAM_SLOTS, recordMs } from "../../lib/metrics/histogram.ts";
import type { PhaseRecord, RankRecord } from "../../lib/metrics/run_record.ts";
import {
  entryBounds,
  entryCountOf,
  planStepEntries,
  STEP_TIMES_MAX,
  type StepEntries,
} from "../../lib/metrics/step_entries.ts";
import { type Measure, type Measured, medianOf, secondsOf } from "./measure.ts";

const RANK_COUNT = 4096;
const READERS = 4;
const ROUND_COUNT = 3;
/** Most that merging may take. */
const MERGE_SECONDS = 2;

/** What `cluster_plan_process.ts` prints. */
export interface PlanFigures {
  /** From the start of the process until the first batch was taken. */
  readonly seconds: number;
  readonly memoryMb: number;
}

/** Rows "cluster.*". */
export const measures: readonly Measure[] = [
  {
    id: "cluster.plan_50m",
    run: async () => ({
      value: (await planFigures()).seconds,
      unit: "s",
      limit: null,
    }),
  },
  {
    id: "cluster.plan_50m_memory",
    run: async () => ({
      value: (await planFigures()).memoryMb,
      unit: "MB",
      limit: null,
    }),
  },
  { id: "cluster.merge_4096", run: measureMerge },
];

let known: Promise<PlanFigures> | undefined;

/** Of the first and the last accelerator, the greater ones. */
function planFigures(): Promise<PlanFigures> {
  return known ??= (async () => {
    const first = await planOf(0);
    const last = await planOf(RANK_COUNT - 1);
    return {
      seconds: Math.max(first.seconds, last.seconds),
      memoryMb: Math.max(first.memoryMb, last.memoryMb),
    };
  })();
}

async function planOf(rank: number): Promise<PlanFigures> {
  const script = new URL("./cluster_plan_process.ts", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", script, String(rank)],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("cluster_plan_process.ts failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** One record of what each accelerator sent, from the bytes that came. */
async function measureMerge(): Promise<Measured> {
  const records = Array.from({ length: RANK_COUNT }, (_, rank) => {
    const said: Said = { record: recordOf(rank), within: [] };
    return encodeMessage(said);
  });
  let stepCount = 0;
  const value = await medianOf(ROUND_COUNT, () =>
    secondsOf(() => {
      const { ranks } = mergeSaid(records).record;
      stepCount = ranks.reduce((sum, rank) => sum + rank.stepCount, 0);
    }));
  if (stepCount !== RANK_COUNT * STEPS_PER_RANK) {
    throw new Error("steps were lost");
  }
  return { value, unit: "s", limit: MERGE_SECONDS };
}

/** A long epoch of each: more steps than are kept one by one. */
const STEPS_PER_RANK = 1000;

/** What one accelerator with its readers might record. */
function recordOf(rank: number): PhaseRecord {
  const host = `node${rank}`;
  const at = { wallMs: 0, atSeconds: 0 };
  const entries = planStepEntries(
    STEPS_PER_RANK,
    Math.ceil(RANK_COUNT * STEPS_PER_RANK / STEP_TIMES_MAX),
    [1],
  ) as StepEntries;
  const times = histogramOf(rank);
  return {
    kind: "train",
    epoch: 1,
    checkpoint: 0,
    start: at,
    end: at,
    durationSeconds: 1,
    batchSize: 1,
    plannedSteps: STEPS_PER_RANK,
    stepEntries: entries,
    stepTimes: { load: times, compute: times, step: times, requested: times },
    ranks: [rankOf(rank, host, entries)],
    workers: Array.from({ length: READERS }, (_, thread) => ({
      host,
      role: "reader",
      rank,
      thread,
      bytes: 1,
      operations: 1,
      files: 1,
      samples: 1,
      errors: 0,
      retries: 0,
      firstDoneSeconds: 0,
      lastDoneSeconds: 1,
    })),
    latencies: { open: times, read: times },
    bytesRequested: 1,
    hosts: [{
      host,
      process: rank,
      device: { bytes: 1, source: "perf" },
      cpu: { userSeconds: 1, systemSeconds: 1, source: "perf" },
      hostCpu: { busyFraction: 0.5, pressureFraction: null },
    }],
    complete: true,
  };
}

function rankOf(
  rank: number,
  host: string,
  entries: StepEntries,
): RankRecord {
  const times = new Float64Array(entryCountOf(entries))
    .map((_, entry) => 1 / (1 + rank + entry));
  return {
    rank,
    host,
    stepCount: STEPS_PER_RANK,
    entryBounds: entryBounds(entries),
    loadSeconds: times,
    computeSeconds: times,
    stepSeconds: times,
    computeRequestedSeconds: times,
    doneSeconds: 1,
    blocks: [{
      firstStep: 0,
      stepCount: STEPS_PER_RANK,
      startSeconds: 0,
      durationSeconds: 1,
    }],
  };
}

function histogramOf(seed: number): Float64Array {
  const slots = new Float64Array(HISTOGRAM_SLOTS);
  for (let i = 1; i <= 100; i++) recordMs(slots, (seed % 7 + 1) * i / 10);
  return slots;
}
