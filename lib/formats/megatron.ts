/**
 * Megatron: indexed datasets, as Megatron-LM and its kin train language
 * models from. A file is `X.bin`, tokens back to back, with `X.idx`, which
 * tells documents apart.
 *
 * A sample is a window of L tokens and one more, L being the elements of a
 * sample (`dataset.record_dims`), over documents in shuffled order:
 * `megatron/document_order.ts`. Its pieces are read as Megatron reads them
 * with `--no-mmap-bin-files`: exactly these bytes.
 *
 * `X.bin` is its random stream and nothing else.
 */
import { lazyImport } from "../lazy_import.ts";
import { runSteps } from "../bytes/steps.ts";
import { arrayProblems } from "./array_problems.ts";
import { megatronCounting } from "./counting/megatron_count.ts";
import type {
  CompanionFile,
  EncodeTools,
  FileIndex,
  FileSpec,
  Format,
} from "./format.ts";
import { ELEMENT_BYTES } from "./format.ts";
import { tokenCount } from "./megatron/document_lengths.ts";
import { encodeIndex, indexPath, TYPE_CODES } from "./megatron/index_file.ts";
import { type OpenedMegatron, openSteps } from "./megatron/open.ts";
import { PageCursor } from "./page_cursor.ts";

/** Megatron-LM's own examples of GPT-3 train with it. */
const USUAL_SEQUENCE_LENGTH = 2048;

const INDEX_FILE: CompanionFile = { path: indexPath, encode: encodeIndex };

/** The format `megatron`. */
export const megatron: Format = {
  name: "megatron",
  extension: () => "bin",
  reading: "samples",
  counting: megatronCounting,
  usualSampleDims: [USUAL_SEQUENCE_LENGTH],
  codecs: [],
  companions: [INDEX_FILE],
  indexPath,
  problems: megatronProblems,
  fileBytes,

  *encode(spec: FileSpec, tools: EncodeTools): Generator<Uint8Array, void> {
    const cursor = new PageCursor(tools);
    yield* cursor.random(spec.fileIndex, 0, fileBytes(spec));
    yield* cursor.end();
  },

  open(source, spec, index) {
    if (index === undefined) throw notOpened();
    return runSteps(openSteps(source, index, spec));
  },

  async inside(source, index) {
    if (index === undefined) throw notOpened();
    const url = import.meta.resolve("./inside/megatron_inside.ts");
    const module = await lazyImport<
      typeof import("./inside/megatron_inside.ts")
    >(url);
    return await module.megatronInside(source, index);
  },

  ranges(index: FileIndex, first, count, _continues, ranges) {
    const { order, sequenceLength } = index as OpenedMegatron;
    for (let sample = first; sample < first + count; sample++) {
      order.addRanges(sample * sequenceLength, sequenceLength + 1, ranges);
    }
  },
};

function notOpened(): Error {
  return new Error("its index file must be opened");
}

function fileBytes(spec: FileSpec): number {
  return tokenCount(spec) * ELEMENT_BYTES[spec.dataset.elementType];
}

function megatronProblems(spec: FileSpec): string[] {
  const problems = arrayProblems(megatron, spec);
  const { elementType } = spec.dataset;
  if (TYPE_CODES[elementType] === undefined) {
    problems.push(
      `Cannot use dataset.record_element_type = ${elementType} in format ` +
        `megatron: it must be one of ${Object.keys(TYPE_CODES).join(", ")}`,
    );
  }
  return problems;
}
