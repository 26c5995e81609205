/**
 * Streams one file of a checkpoint into storage, in constant memory.
 *
 * A buffer is handed over while it is still in the CPU's cache. With
 * asynchronous storage the next one is filled during the write. Only one write
 * is in flight: a file is written front to back.
 */
import type { FileWriter, Storage, WriteMeter } from "../storage/storage.ts";
import type { FileContent } from "./file_content.ts";

/** What one file cost. */
export interface FileTransfer {
  /** Bytes that storage accepted or returned. */
  readonly byteCount: number;
  readonly seconds: number;
  /** Part of `seconds`; 0 for a read. */
  readonly fsyncSeconds: number;
  /** False if the run was stopped in the middle. */
  readonly isComplete: boolean;
}

/** What a file is written with. */
export interface WriteFileParts {
  readonly storage: Storage;
  /**
   * Buffers of equal length in the random source's arena: one is enough for
   * storage that is synchronous, others take two.
   */
  readonly buffers: readonly Uint8Array[];
  readonly meter: WriteMeter;
  /** Whether the bytes must be on stable storage at the end. */
  readonly fsync: boolean;
}

/**
 * Writes one file; its name appears when it is complete.
 *
 * @param path Where to, as the storage wants it.
 * @param content Its bytes.
 * @param parts What it is written with.
 * @returns What it cost. A stopped write leaves nothing behind.
 * @throws {StorageError} If it cannot be written; nothing is left behind.
 */
export async function writeCheckpointFile(
  path: string,
  content: FileContent,
  parts: WriteFileParts,
): Promise<FileTransfer> {
  const { storage, meter, fsync } = parts;
  const startMs = meter.now();
  const created = storage.create(path, {
    expectedBytes: content.fileBytes,
    atomic: true,
    fsync,
  });
  const writer = created instanceof Promise ? await created : created;
  try {
    const byteCount = storage.isSync
      ? streamSync(writer, content, parts)
      : await streamLater(writer, content, parts);
    const isComplete = byteCount === content.fileBytes;
    await (isComplete ? writer.commit() : writer.abort());
    if (isComplete && fsync) meter.synced(writer.fsyncSeconds * 1000);
    return {
      byteCount,
      seconds: (meter.now() - startMs) / 1000,
      fsyncSeconds: writer.fsyncSeconds,
      isComplete,
    };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** @returns Bytes written; fewer than all if the run was stopped. */
function streamSync(
  writer: FileWriter,
  content: FileContent,
  parts: WriteFileParts,
): number {
  const { buffers: [buffer], meter } = parts;
  if (buffer === undefined) throw new RangeError("a writer needs a buffer");
  let offset = 0;
  while (offset < content.fileBytes && !meter.isStopped()) {
    const view = upTo(buffer, content.fileBytes - offset);
    content.fill(view, offset);
    const startMs = meter.now();
    writer.write(view);
    meter.wrote(startMs, view.length);
    offset += view.length;
  }
  return offset;
}

/** The same, filling one buffer while the other one is written. */
async function streamLater(
  writer: FileWriter,
  content: FileContent,
  parts: WriteFileParts,
): Promise<number> {
  const { buffers: [first, second], meter } = parts;
  if (first === undefined || second === undefined) {
    throw new RangeError("a writer into slow storage needs two buffers");
  }
  const send = async (view: Uint8Array) => {
    const startMs = meter.now();
    await writer.write(view);
    meter.wrote(startMs, view.length);
  };
  let underWay = Promise.resolve();
  let buffer = first;
  let offset = 0;
  while (offset < content.fileBytes && !meter.isStopped()) {
    const view = upTo(buffer, content.fileBytes - offset);
    content.fill(view, offset);
    await underWay;
    underWay = send(view);
    buffer = buffer === first ? second : first;
    offset += view.length;
  }
  await underWay;
  return offset;
}

/** The part of a buffer that is still needed, or all of it. */
function upTo(buffer: Uint8Array, byteCount: number): Uint8Array {
  return byteCount < buffer.length ? buffer.subarray(0, byteCount) : buffer;
}
