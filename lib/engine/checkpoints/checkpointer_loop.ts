/**
 * A thread that saves and loads the checkpoints of some ranks, beside the
 * accelerators, so that a counter's row keeps one writer. Several may load a
 * rank, each a part of every file; one of them saves it.
 *
 *    thread 0      record "incomplete" -+              +- record "complete"
 *    all threads   --------------- barrier, ranks, barrier ---------------
 *
 * The time of a rank runs from the first barrier to the end of its last
 * file, by the last thread that loads it; with `rank_sync` to the second
 * barrier.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import {
  checkRecord,
  RECORD_FILE,
  writeRecord,
} from "../../checkpoint/checkpoint_record.ts";
import type { CheckpointId } from "../../checkpoint/file_content.ts";
import type { Reader } from "../../checkpoint/file_part.ts";
import {
  type RankTransfer,
  removeCheckpoint,
  type TransferQueues,
} from "../../checkpoint/rank_transfer.ts";
import { type Cluster, onFirstProcess } from "../../cluster/cluster.ts";
import type { RankPlace } from "../../cluster/ranks.ts";
import { readProcessIo } from "../../host/process_io.ts";
import type { Storage } from "../../storage/storage.ts";
import { ThreadBarrier } from "../threads/barrier.ts";
import { DeviceCounter } from "../threads/device_counter.ts";
import { ring } from "../threads/doorbell.ts";
import { threadOfAccelerator } from "../threads/thread_share.ts";
import { checkpointCountOf } from "./save_between_steps.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import {
  controlValue,
  FIELD,
  PHASE_END,
  PHASE_LOAD,
  PHASE_SAVE,
  PHASE_TRAIN,
  type Region,
} from "../threads/region.ts";
import { blockWhile, Gate, Stopped } from "../threads/thread_sync.ts";

/** What a checkpointer works with. */
export interface CheckpointerParts {
  readonly region: Region;
  readonly plan: CheckpointPlan;
  readonly cluster: Cluster;
  readonly storage: Storage;
  readonly transfer: RankTransfer;
  /** What it has in flight. */
  readonly queues: TransferQueues;
  /** Its ranks, each with the row that its costs go to. */
  readonly ranks: readonly ServedRank[];
  /** Which part of their files it loads; it saves them if it is number 0. */
  readonly reader: Reader;
}

/** One rank that a checkpointer serves. */
export interface ServedRank extends RankPlace {
  readonly meter: WorkerMeter;
  readonly fields: Float64Array;
}

/**
 * Runs a checkpointer until the run ends.
 *
 * @param parts What it works with.
 * @param thread Its number.
 * @throws {Stopped} When the run is stopped.
 */
export async function runCheckpointer(
  parts: CheckpointerParts,
  thread: number,
): Promise<void> {
  const { region, plan } = parts;
  const gate = new Gate(region);
  const checkpointer = new Checkpointer(parts, thread);
  for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
    const epoch = controlValue(region, "epoch");
    if (phase === PHASE_SAVE || phase === PHASE_LOAD) {
      const step = controlValue(region, "checkpointStep");
      checkpointer.begin();
      await checkpointer.run(phase, { epoch, step });
    } else if (phase === PHASE_TRAIN) {
      checkpointer.begin();
      const count = checkpointCountOf(plan, controlValue(region, "stepCount"));
      for (let number = 1; number <= count; number++) {
        const step = number * plan.stepsBetween;
        await checkpointer.betweenSteps({ epoch, step });
      }
    }
    gate.done();
  }
}

class Checkpointer {
  readonly #parts: CheckpointerParts;
  /** Of this process's; of all processes only with {@linkcode onFirstProcess}. */
  readonly #isFirstThread: boolean;
  readonly #barrier: ThreadBarrier;
  readonly #device: DeviceCounter | null;
  /** Writes in flight are counted for the process: by its first thread. */
  readonly #processDevice: DeviceCounter | null;
  /** Checkpoints of this run that are there, oldest first. */
  readonly #kept: CheckpointId[] = [];
  #gateMs = 0;
  #betweenCount = 0;

