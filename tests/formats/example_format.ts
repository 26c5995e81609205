/**
 * An example of `dataset.format_module`: "raw", random samples at a fixed
 * stride behind a header.
 *
 *    offset  bytes  field
 *         0      8  magic "STKRRAW1"
 *         8      8  number of samples, little-endian
 *        16      8  sampleBytes, little-endian
 *        24     40  0
 *        64      …  samples, sampleBytes each
 *
 * Copy it anywhere: it takes types alone from Stoker, so nothing of it is
 * needed when it runs.
 */
import type { ByteSource } from "../../lib/bytes/byte_source.ts";
import type { RangeList } from "../../lib/bytes/range_list.ts";
import type {
  EncodeTools,
  FileIndex,
  FileSpec,
  Format,
} from "../../lib/formats/format.ts";

const MAGIC = "STKRRAW1";
const HEADER_BYTES = 64;

/** What a file's header says. */
interface RawIndex {
  readonly sampleBytes: number;
}

/** The raw format. */
export const format: Format = {
  name: "raw",
  reading: "samples",
  codecs: [],

  // The header tells how many samples a file of anybody's holds.
  counting: {
    reads: "head",
    async count(source: ByteSource) {
      const bytes = new Uint8Array(HEADER_BYTES);
      await source.readInto(bytes, 0);
      return sampleCountOf(bytes);
    },
  },

  problems(spec: FileSpec): string[] {
    return sampleBytes(spec) > 0 ? [] : ["A raw sample must have a byte"];
  },

  fileBytes(spec: FileSpec): number {
    return HEADER_BYTES + spec.dataset.samplesPerFile * sampleBytes(spec);
  },

  *encode(spec: FileSpec, { random, pages }: EncodeTools) {
    const byteCount = this.fileBytes(spec) ?? 0;
    for (let offset = 0; offset < byteCount; offset += pages.length) {
      // Every chunk but the last fills the pages.
      const chunk = pages.subarray(
        0,
        Math.min(pages.length, byteCount - offset),
      );
      if (offset === 0) {
        chunk.set(header(spec));
        random.fill(chunk.subarray(HEADER_BYTES), spec.fileIndex, 0);
      } else {
        random.fill(chunk, spec.fileIndex, offset - HEADER_BYTES);
      }
      yield chunk;
    }
  },

  open(source: ByteSource, spec: FileSpec) {
    const bytes = new Uint8Array(HEADER_BYTES);
    const read = source.readInto(bytes, 0);
    // A disk answers at once, and so must this.
    return read instanceof Promise
      ? read.then(() => indexOf(bytes, spec))
      : indexOf(bytes, spec);
  },

  ranges(
    index: FileIndex,
    first: number,
    count: number,
    _continues: boolean,
    ranges: RangeList,
  ): void {
    const { sampleBytes } = index as RawIndex;
    ranges.push(HEADER_BYTES + first * sampleBytes, count * sampleBytes);
  },
};

/** @throws {Error} If the file is not what it should be. */
function indexOf(bytes: Uint8Array<ArrayBuffer>, spec: FileSpec): RawIndex {
  const view = new DataView(bytes.buffer);
  const sampleCount = sampleCountOf(bytes);
  if (sampleCount < spec.dataset.samplesPerFile) {
    throw new Error(`it has only ${sampleCount} samples`);
  }
  return { sampleBytes: Number(view.getBigUint64(16, true)) };
}

/** @throws {Error} If the file is none. */
function sampleCountOf(bytes: Uint8Array<ArrayBuffer>): number {
  const magic = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new Error(`a raw file must begin with ${MAGIC}`);
  return Number(new DataView(bytes.buffer).getBigUint64(8, true));
}

function header(spec: FileSpec): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, BigInt(spec.dataset.samplesPerFile), true);
  view.setBigUint64(16, BigInt(sampleBytes(spec)), true);
  return bytes;
}

function sampleBytes({ dataset, sampleDims }: FileSpec): number {
  const bits = Number(/\d+$/.exec(dataset.elementType)?.[0]);
  return sampleDims.reduce((product, dim) => product * dim, bits / 8);
}
