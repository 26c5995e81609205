/**
 * Records of the checkpoints that are saved between the steps of a training
 * phase. The main thread takes them during the phase.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { readThreadIo } from "../../host/process_io.ts";
import type {
  BlockRecord,
  DeviceIo,
  Moment,
  PhaseRecord,
  RankRecord,
  WorkerRecord,
} from "../../metrics/run_record.ts";
import { entriesIn } from "../../metrics/step_entries.ts";
import {
  collectLatencies,
  collectRank,
  collectWorker,
} from "../run/collect.ts";
import type { DeviceWatch } from "../run/device_watch.ts";
import type { CrewRow } from "../run/phase_runner.ts";
import { usedWriteEngine } from "../run/used_engine.ts";
import { checkpointRow, FIELD, type Region } from "../threads/region.ts";

/** What a collector works with. */
export interface CheckpointCollectorParts {
  readonly region: Region;
  /** Rows of the checkpoints of this process's ranks, in their order. */
  readonly rows: readonly CrewRow[];
  readonly threadCount: number;
  readonly hostname: string;
  readonly cluster: Cluster;
  /** What is saved, how, and where. */
  readonly plan: CheckpointPlan;
  readonly device: DeviceWatch;
}

/** Takes a checkpoint's counters when its last thread is through. */
export class CheckpointCollector {
  readonly #parts: CheckpointCollectorParts;
  #seenCount = 0;

  constructor(parts: CheckpointCollectorParts) {
    this.#parts = parts;
  }

  /**
   * Looks whether another checkpoint is done; if so, its rows are free again.
   *
   * @param epoch The epoch that is being trained.
   * @param trainStart When its phase began.
   * @param number The checkpoint's number in the run, if there is one.
   * @returns Its record, or null.
   */
  look(epoch: number, trainStart: Moment, number: number): PhaseRecord | null {
    const { region, threadCount } = this.#parts;
    const { words } = region;
    const done = Atomics.load(words, region.control("checkpointDone"));
    if (done < (this.#seenCount + 1) * threadCount) return null;
    const record = this.#collect(epoch, trainStart, number);
    this.#seenCount++;
    const seenWord = region.control("checkpointSeen");
    Atomics.store(words, seenWord, this.#seenCount);
    Atomics.notify(words, seenWord);
    return record;
  }

  #collect(epoch: number, trainStart: Moment, number: number): PhaseRecord {
    const { region, rows, hostname, cluster, plan } = this.#parts;
    const host = hostname;
    const places = rows.map(({ localRank }) =>
      checkpointRow(region.shape, localRank)
    );
    const workers = rows.map((row, index) =>
      collectWorker({ ...row, host }, region.fields(places[index] ?? 0))
    );
    const ranks = rows.map((row, index) =>
      collectRank(region, { ...row, host, rows: [places[index] ?? 0] })
    );
    let startMs = Infinity;
    let endMs = 0;
    for (const place of places) {
      const fields = region.fields(place);
      const rankStartMs = fields[FIELD.startMs] ?? 0;
      startMs = Math.min(startMs, rankStartMs);
      endMs = Math.max(endMs, rankStartMs + (fields[FIELD.doneMs] ?? 0));
    }
    const bytesRequested = workers.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      kind: "save_checkpoint",
      epoch,
      checkpoint: number,
      start: later(trainStart, startMs / 1000),
      end: later(trainStart, endMs / 1000),
      durationSeconds: (endMs - startMs) / 1000,
      batchSize: 0,
      plannedSteps: 0,
      ranks,
      workers,
      latencies: collectLatencies(region, places),
      bytesRequested,
      hosts: [{
        host,
        process: cluster.rank,
        device: this.#parts.device.deviceIo(
          { kind: "save_checkpoint", bytesRequested },
          countedIo(workers, plan),
        ),
        cpu: {
          userSeconds: null,
          systemSeconds: null,
          source: "part of the training phase that goes on meanwhile",
        },
        hostCpu: { busyFraction: null, pressureFraction: null },
        ...usedWriteEngine(plan.storage.kind, plan.saveQueue, region),
      }],
      complete: true,
    };
  }
}

/** The counters of the process include what training reads. */
function countedIo(
  workers: readonly WorkerRecord[],
  { saveQueue }: CheckpointPlan,
): DeviceIo {
  // Each thread's are with the first of its ranks. With writes in flight the
  // process's are with the first of all; it reads meanwhile, but writes nothing.
  const counted = workers.filter(({ deviceWriteBytes }) =>
    deviceWriteBytes !== undefined
  );
  if (counted.length === 0) {
    const { reason } = readThreadIo();
    return { bytes: null, source: reason ?? "the storage does not count it" };
  }
  return {
    bytes: counted.reduce(
      (sum, { deviceWriteBytes = 0 }) => sum + deviceWriteBytes,
      0,
    ),
    source: saveQueue === undefined
      ? "/proc/thread-self/io write_bytes of the checkpointers"
      : "/proc/self/io write_bytes of the process during the save",
  };
}

/**
 * A training phase with its steps as blocks between checkpoints.
 *
 * @param train The phase as a single block.
 * @param saves Checkpoints between its steps, in order.
 * @param stepsBetween Steps from one to the next.
 */
export function withBlocks(
  train: PhaseRecord,
  saves: readonly PhaseRecord[],
  stepsBetween: number,
): PhaseRecord {
  if (saves.length === 0) return train;
  const ranks = train.ranks.map((rank) => ({
    ...rank,
    blocks: blocksOf(rank, { saves, stepsBetween }),
  }));
  return { ...train, ranks };
}

function blocksOf(
  rank: RankRecord,
  { saves, stepsBetween }: {
    readonly saves: readonly PhaseRecord[];
    readonly stepsBetween: number;
  },
): BlockRecord[] {
  const blocks: BlockRecord[] = [];
  // The accelerator's own times throughout: it goes from a block into the
  // checkpoint and from there into the next block.
  let startSeconds = 0;
  for (let index = 0; index <= saves.length; index++) {
    const firstStep = index * stepsBetween;
    const endStep = index < saves.length
      ? Math.min(firstStep + stepsBetween, rank.stepCount)
      : rank.stepCount;
    if (endStep <= firstStep) break;
    const { from, to } = entriesIn(rank, { from: firstStep, to: endStep });
    const durationSeconds = rank.stepSeconds.subarray(from, to)
      .reduce((sum, seconds) => sum + seconds, 0);
    blocks.push({
      firstStep,
      stepCount: endStep - firstStep,
      startSeconds,
      durationSeconds,
    });
    const save = saves[index];
    const savedBy = save?.ranks.find((other) => other.rank === rank.rank);
    startSeconds += durationSeconds +
      (savedBy?.doneSeconds ?? save?.durationSeconds ?? 0);
  }
  return blocks;
}

function later(moment: Moment, seconds: number): Moment {
  return {
    wallMs: moment.wallMs + seconds * 1000,
    atSeconds: moment.atSeconds + seconds,
  };
}
