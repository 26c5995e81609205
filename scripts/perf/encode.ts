/**
 * Every registered format into a null sink, against filling as many random
 * bytes: what framing, sums and encoding cost.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import type {
  EncodeTools,
  FileSpec,
  Format,
} from "../../lib/formats/format.ts";
import { loadFormats } from "../../lib/formats/registry.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";
import {
  gigabytesPerSecond,
  interleave,
  type Measure,
  type Measured,
} from "./measure.ts";

const FORMATS = await loadFormats();

const PAGE_BYTES = 2 ** 20;
const ROUND_COUNT = 9;

/** 64 MiB of uint8 in one sample: the middle of DLIO's workloads. */
const SPEC: FileSpec = {
  fileIndex: 1,
  sampleDims: [8192, 8192],
  dataset: {
    seed: 123,
    elementType: "uint8",
    samplesPerFile: 1,
    compression: "none",
    compressionLevel: 4,
    dedupeRatio: 1,
    compressRatio: 1,
    hdf5: { chunkDims: [], datasetsPerRecord: 1, maxShape: [] },
    parquet: {
      columns: [],
      rowGroupRows: 1024,
      generationBatchRows: 1024,
      partitionBy: null,
      decode: false,
    },
    arrow: { isStream: false, batchRows: 1000 },
    megatron: { documentLength: 1024, documentLengthStdev: 1024 },
  },
};

/** Rows "encode.*": of all formats that have data. */
export const measures: readonly Measure[] = Object.values(FORMATS)
  .filter((format) => format.reading !== "nothing")
  .map((format) => ({
    id: `encode.${format.name}`,
    run: () => measureFormat(format),
  }));

function measureFormat(format: Format): Measured {
  const problems = format.problems(SPEC);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const arena = new PageArena(RANDOM_REGION_BYTES + PAGE_BYTES);
  const random = createRandomSource(arena, { seed: SPEC.dataset.seed });
  const tools = { random, pages: arena.allocate(PAGE_BYTES) };
  const fileBytes = encode(format, tools);
  const { random: source, pages } = tools;
  const fill = () => {
    for (let offset = 0; offset < fileBytes; offset += PAGE_BYTES) {
      source.fill(pages, SPEC.fileIndex, offset);
    }
  };
  return {
    unit: "GB/s",
    ...interleave({
      roundCount: ROUND_COUNT,
      value: () =>
        gigabytesPerSecond(fileBytes, () => void encode(format, tools)),
      limit: () => gigabytesPerSecond(fileBytes, fill),
    }),
  };
}

/** Makes the file and drops it. @returns Its bytes. */
function encode(format: Format, tools: EncodeTools): number {
  let fileBytes = 0;
  for (const chunk of format.encode(SPEC, tools)) fileBytes += chunk.length;
  return fileBytes;
}
