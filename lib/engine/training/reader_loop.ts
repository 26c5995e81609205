/**
 * The readers of one thread, whose reads block: each makes those batches of
 * its accelerator that are its own, as far ahead as its queue allows.
 *
 * Where a thread serves several, each has its turn for one batch, if there is
 * room for it, so that none of them waits for more than one batch of every
 * other:
 *
 *    reader a   read - preprocess -------- put      read - ...
 *    reader b          read - preprocess ------ put
 *    thread     busy   busy   asleep until the first of: batch done, doorbell
 *
 * Preprocessing is a wait, during which others are served.
 */
import { DeviceCounter } from "../threads/device_counter.ts";
import { PHASE_END } from "../threads/region.ts";
import { Gate } from "../threads/thread_sync.ts";
import { WorkerFailure } from "../threads/worker_failure.ts";
import {
  type ReaderParts,
  type ReaderPhase,
  ReaderPhases,
  type ReaderThread,
} from "./reader_phases.ts";
import { ReaderRounds, type ReaderTurn } from "./reader_rounds.ts";
import type { SampleReader } from "./sample_reader.ts";

/**
 * Runs the readers of a thread until the run ends.
 *
 * @param thread What they have in common.
 * @param readers Neighbors: see `thread_share.ts`.
 * @throws {Stopped} When the run is stopped.
 */
export function runReaders(
  thread: ReaderThread,
  readers: readonly ReaderParts<SampleReader>[],
): void {
  const gate = new Gate(thread.region);
  const turns = readers.map((parts) =>
    new BlockingTurn(new ReaderPhases(thread, parts))
  );
  const rounds = new ReaderRounds(thread, turns);
  const device = new DeviceCounter();
  for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
    if (rounds.run(phase)) {
      // What a thread moves is counted once, for all that it serves.
      const [first] = readers;
      if (first !== undefined) device.record(first.meter.fields);
    }
    gate.done();
  }
}

/** One reader in the phase at hand. */
class BlockingTurn implements ReaderTurn {
  readonly #phases: ReaderPhases<SampleReader>;
  #work: ReaderPhase<SampleReader> | null = null;
  #ordinal = 0;

  constructor(phases: ReaderPhases<SampleReader>) {
    this.#phases = phases;
  }

  get untilMs(): number {
    return this.#phases.preprocess.untilMs;
  }

  begin(phase: number): boolean {
    this.#work = this.#phases.begin(phase);
    this.#ordinal = 0;
    if (this.#work === null) return false;
    if (this.#work.ownBatches === 0) this.#end(this.#work);
    return true;
  }

  get isOver(): boolean {
    return this.#work === null;
  }

  go(): boolean {
    const work = this.#work;
    if (work === null) return false;
    try {
      return this.#go(work);
    } catch (error) {
      throw new WorkerFailure(this.#phases.title, error);
    }
  }

  #go(work: ReaderPhase<SampleReader>): boolean {
    const { queue, preprocess, meter } = this.#phases;
    const batch = work.batchAt(this.#ordinal);
    if (preprocess.untilMs < Infinity) {
      if (!preprocess.finish(meter)) return false;
      this.#put(work, batch);
      return true;
    }
    if (!queue.hasRoom(batch)) return false;
    work.reader.readBatch(work.firstSampleOf(batch), work.batchSize);
    if (!preprocess.start(work.batchSize, meter)) this.#put(work, batch);
    return true;
  }

  #put(work: ReaderPhase<SampleReader>, batch: number): void {
    this.#phases.queue.put(batch);
    if (++this.#ordinal === work.ownBatches) this.#end(work);
  }

  #end(work: ReaderPhase<SampleReader>): void {
    this.#phases.end(work);
    this.#work = null;
  }
}
