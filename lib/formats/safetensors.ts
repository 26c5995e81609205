/**
 * Safetensors: shards of a model, as inference loads them. A sample is a
 * tensor.
 *
 *    offset  bytes  field
 *         0      8  headerBytes, u64 little-endian
 *         8      ...  JSON: name -> {dtype, shape, data_offsets}, spaces behind
 *    8 + headerBytes  the tensors, without gaps, in the order of the header
 *
 * Tensor k of a generated file is bytes [k sampleBytes, (k + 1) sampleBytes)
 * of its stream. Neighboring tensors are read together, front to back.
 *
 * Spec: https://huggingface.co/docs/safetensors/index#format
 */
import { whenThere } from "../bytes/awaitable.ts";
import { packLittleEndian } from "../bytes/little_endian.ts";
import type { RangeList } from "../bytes/range_list.ts";
import { runSteps } from "../bytes/steps.ts";
import { arrayProblems } from "./array_problems.ts";
import type {
  ElementType,
  EncodeTools,
  FileIndex,
  FileSpec,
  Format,
} from "./format.ts";
import { sampleBytes } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";
import {
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  openSteps,
  type TensorPlaces,
} from "./safetensors_index.ts";

/** The library aligns tensors to this, so that they can be mapped. */
const ALIGNMENT = 8;

/** Names of types in headers. */
const DTYPES: Readonly<Record<ElementType, string>> = {
  uint8: "U8",
  uint16: "U16",
  uint32: "U32",
  uint64: "U64",
  int8: "I8",
  int16: "I16",
  int32: "I32",
  int64: "I64",
  float16: "F16",
  float32: "F32",
  float64: "F64",
};

/** Digits of the largest index of a file. */
const MAX_INDEX_DIGITS = 13;

/** Bytes of a header's entry, at least: many tensors make large headers. */
const MIN_ENTRY_BYTES = 60;

/** The format `safetensors`. */
export const safetensors: Format = {
  name: "safetensors",
  reading: "stream",
  // Each tensor is a sample.
  counting: {
    reads: "head",
    count: (source) =>
      whenThere(
        runSteps(openSteps(source, 0)),
        ({ offsets }) => offsets.length - 1,
      ),
  },
  isInterleaved: true,
  codecs: [],

  problems(spec) {
    const problems = arrayProblems(safetensors, spec);
    if (problems.length > 0) return problems;
    const { samplesPerFile } = spec.dataset;
    const isLong = samplesPerFile * MIN_ENTRY_BYTES > MAX_HEADER_BYTES ||
      headerOf(spec).length > MAX_HEADER_BYTES;
    if (isLong) {
      problems.push(
        `Cannot make a safetensors file of ${samplesPerFile} tensors: its ` +
          `header must have <= ${MAX_HEADER_BYTES} bytes`,
      );
    }
    return problems;
  },

  fileBytes: (spec) =>
    headerOf(spec).length + sampleBytes(spec) * spec.dataset.samplesPerFile,

  *encode(spec: FileSpec, tools: EncodeTools): Generator<Uint8Array, void> {
    const cursor = new PageCursor(tools);
    yield* cursor.bytes(headerOf(spec));
    const dataBytes = sampleBytes(spec) * spec.dataset.samplesPerFile;
    yield* cursor.random(spec.fileIndex, 0, dataBytes);
    yield* cursor.end();
  },

  open: (source, spec) =>
    runSteps(openSteps(source, spec.dataset.samplesPerFile)),

  ranges(
    index: FileIndex,
    first: number,
    count: number,
    _continues: boolean,
    ranges: RangeList,
  ) {
    const { offsets } = index as TensorPlaces;
    const begin = offsets[first] ?? 0;
    ranges.push(begin, (offsets[first + count] ?? begin) - begin);
  },
};

/** Everything in front of the tensors. */
function headerOf({ dataset, fileIndex, sampleDims }: FileSpec): Uint8Array {
  const { samplesPerFile, elementType } = dataset;
  const byteCount = sampleBytes({ dataset, fileIndex, sampleDims });
  const dtype = DTYPES[elementType];
  const entries: Record<string, unknown> = {};
  for (let tensor = 0; tensor < samplesPerFile; tensor++) {
    // As in a model of many shards, no name comes twice.
    entries[`model.layers.${fileIndex}.${tensor}.weight`] = {
      dtype,
      shape: sampleDims,
      data_offsets: [tensor * byteCount, (tensor + 1) * byteCount],
    };
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // Files of one dataset have one length, however long their numbers are.
  const spareDigits = MAX_INDEX_DIGITS - String(fileIndex).length;
  const widestBytes = json.length + samplesPerFile * spareDigits;
  const headerBytes = Math.ceil(widestBytes / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(LENGTH_BYTES + headerBytes).fill(0x20);
  header.set(packLittleEndian([[LENGTH_BYTES, headerBytes]]));
  header.set(json, LENGTH_BYTES);
  return header;
}
