/**
 * A generator: takes the next file from a shared counter until none is left
 * and writes it, or reads it back and compares.
 *
 * A file's bytes depend on its index alone, so it does not matter who takes
 * it. A file of known length is written in place: it is complete when it has
 * that length. A file whose length only encoding shows is renamed into place.
 */
import type { EncodeTools, Format } from "../../formats/format.ts";
import type { FileWriter, Storage } from "../../storage/storage.ts";
import { giveUp } from "../../storage/write_whole.ts";
import { compareFile } from "./compare_file.ts";
import { DeviceCounter } from "../threads/device_counter.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import {
  fileOfTurn,
  type GeneratePlan,
  processVisits,
} from "../plan/visit_plan.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { PHASE_END, type Region } from "../threads/region.ts";
import { Gate, Stopped } from "../threads/thread_sync.ts";
import { tellMain } from "../threads/worker_entry.ts";

/** What a generator works with. */
export interface GeneratorParts {
  readonly region: Region;
  readonly meter: WorkerMeter;
  readonly plan: GeneratePlan;
  readonly format: Format;
  readonly storage: Storage;
  readonly tools: EncodeTools;
  /** To read back into; null when nothing is verified. */
  readonly readBuffer: Uint8Array | null;
}

/**
 * Runs a generator until the run ends.
 *
 * @throws {Stopped} When the run is stopped.
 */
export async function runGenerator(parts: GeneratorParts): Promise<void> {
  const { region, meter, plan } = parts;
  const gate = new Gate(region);
  const files = new DatasetFiles(plan.dataset, plan.splits, parts.format);
  const device = parts.storage.isSync ? new DeviceCounter() : null;
  const visitCount = processVisits(plan);
  const nextWord = region.control("nextFile");
  const visit = plan.task === "verify" ? verifyFile : writeMissingFile;
  while (gate.next() !== PHASE_END) {
    meter.beginPhase();
    for (;;) {
      const turn = Atomics.add(region.words, nextWord, 1);
      if (turn >= visitCount) break;
      if (meter.isStopped()) throw new Stopped();
      await visit(parts, files, fileOfTurn(plan, turn));
      meter.idle();
      meter.finishedFile();
    }
    meter.endPhase();
    device?.record(meter.fields);
    gate.done();
  }
}

async function writeMissingFile(
  parts: GeneratorParts,
  files: DatasetFiles,
  fileIndex: number,
): Promise<void> {
  const { plan, storage } = parts;
  if (plan.task === "complete") {
    const path = files.path(fileIndex);
    parts.meter.opening(fileIndex);
    const haveBytes = await storage.sizeOf(path);
    const wantedBytes = files.bytes(fileIndex);
    const isThere = haveBytes !== null &&
      haveBytes === (wantedBytes ?? haveBytes);
    if (isThere && await hasIndexFile(parts, path)) return;
  }
  // Those first: a file that is there has them.
  const spec = files.spec(fileIndex);
  for (const { path, encode } of files.beside(fileIndex)) {
    const chunks = encode(parts.tools);
    await writeFile(parts, { path, chunks, fileIndex, expectedBytes: null });
  }
  await writeFile(parts, {
    path: files.path(fileIndex),
    chunks: parts.format.encode(spec, parts.tools),
    fileIndex,
    expectedBytes: files.bytes(fileIndex),
  });
  // Tells files that were written from those that were there.
  parts.meter.finishedSamples(plan.dataset.spec.samplesPerFile);
}

/** Without the file that tells where its samples are, one is of no use. */
async function hasIndexFile(
  { format, storage }: GeneratorParts,
  path: string,
): Promise<boolean> {
  const indexPath = format.indexPath?.(path);
  return indexPath === undefined || await storage.sizeOf(indexPath) !== null;
}

async function writeFile(
  parts: GeneratorParts,
  file: {
    path: string;
    chunks: Iterable<Uint8Array>;
    fileIndex: number;
    expectedBytes: number | null;
  },
): Promise<void> {
  const { meter } = parts;
  const { expectedBytes } = file;
  meter.opening(file.fileIndex);
  const startMs = meter.now();
  const created = parts.storage.create(file.path, {
    expectedBytes,
    atomic: expectedBytes === null,
    fsync: false,
  });
  const writer = created instanceof Promise ? await created : created;
  meter.opened(startMs);
  try {
    meter.writing(file.fileIndex);
    await writeChunks(parts, writer, file.chunks);
    await writer.commit();
  } catch (error) {
    await giveUp(writer);
    throw error;
  }
}

async function writeChunks(
  parts: GeneratorParts,
  writer: FileWriter,
  chunks: Iterable<Uint8Array>,
): Promise<void> {
  const { meter } = parts;
  for (const chunk of chunks) {
    if (meter.isStopped()) throw new Stopped();
    const startMs = meter.now();
    const written = writer.write(chunk);
    if (written instanceof Promise) await written;
    meter.wrote(startMs, chunk.length);
  }
}

async function verifyFile(
  parts: GeneratorParts,
  files: DatasetFiles,
  fileIndex: number,
): Promise<void> {
  const { readBuffer } = parts;
  if (readBuffer === null) throw new Error("a verifier needs a read buffer");
  const check = { ...parts, readBuffer };
  const spec = files.spec(fileIndex);
  const damage = await compareFile(check, {
    path: files.path(fileIndex),
    chunks: parts.format.encode(spec, parts.tools),
    fileIndex,
  });
  if (damage !== null) tellMain({ type: "damage", damage });
  for (const { path, encode } of files.beside(fileIndex)) {
    const chunks = encode(parts.tools);
    const damage = await compareFile(check, { path, chunks, fileIndex });
    if (damage !== null) tellMain({ type: "damage", damage });
  }
}
