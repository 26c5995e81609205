/**
 * TFRecord: one `tf.train.Example` per sample, each in its framing.
 *
 *    head 12 | Example prefix | image, random | Example suffix | tail 4
 *
 * Invariants: all records of a file have one length; sample k is bytes
 * [k sampleBytes, (k + 1) sampleBytes) of the file's stream. Checksums come
 * from the random source, so no second pass over the bytes is needed.
 *
 * A companion for DALI lists "offset length" of each record as text.
 *
 * Spec: `tfrecord_framing.ts` and `protobuf_example.ts`. Layout and companion:
 * DLIO's `data_generator/tf_generator.py`.
 */
import { lazyImport } from "../lazy_import.ts";
import { tfrecordCounting } from "./counting/tfrecord_count.ts";
import type { RangeList } from "../bytes/range_list.ts";
import { runSteps } from "../bytes/steps.ts";
import type {
  CompanionFile,
  EncodeTools,
  FileIndex,
  FileSpec,
  Format,
} from "./format.ts";
import { sampleBytes } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";
import { exampleBytes, MAX_MESSAGE_BYTES } from "./protobuf_example.ts";
import { arrayProblems } from "./array_problems.ts";
import { FRAMING_BYTES } from "./tfrecord_framing.ts";
import type { TfrecordIndex } from "./tfrecord_index.ts";
import { indexRecords, recordSpan } from "./tfrecord_index.ts";
import { FramedSamples } from "./framed_samples.ts";
import { recordFrame } from "./tfrecord_records.ts";

const INDEX_LINES_PER_PART = 1024;

const INDEX_FILE: CompanionFile = {
  path(filePath) {
    const parts = filePath.split("/");
    const split = parts.length > 1 ? `${parts[0]}/` : "";
    return `index/${split}${parts[parts.length - 1]}.idx`;
  },
  encode: encodeIndex,
};

/** The format `tfrecord`. */
export const tfrecord: Format = {
  name: "tfrecord",
  endings: ["tfrecords", "tfrec", "tfr"],
  hasShardsWithoutEnding: true,
  reading: "stream",
  counting: tfrecordCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/tfrecord_inside.ts");
    const module = await lazyImport<
      typeof import("./inside/tfrecord_inside.ts")
    >(url);
    return await module.tfrecordInside(source);
  },
  isInterleaved: true,
  codecs: [],
  companions: [INDEX_FILE],

  problems(spec) {
    const problems = arrayProblems(tfrecord, spec);
    const messageBytes = payloadBytes(spec);
    if (messageBytes > MAX_MESSAGE_BYTES) {
      problems.push(
        `Cannot make a tfrecord file with records of ${messageBytes} bytes: ` +
          `a protocol-buffer message must be <= ${MAX_MESSAGE_BYTES} bytes`,
      );
    }
    return problems;
  },

  fileBytes: (spec) => recordBytes(spec) * spec.dataset.samplesPerFile,
  encode: encodeRecords,

  open: (source, spec) =>
    runSteps(indexRecords(source, {
      recordCount: spec.dataset.samplesPerFile,
      recordBytes: recordBytes(spec),
    })),

  ranges(
    index: FileIndex,
    first: number,
    count: number,
    _continues: boolean,
    ranges: RangeList,
  ) {
    const [offset, end] = recordSpan(index as TfrecordIndex, first, count);
    ranges.push(offset, end - offset);
  },
};

function payloadBytes(spec: FileSpec): number {
  return exampleBytes(sampleBytes(spec));
}

function recordBytes(spec: FileSpec): number {
  return payloadBytes(spec) + FRAMING_BYTES;
}

function* encodeRecords(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const { random } = tools;
  const frame = recordFrame(spec, random);
  const records = new FramedSamples(frame, random, spec.fileIndex);
  const totalBytes = recordBytes(spec) * spec.dataset.samplesPerFile;
  const cursor = new PageCursor(tools);
  yield* cursor.written(totalBytes, (view) => records.write(view));
  yield* cursor.end();
}

function* encodeIndex(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const strideBytes = recordBytes(spec);
  const { samplesPerFile } = spec.dataset;
  const encoder = new TextEncoder();
  const cursor = new PageCursor(tools);
  for (let first = 0; first < samplesPerFile; first += INDEX_LINES_PER_PART) {
    const end = Math.min(first + INDEX_LINES_PER_PART, samplesPerFile);
    let lines = "";
    for (let record = first; record < end; record++) {
      lines += `${record * strideBytes} ${strideBytes}\n`;
    }
    yield* cursor.bytes(encoder.encode(lines));
  }
  yield* cursor.end();
}
