/**
 * Where the tensors of a safetensors file are, by its header. They lie back
 * to back, so the order of the file is that of their offsets.
 */
import type { ByteSource } from "../bytes/byte_source.ts";
import type { Steps } from "../bytes/steps.ts";
import { FormatError } from "../errors.ts";
import { fileKind } from "./file_magic.ts";
import { readAt } from "./read_at.ts";

/** Bytes of the header's length. */
export const LENGTH_BYTES = 8;
/** The library refuses larger ones. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Where a file's tensors are. */
export interface TensorPlaces {
  /** Where each begins, in ascending order, and the end of the last. */
  readonly offsets: Float64Array;
}

/**
 * Reads the header.
 *
 * @param tensorCount Tensors that the file must have.
 * @throws {FormatError} If it is damaged or has fewer tensors.
 */
export function* openSteps(
  source: ByteSource,
  tensorCount: number,
): Steps<number, TensorPlaces> {
  const { path, byteLength } = source;
  const length = yield* readAt(source, 0, Math.min(LENGTH_BYTES, byteLength));
  const headerBytes = length.length < LENGTH_BYTES
    ? Infinity
    : Number(new DataView(length.buffer).getBigUint64(0, true));
  const roomBytes = Math.min(MAX_HEADER_BYTES, byteLength - LENGTH_BYTES);
  if (headerBytes > roomBytes) {
    const kind = fileKind(length);
    throw new FormatError(
      path,
      0,
      "a safetensors file must begin with the length of its header, at most " +
        `${Math.max(0, roomBytes)}: it says ${headerBytes}` +
        (kind === null ? "" : `; it begins as ${kind}`),
    );
  }
  const header = yield* readAt(source, LENGTH_BYTES, headerBytes);
  const dataOffset = LENGTH_BYTES + headerBytes;
  const spans = spansOf(path, header);
  const offsets = new Float64Array(spans.length + 1);
  let end = 0;
  for (const [index, [begin, next]] of spans.entries()) {
    if (begin !== end || next < begin) {
      throw new FormatError(
        path,
        LENGTH_BYTES,
        `tensors must lie back to back: one at ${begin} to ${next} follows ` +
          `one that ends at ${end}`,
      );
    }
    offsets[index] = dataOffset + begin;
    end = next;
  }
  offsets[spans.length] = dataOffset + end;
  if (dataOffset + end > byteLength) {
    throw new FormatError(
      path,
      LENGTH_BYTES,
      `the tensors must end inside the file: they take ${dataOffset + end} ` +
        `bytes, it has ${byteLength}`,
    );
  }
  if (spans.length < tensorCount) {
    throw new FormatError(
      path,
      LENGTH_BYTES,
      `the file must have the ${tensorCount} tensors of ` +
        `dataset.num_samples_per_file, it has ${spans.length}`,
    );
  }
  return { offsets };
}

/** Begin and end of each tensor behind the header, in ascending order. */
function spansOf(path: string, header: Uint8Array): [number, number][] {
  let entries: unknown;
  try {
    entries = JSON.parse(new TextDecoder().decode(header));
  } catch {
    throw new FormatError(path, LENGTH_BYTES, "its header must be JSON");
  }
  if (typeof entries !== "object" || entries === null) {
    throw new FormatError(path, LENGTH_BYTES, "its header must be an object");
  }
  return Object.entries(entries)
    // Free text, not a tensor.
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => spanOf(path, name, entry))
    .sort(([a, endA], [b, endB]) => a - b || endA - endB);
}

function spanOf(path: string, name: string, entry: unknown): [number, number] {
  const offsets = (entry as { data_offsets?: unknown } | null)?.data_offsets;
  if (Array.isArray(offsets)) {
    const [begin, end] = offsets as unknown[];
    const isSpan = offsets.length === 2 && Number.isSafeInteger(begin) &&
      Number.isSafeInteger(end);
    if (isSpan) return [Number(begin), Number(end)];
  }
  throw new FormatError(
    path,
    LENGTH_BYTES,
    `data_offsets of tensor ${JSON.stringify(name)} must be two integers`,
  );
}
