/**
 * Files that other libraries made, read by Stoker: the plan of every sample
 * against the library's own word on where it is, and files that are read
 * whole to their last byte.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import { RangeList } from "../../lib/bytes/range_list.ts";
import {
  fileExtension,
  type FileSpec,
  type Format,
} from "../../lib/formats/format.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import type { ReadMeter } from "../../lib/storage/storage.ts";
import { plannedRanges } from "./planned_ranges.ts";
import { interopSpecs } from "./shapes.ts";

const BUFFER_BYTES = 65536;

/** What `tests/interop/*.py write` says of a file. */
interface ForeignFile {
  readonly path: string;
  readonly bytes: number;
  readonly dims: readonly number[];
  readonly samples: number;
  readonly ranges: readonly (readonly [number, number])[] | null;
  /** Bytes that a sample takes wherever they are; absent: not told. */
  readonly sample_bytes?: number;
}

const UNMEASURED: ReadMeter = {
  now: () => 0,
  opened() {},
  read() {},
  isStopped: () => false,
};

/** What was compared, and one text per difference. */
export interface ForeignResult {
  readonly fileCount: number;
  readonly differences: readonly string[];
}

/** Reads all files that `write` left in a folder. */
export async function checkForeignFiles(
  format: Format,
  folder: string,
): Promise<ForeignResult> {
  const files: ForeignFile[] = JSON.parse(
    await Deno.readTextFile(`${folder}/foreign.json`),
  );
  const own = files.filter(({ path }) => isOf(format, path));
  const differences: string[] = [];
  for (const file of own) {
    const text = format.reading === "shard"
      ? await shardDifference(format, file)
      : file.ranges === null && file.sample_bytes === undefined
      ? await drainDifference(file)
      : await planDifference(format, file);
    if (text !== null) differences.push(`${file.path}: ${text}`);
  }
  return { fileCount: own.length, differences };
}

/** Two formats may share a Python file and so a folder. */
function isOf(format: Format, path: string): boolean {
  return format.anyEnding === true ||
    ["none", ...format.codecs].some((codec) =>
      path.endsWith(`.${fileExtension(format, codec)}`)
    ) ||
    (format.name === "mmap_indexed_binary" && path.endsWith("indexed_binary"));
}

async function drainDifference(file: ForeignFile): Promise<string | null> {
  const buffer = new PageArena(BUFFER_BYTES).allocate(BUFFER_BYTES);
  const storage = new LocalStorage("/");
  const readBytes = await storage.drain(file.path, -1, buffer, UNMEASURED);
  return readBytes === file.bytes ? null : `${readBytes} bytes were read`;
}

/** A shard is counted, and read from its first byte to its last. */
async function shardDifference(
  format: Format,
  file: ForeignFile,
): Promise<string | null> {
  const source = new LocalStorage("/").open(file.path);
  try {
    const count = await format.counting!.count(source, {
      samplesPerFile: null,
    });
    if (count !== file.samples) return `${count} samples were counted`;
    const index = await format.open!(source, specOf(format, file));
    const ranges = new RangeList();
    for (let sample = 0; sample < file.samples; sample++) {
      format.ranges!(index, sample, 1, sample > 0, ranges);
    }
    // Neighbors are one range.
    const isWhole = ranges.count === 1 && ranges.offsetOf(0) === 0 &&
      ranges.byteCountOf(0) === file.bytes;
    return isWhole ? null : "its samples are not the whole file";
  } finally {
    source.close();
  }
}

async function planDifference(
  format: Format,
  file: ForeignFile,
): Promise<string | null> {
  const { ranges: samples, sample_bytes: sampleBytes, bytes } = file;
  const planned = await plannedRanges(
    format,
    file.path,
    specOf(format, file),
  );
  for (const [sample, ranges] of planned.entries()) {
    const told = samples?.[sample];
    // Where a sample stands may be read before it.
    const [start, byteCount] = ranges.at(-1) ?? [-1, 0];
    const end = start + byteCount;
    // A memory map's pages contain the sample; others are the sample.
    const isExact = format.name !== "mmap_indexed_binary";
    const isRight = told === undefined ||
      (ranges.length <= 2 &&
        (isExact
          ? start === told[0] && byteCount === told[1]
          : start <= told[0] && end >= told[0] + told[1]));
    if (!isRight) return `sample ${sample} is planned at ${start} to ${end}`;
    const sum = ranges.reduce((total, [, byteCount]) => total + byteCount, 0);
    const isInside = ranges.every(([at, byteCount]) => at + byteCount <= bytes);
    if (!isInside || sum !== (sampleBytes ?? sum)) {
      return `sample ${sample} is planned with ${sum} bytes`;
    }
  }
  return null;
}

function specOf(format: Format, file: ForeignFile): FileSpec {
  const [spec] = interopSpecs(format);
  return {
    ...spec!,
    sampleDims: file.dims,
    dataset: { ...spec!.dataset, samplesPerFile: file.samples },
  };
}
