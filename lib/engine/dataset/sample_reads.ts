/**
 * What a reader of a run would read of a file, per sample, by the format's own
 * plan of ranges; nothing but the file's index is read.
 */
import { RangeList } from "../../bytes/range_list.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { FileSpec, Format, Reading } from "../../formats/format.ts";

/** What is read of a file. */
export interface SampleReads {
  readonly reading: Reading;
  /** Mean bytes that a sample takes, without the index. */
  readonly bytesPerSample: number;
  /** Mean requests for ranges that a sample takes. */
  readonly readsPerSample: number;
  /** Bytes of head, footer or index that are read when a file is opened. */
  readonly indexBytes: number;
}

/** Samples whose reads are planned, where each is read by itself. */
const PLANNED_SAMPLES = 64;

/**
 * Plans the reads of one file.
 *
 * @param index The file that tells where its samples are, where its format
 *   has one.
 * @param spec `dataset.samplesPerFile`: what this file holds.
 * @throws {FormatError} If it is no file of the format.
 */
export async function sampleReads(
  format: Format,
  source: ByteSource,
  spec: FileSpec,
  index?: ByteSource,
): Promise<SampleReads> {
  const { samplesPerFile } = spec.dataset;
  const { reading } = format;
  const isRanged = reading === "stream" || reading === "samples";
  if (!isRanged || samplesPerFile === 0) {
    const samples = Math.max(1, samplesPerFile);
    return {
      reading,
      bytesPerSample: source.byteLength / samples,
      readsPerSample: 1 / samples,
      indexBytes: 0,
    };
  }
  const metered = new CountedSource(source);
  const beside = index === undefined ? undefined : new CountedSource(index);
  const opened = await format.open?.(metered, spec, beside) ?? {};
  const ranges = new RangeList();
  // A stream is read from its begin to its end, samples one by one: of these
  // some are planned, spread evenly, since they need not be alike.
  const count = reading === "stream"
    ? samplesPerFile
    : Math.min(PLANNED_SAMPLES, samplesPerFile);
  let byteCount = 0;
  let rangeCount = 0;
  for (let i = 0; i < (reading === "stream" ? 1 : count); i++) {
    const first = Math.floor(i * samplesPerFile / count);
    ranges.clear();
    format.ranges?.(
      opened,
      first,
      reading === "stream" ? count : 1,
      false,
      ranges,
    );
    byteCount += ranges.totalBytes;
    rangeCount += ranges.count;
  }
  return {
    reading,
    bytesPerSample: byteCount / count,
    readsPerSample: rangeCount / count,
    indexBytes: metered.readBytes + (beside?.readBytes ?? 0),
  };
}

/** A file that counts what is read of it. */
class CountedSource implements ByteSource {
  readonly path: string;
  readonly byteLength: number;
  readBytes = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.path = source.path;
    this.byteLength = source.byteLength;
    this.#source = source;
  }

  readInto(view: Uint8Array, offset: number) {
    this.readBytes += view.length;
    return this.#source.readInto(view, offset);
  }
}
