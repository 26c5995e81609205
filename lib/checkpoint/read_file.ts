/**
 * Reads one file of a checkpoint back, or a part of it, in constant memory:
 * its length is always checked, its content on request.
 *
 * A long object of an object store is read in ranges, several of them in
 * flight, because one connection rarely uses all of the network and the store.
 * Training does not need this: it has many objects in flight.
 */
import { equalBytes } from "../bytes/equal_bytes.ts";
import { DatasetError } from "../errors.ts";
import { inLanes } from "../storage/lanes.ts";
import type { RangeGets, ReadMeter, Storage } from "../storage/storage.ts";
import type { FileContent } from "./file_content.ts";
import type { FilePart } from "./file_part.ts";
import type { FileTransfer } from "./write_file.ts";

/** What a file is read with. */
export interface ReadFileParts {
  readonly storage: Storage;
  /** Page-aligned; its length is the largest read. */
  readonly buffer: Uint8Array;
  readonly meter: ReadMeter;
  /** @default {the whole file} */
  readonly part?: FilePart;
}

/**
 * Reads a file and keeps nothing.
 *
 * @param path Where from, as the storage wants it.
 * @param fileBytes Length that it must have.
 * @param parts What it is read with.
 * @returns What it cost.
 * @throws {DatasetError} If it has another length.
 * @throws {StorageError} If it cannot be read.
 */
export async function readCheckpointFile(
  path: string,
  fileBytes: number,
  parts: ReadFileParts,
): Promise<FileTransfer> {
  const { storage, buffer, meter } = parts;
  const { rangeGets } = storage;
  const part = parts.part ?? { offset: 0, endOffset: fileBytes };
  const isWhole = part.offset === 0 && part.endOffset === fileBytes;
  if (
    rangeGets !== undefined && !(isWhole && fileBytes <= rangeGets.byteCount)
  ) {
    return await getRanges(path, fileBytes, { ...parts, part, rangeGets });
  }
  if (!isWhole && !storage.keepsNothing) {
    return await readPart(path, fileBytes, { ...parts, part }, () => {});
  }
  const startMs = meter.now();
  const asked = storage.sizeOf(path);
  const foundBytes = asked instanceof Promise ? await asked : asked;
  // No file: the read says it in the system's words. Null storage has none.
  if (foundBytes !== null) checkLength(path, foundBytes, fileBytes);
  const wantedBytes = part.endOffset - part.offset;
  const drained = storage.drain(path, wantedBytes, buffer, meter);
  const byteCount = drained instanceof Promise ? await drained : drained;
  const isComplete = byteCount === wantedBytes;
  if (!isComplete && !meter.isStopped()) {
    checkLength(path, byteCount, fileBytes);
  }
  return transferOf(meter, { startMs, byteCount, isComplete });
}

/** What a file is verified with. */
export interface VerifyFileParts extends ReadFileParts {
  /** As long as `buffer`, in the random source's arena. */
  readonly expectedBuffer: Uint8Array;
}

/**
 * Reads a file and compares every byte.
 *
 * @param path Where from, as the storage wants it.
 * @param content What it must hold.
 * @param parts What it is read with.
 * @returns What it cost, the comparison included.
 * @throws {DatasetError} If its length or a byte differs.
 * @throws {StorageError} If it cannot be read.
 */
export function verifyCheckpointFile(
  path: string,
  content: FileContent,
  parts: VerifyFileParts,
): Promise<FileTransfer> {
  const { fileBytes } = content;
  const part = parts.part ?? { offset: 0, endOffset: fileBytes };
  return readPart(path, fileBytes, { ...parts, part }, (view, offset) => {
    const expected = parts.expectedBuffer.subarray(0, view.length);
    content.fill(expected, offset);
    const place = equalBytes(view, expected, view.length);
    if (place === view.length) return;
    throw new DatasetError(
      `Cannot use the checkpoint file "${path}": byte ${offset + place} ` +
        `must be ${expected[place]}, but is ${view[place]}`,
    );
  });
}

/** Gets a part in ranges, several at a time, and keeps nothing. */
async function getRanges(
  path: string,
  fileBytes: number,
  parts: ReadFileParts & {
    readonly part: FilePart;
    readonly rangeGets: RangeGets;
  },
): Promise<FileTransfer> {
  const { storage, meter, part, rangeGets } = parts;
  const startMs = meter.now();
  const file = await storage.open(path);
  meter.opened(startMs);
  const wantedBytes = part.endOffset - part.offset;
  const rangeCount = Math.ceil(wantedBytes / rangeGets.byteCount);
  let byteCount = 0;
  const getRange = async (index: number) => {
    if (meter.isStopped()) return;
    const offset = part.offset + index * rangeGets.byteCount;
    const rangeBytes = Math.min(rangeGets.byteCount, part.endOffset - offset);
    const getting = file.drainRange?.(offset, rangeBytes, meter);
    if (getting === undefined) throw new Error(`"${path}" has no drainRange`);
    const readBytes = await getting;
    if (readBytes < rangeBytes) {
      checkLength(path, offset + readBytes, fileBytes);
    }
    byteCount += readBytes;
  };
  try {
    checkLength(path, file.byteLength, fileBytes);
    await inLanes(rangeGets.inFlight, rangeCount, getRange);
  } finally {
    await file.close();
  }
  const isComplete = byteCount === wantedBytes;
  return transferOf(meter, { startMs, byteCount, isComplete });
}

/** Reads a part chunk by chunk; `look` is called with each. */
async function readPart(
  path: string,
  fileBytes: number,
  parts: ReadFileParts & { readonly part: FilePart },
  look: (view: Uint8Array, offset: number) => void,
): Promise<FileTransfer> {
  const { storage, buffer, meter, part } = parts;
  const startMs = meter.now();
  const file = await storage.open(path);
  meter.opened(startMs);
  let { offset } = part;
  try {
    checkLength(path, file.byteLength, fileBytes);
    while (offset < part.endOffset && !meter.isStopped()) {
      const byteCount = Math.min(buffer.length, part.endOffset - offset);
      const view = buffer.subarray(0, byteCount);
      const readMs = meter.now();
      const reading = file.readInto(view, offset);
      const readBytes = reading instanceof Promise ? await reading : reading;
      meter.read(readMs, readBytes);
      if (readBytes < byteCount) {
        checkLength(path, offset + readBytes, fileBytes);
      }
      look(view, offset);
      offset += byteCount;
    }
  } finally {
    await file.close();
  }
  return transferOf(meter, {
    startMs,
    byteCount: offset - part.offset,
    isComplete: offset === part.endOffset,
  });
}

/**
 * What reading one file cost.
 *
 * @param read When it began, and what came of it.
 */
export function transferOf(
  meter: ReadMeter,
  read: {
    readonly startMs: number;
    readonly byteCount: number;
    readonly isComplete: boolean;
  },
): FileTransfer {
  return {
    byteCount: read.byteCount,
    seconds: (meter.now() - read.startMs) / 1000,
    fsyncSeconds: 0,
    isComplete: read.isComplete,
  };
}

/**
 * Checks the length of a file.
 *
 * @throws {DatasetError} If it is not the one that it must have.
 */
export function checkLength(
  path: string,
  foundBytes: number,
  fileBytes: number,
): void {
  if (foundBytes === fileBytes) return;
  throw new DatasetError(
    `Cannot use the checkpoint file "${path}": it must have ${fileBytes} ` +
      `bytes, but has ${foundBytes}`,
  );
}
