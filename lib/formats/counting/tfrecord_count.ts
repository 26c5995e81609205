/**
 * Samples in TFRecord files: records, found head by head, or the lines of an
 * index file beside it.
 *
 * Index files are text, a line "offset length" per record: DALI's
 * (`tfrecord2idx`, where DLIO has them in `index/`) and that of the package
 * `tfrecord`. An index is used if its last record ends where the file does.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { FRAMING_BYTES, RECORD_HEAD_BYTES } from "../tfrecord_framing.ts";
import { recordPayloadBytes } from "../tfrecord_index.ts";
import type { SampleCounting, SampleIndexFile } from "./sample_counting.ts";
import { readAt } from "./zip_directory.ts";

/** Heads of small records are found in blocks of this size. */
const BLOCK_BYTES = 256 * 1024;
/** Records from this size on: their heads are read alone. */
const LARGE_RECORD_BYTES = 32 * 1024;
/** Larger index files are not read: the records are counted. */
const MAX_INDEX_BYTES = 256 * 2 ** 20;

/** How the records of a file are counted. */
export const tfrecordCounting: SampleCounting = {
  reads: "file",
  indexFiles: [
    textIndex((filePath) => {
      const parts = filePath.split("/");
      const split = parts.length > 1 ? `${parts[0]}/` : "";
      return `index/${split}${parts.at(-1)}.idx`;
    }),
    textIndex((filePath) => `${filePath}.idx`),
    textIndex((filePath) => `${filePath}.index`),
    textIndex((filePath) => `${filePath.replace(/\.[^./]*$/, "")}.idx`),
    textIndex((filePath) => `${filePath.replace(/\.[^./]*$/, "")}.index`),
  ],
  count: (source) => runSteps(countRecords(source)),
};

function textIndex(path: SampleIndexFile["path"]): SampleIndexFile {
  return {
    path,
    count: (index, fileBytes) => runSteps(countLines(index, fileBytes)),
  };
}

function* countLines(
  index: ByteSource,
  fileBytes: number,
): Steps<number, number | null> {
  if (index.byteLength > MAX_INDEX_BYTES) return null;
  const bytes = yield* readAt(index, 0);
  const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
  const last = /^(\d+)\s+(\d+)\s*$/.exec(lines.at(-1) ?? "");
  if (last === null) return null;
  return Number(last[1]) + Number(last[2]) === fileBytes ? lines.length : null;
}

function* countRecords(source: ByteSource): Steps<number, number> {
  const { byteLength, path } = source;
  const block = new Uint8Array(BLOCK_BYTES);
  let blockOffset = 0;
  let blockBytes = 0;
  let offset = 0;
  let count = 0;
  let recordBytes = 0;
  while (offset < byteLength) {
    if (offset + RECORD_HEAD_BYTES > blockOffset + blockBytes) {
      const view = recordBytes < LARGE_RECORD_BYTES
        ? block
        : block.subarray(0, RECORD_HEAD_BYTES);
      blockOffset = offset;
      blockBytes = yield source.readInto(view, offset);
      if (blockBytes < RECORD_HEAD_BYTES) {
        throw new FormatError(
          path,
          offset,
          `a record's head must have ${RECORD_HEAD_BYTES} bytes: the file ` +
            `ends after ${blockBytes}`,
        );
      }
    }
    const at = offset - blockOffset;
    const head = block.subarray(at, at + RECORD_HEAD_BYTES);
    recordBytes = FRAMING_BYTES + recordPayloadBytes(head, source, offset);
    offset += recordBytes;
    count++;
  }
  return count;
}
