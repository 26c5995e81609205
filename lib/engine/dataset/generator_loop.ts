/**
 * A generator: takes the next file from a shared counter until none is left
 * and writes it, or reads it back and compares.
 *
 * A file's bytes depend on its index alone, so it does not matter who takes
 * it. A file of known length is written in place: it is complete when it has
 * that length. A file whose length only encoding shows is renamed into place.
 */
import { DatasetError } from "../../errors.ts";
import type { EncodeTools, Format } from "../../formats/format.ts";
import type {
  FileWriter,
  QueuedWriter,
  Storage,
} from "../../storage/storage.ts";
import { giveUp } from "../../storage/write_whole.ts";
import { compareFile } from "./compare_file.ts";
import type { QueuedFiles } from "./queued_files.ts";
import { DeviceCounter } from "../threads/device_counter.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import {
  fileOfTurn,
  type GeneratePlan,
  processVisits,
} from "../plan/visit_plan.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { FIELD, PHASE_END, type Region } from "../threads/region.ts";
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
  /** Writes with many in flight; null: one after another. */
  readonly queued: QueuedFiles | null;
  /** To read back into; null when nothing is verified. */
  readonly readBuffer: Uint8Array | null;
}

/**
 * Runs a generator until the run ends. However that is, nothing is in flight
 * afterwards.
 *
 * @throws {Stopped} When the run is stopped.
 */
export async function runGenerator(parts: GeneratorParts): Promise<void> {
  try {
    await visitFiles(parts);
  } finally {
    parts.queued?.close();
  }
}

async function visitFiles(parts: GeneratorParts): Promise<void> {
  const { region, meter, plan, queued } = parts;
  const gate = new Gate(region);
  const files = new DatasetFiles(plan.dataset, plan.splits, parts.format);
  const device = parts.storage.isSync && queued === null
    ? new DeviceCounter()
    : null;
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
    }
    queued?.empty();
    meter.idle();
    meter.endPhase();
    device?.record(meter.fields);
    if (queued?.hasRegisteredBuffers === false) {
      meter.fields[FIELD.buffersRefused] = 1;
    }
    gate.done();
  }
}

async function writeMissingFile(
  parts: GeneratorParts,
  files: DatasetFiles,
  fileIndex: number,
): Promise<void> {
  const { plan, meter, queued } = parts;
  if (plan.task === "complete" && await isThere(parts, files, fileIndex)) {
    meter.idle();
    meter.finishedFile();
    return;
  }
  const finished = () => {
    // Tells files that were written from those that were there.
    meter.finishedSamples(plan.dataset.spec.samplesPerFile);
    meter.finishedFile();
  };
  if (queued === null) {
    for (const file of filesOf(parts, files, fileIndex)) {
      await writeFile(parts, file);
    }
    meter.idle();
    finished();
    return;
  }
  const after: QueuedWriter[] = [];
  for (const file of filesOf(parts, files, fileIndex)) {
    const onDone = file.isMain ? finished : () => {};
    const writer = queued.write({
      ...file,
      after: file.isMain ? after : [],
      onDone,
    });
    if (!file.isMain) after.push(writer);
  }
}

/** Whether a file need not be written. */
async function isThere(
  parts: GeneratorParts,
  files: DatasetFiles,
  fileIndex: number,
): Promise<boolean> {
  const path = files.path(fileIndex);
  parts.meter.opening(fileIndex);
  const haveBytes = await parts.storage.sizeOf(path);
  const wantedBytes = files.bytes(fileIndex);
  const isWhole = haveBytes !== null &&
    haveBytes === (wantedBytes ?? haveBytes);
  return isWhole && await hasIndexFile(parts, path);
}

/** A file to be written. */
interface WantedFile {
  readonly path: string;
  encode(tools: EncodeTools): Iterable<Uint8Array>;
  /** Of the dataset. */
  readonly fileIndex: number;
  readonly expectedBytes: number | null;
  /** False: it goes along with one. */
  readonly isMain: boolean;
}

/** Those beside it first: a file that is there has them. */
function* filesOf(
  { format }: GeneratorParts,
  files: DatasetFiles,
  fileIndex: number,
): Generator<WantedFile> {
  for (const { path, encode } of files.beside(fileIndex)) {
    yield { path, encode, fileIndex, expectedBytes: null, isMain: false };
  }
  const path = files.path(fileIndex);
  const expectedBytes = files.bytes(fileIndex);
  yield {
    path,
    encode: (tools) =>
      ofLength(format.encode(files.spec(fileIndex), tools), {
        path,
        expectedBytes,
      }),
    fileIndex,
    expectedBytes,
    isMain: true,
  };
}

/**
 * Chunks of a file, whose length is known before: a format module may tell
 * another one than it encodes.
 *
 * @throws {DatasetError} If it does.
 */
function* ofLength(
  chunks: Iterable<Uint8Array>,
  { path, expectedBytes }: Pick<WantedFile, "path" | "expectedBytes">,
): Generator<Uint8Array, void> {
  let byteCount = 0;
  for (const chunk of chunks) {
    byteCount += chunk.length;
    if (byteCount > (expectedBytes ?? Infinity)) break;
    yield chunk;
  }
  if (byteCount === (expectedBytes ?? byteCount)) return;
  const told = byteCount < (expectedBytes ?? 0) ? `${byteCount}` : "more";
  throw new DatasetError(
    `Cannot write "${path}" as its format must encode as many bytes as its ` +
      `fileBytes tells: it tells ${expectedBytes} and encodes ${told}`,
  );
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
  file: WantedFile,
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
    await writeChunks(parts, writer, file.encode(parts.tools));
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
  parts.meter.idle();
  parts.meter.finishedFile();
}
