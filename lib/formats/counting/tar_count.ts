/**
 * Counts the samples of a tar shard that others made: neighboring members
 * whose names are equal up to the first dot behind the last slash.
 *
 *    a/0001.jpg  a/0001.cls | a/0002.jpg  a/0002.cls | ...
 *
 * Members that are no files, and names that begin and end with two
 * underscores, are of no sample, as in webdataset's own reader. A shard that
 * is compressed with gzip is inflated for it.
 *
 * Energon keeps an index beside each shard, "x.tar.idx": the offset of each
 * sample and that of the end, uint64, little-endian.
 *
 * Sources: https://github.com/webdataset/webdataset, `tariterators.py`;
 * https://github.com/NVIDIA/Megatron-Energon, `itar.py`.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { fileKind, MAGIC_BYTES } from "../file_magic.ts";
import { TAR_RECORD_BYTES } from "../tar/tar_header.ts";
import { type OnMember, walkGzippedTar, walkTar } from "../tar/tar_walk.ts";
import type { SampleCounting } from "./sample_counting.ts";
import { readAt } from "../read_at.ts";

const OFFSET_BYTES = 8;

const KEY = /^((?:.*\/|)[^./]+)\.[^/]*$/;
const META = /^__[^/]*__($|\/)/;

/** How the samples of a shard are counted. */
export const tarCounting: SampleCounting = {
  reads: "file",
  indexFiles: [{
    path: (filePath) => `${filePath}.idx`,
    count: (index, fileBytes) => runSteps(countOffsets(index, fileBytes)),
  }],
  count: countSamples,
};

/** Null if the index is not of a shard of this length. */
function* countOffsets(
  index: ByteSource,
  fileBytes: number,
): Steps<number, number | null> {
  const count = index.byteLength / OFFSET_BYTES - 1;
  if (!Number.isInteger(count) || count < 1) return null;
  const last = yield* readAt(index, count * OFFSET_BYTES, OFFSET_BYTES);
  const end = Number(new DataView(last.buffer).getBigUint64(0, true));
  // Behind the last sample is the end of the archive, at most two records.
  const isOfShard = end <= fileBytes && fileBytes - end <= 2 * TAR_RECORD_BYTES;
  return isOfShard ? count : null;
}

/**
 * Counts samples from header to header.
 *
 * @throws {FormatError} If it is no tar file or is cut off.
 */
async function countSamples(source: ByteSource): Promise<number> {
  let samples = 0;
  let lastKey: string | null = null;
  await walkShard(source, ({ name, type }) => {
    const key = sampleKey(name, type);
    if (key !== null && key !== lastKey) samples++;
    lastKey = key ?? lastKey;
    return true;
  });
  return samples;
}

/**
 * Walks through a shard, compressed or not.
 *
 * @returns Whether it is compressed with gzip.
 */
export async function walkShard(
  source: ByteSource,
  onMember: OnMember,
): Promise<boolean> {
  const isGzip = await runSteps(beginsAsGzip(source));
  if (isGzip) await walkGzippedTar(source, onMember);
  else await walkTar(source, onMember);
  return isGzip;
}

/** Whether a file is compressed as a whole, by its first bytes. */
export function* beginsAsGzip(source: ByteSource): Steps<number, boolean> {
  const head = new Uint8Array(Math.min(MAGIC_BYTES, source.byteLength));
  yield source.readInto(head, 0);
  return fileKind(head) === "gzip";
}

/** What samples have in common; null if the member belongs to none. */
export function sampleKey(name: string, type: string): string | null {
  const isFile = type === "0" || type === "7";
  if (!isFile || META.test(name)) return null;
  return KEY.exec(name)?.[1] ?? null;
}