  constructor(parts: CheckpointerParts, thread: number) {
    this.#parts = parts;
    this.#isFirstThread = thread === 0;
    this.#device = parts.storage.isSync ? new DeviceCounter() : null;
    this.#processDevice = parts.queues.save !== null && this.#isFirstThread
      ? new DeviceCounter(readProcessIo)
      : null;
    this.#barrier = new ThreadBarrier(parts.region, {
      arrivedWord: parts.region.control("checkpointArrived"),
      turnWord: parts.region.control("checkpointTurn"),
      parties: parts.plan.threadCount,
    });
  }

  /** A phase begins now. */
  begin(): void {
    this.#gateMs = performance.now();
  }

  /** Waits until accelerators want a checkpoint between steps; saves it. */
  async betweenSteps(id: CheckpointId): Promise<void> {
    const { region } = this.#parts;
    const { words } = region;
    const begun = this.#betweenCount++;
    blockWhile(region, region.control("checkpointGate"), begun);
    // The rows still hold the last one until the main thread took it.
    const seenWord = region.control("checkpointSeen");
    if (begun > 0) blockWhile(region, seenWord, begun - 1);
    await this.run(PHASE_SAVE, id, ({ localRank }) => {
      Atomics.store(words, region.savedWord(localRank), begun + 1);
      const thread = threadOfAccelerator(region.shape, localRank);
      ring(words, region.acceleratorBell(thread));
    });
    Atomics.add(words, region.control("checkpointDone"), 1);
    // The main thread waits for this one, and looks at the other then.
    Atomics.notify(words, region.control("doneCount"));
  }

  /**
   * Saves or loads one checkpoint.
   *
   * @param onRankDone Called when the time of a rank ends.
   */
  async run(
    phase: typeof PHASE_SAVE | typeof PHASE_LOAD,
    id: CheckpointId,
    onRankDone: (served: ServedRank) => void = () => {},
  ): Promise<void> {
    const { plan, transfer, reader } = this.#parts;
    const isSave = phase === PHASE_SAVE;
    if (this.#isFirstThread) await this.#begin(id, isSave);
    this.#device?.skip();
    this.#processDevice?.skip();
    this.#barrier.wait();
    const startMs = performance.now() - this.#gateMs;
    for (const { meter, fields } of this.#parts.ranks) {
      meter.beginPhase();
      fields[FIELD.startMs] = startMs;
      fields[FIELD.beganMs] = performance.timeOrigin + meter.gateMs;
    }
    const ranks = isSave && reader.reader > 0 ? [] : this.#parts.ranks;
    const end = (served: ServedRank) => {
      served.meter.endPhase();
      onRankDone(served);
    };
    let fsyncMs = 0;
    for (const served of ranks) {
      const isComplete = isSave
        ? await transfer.save(served.rank, id, served.meter)
        : await transfer.load(served.rank, id, served.meter, reader);
      if (!isComplete) throw new Stopped();
      // The time of a rank includes the ranks that this thread saved before.
      fsyncMs += served.fields[FIELD.fsyncMs] ?? 0;
      served.fields[FIELD.fsyncMs] = fsyncMs;
      if (!plan.rankSync) end(served);
    }
    this.#barrier.wait();
    if (plan.rankSync) ranks.forEach(end);
    // The first rank's row gets the device bytes of all ranks of this thread.
    // Reading the counter between two ranks would be part of the second
    // one's time.
    const [first] = ranks;
    if (first !== undefined) this.#recordDevice(first, isSave);
    if (this.#isFirstThread && isSave) await this.#finish(id);
  }

  /** What of requests in flight is this thread's own, the kernel never says. */
  #recordDevice({ fields }: ServedRank, isSave: boolean): void {
    const { load, save } = this.#parts.queues;
    const queue = isSave ? save : load;
    if (queue === null) this.#device?.record(fields);
    else if (isSave) this.#processDevice?.record(fields);
    if (queue?.hasRegisteredBuffers === false) {
      fields[FIELD.buffersRefused] = 1;
    }
  }

  /** Its record: written by the first process, checked by each. */
  async #begin(id: CheckpointId, isSave: boolean): Promise<void> {
    const { plan, cluster, storage } = this.#parts;
    await this.#watched(isSave, () =>
      isSave
        ? onFirstProcess(
          cluster,
          () => writeRecord(storage, plan, { id, complete: false }),
        )
        : checkRecord(storage, plan, id));
  }

  /** Storage that does not answer is noticed here as in files. */
  async #watched(isSave: boolean, act: () => Promise<unknown>): Promise<void> {
    const meter = this.#parts.ranks[0]?.meter;
    if (isSave) meter?.writing(RECORD_FILE);
    else meter?.reading(RECORD_FILE);
    await act();
    meter?.idle();
  }

  /** Marks the checkpoint as complete and removes those that are too old. */
  async #finish(id: CheckpointId): Promise<void> {
    const { plan, cluster, storage } = this.#parts;
    await this.#watched(true, () =>
      onFirstProcess(cluster, async () => {
        await writeRecord(storage, plan, { id, complete: true });
        await this.#removeOld(id);
      }));
  }

  async #removeOld(newest: CheckpointId): Promise<void> {
    const { plan, storage } = this.#parts;
    if (plan.keepCount === null) return;
    this.#kept.push(newest);
    while (this.#kept.length > plan.keepCount) {
      const oldest = this.#kept.shift();
      if (oldest !== undefined) await removeCheckpoint(storage, plan, oldest);
    }
  }
}
