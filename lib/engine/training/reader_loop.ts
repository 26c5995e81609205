/**
 * A reader: makes those batches of its accelerator that are its own, as far
 * ahead as the queue allows.
 */
import { DeviceCounter } from "../threads/device_counter.ts";
import { PHASE_END } from "../threads/region.ts";
import {
  type ReaderIdentity,
  type ReaderParts,
  ReaderPhases,
} from "./reader_phases.ts";
import type { SampleReader } from "./sample_reader.ts";

/**
 * Runs a reader until the run ends.
 *
 * @param parts What it works with.
 * @param who Its accelerator, by both ranks, and its number there.
 * @throws {Stopped} When the run is stopped.
 */
export function runReader(
  parts: ReaderParts<SampleReader>,
  who: ReaderIdentity,
): void {
  const { meter } = parts;
  const phases = new ReaderPhases(parts, who);
  const { gate, queue, preprocess } = phases;
  const device = new DeviceCounter();
  for (let phase = gate.next(); phase !== PHASE_END; phase = gate.next()) {
    const work = phases.begin(phase);
    if (work !== null) {
      const { reader, batchSize, firstSampleOf } = work;
      const { ownBatches, batchAt } = work;
      for (let ordinal = 0; ordinal < ownBatches; ordinal++) {
        const batch = batchAt(ordinal);
        queue.awaitRoom(batch);
        reader.readBatch(firstSampleOf(batch), batchSize);
        preprocess.samples(batchSize, meter);
        queue.put(batch);
      }
      phases.end(work);
      device.record(meter.fields);
    }
    gate.done();
  }
}
