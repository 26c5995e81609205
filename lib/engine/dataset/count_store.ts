/**
 * Keeps the numbers of samples that were counted, beside results: never in
 * the folder of a dataset, which may be somebody else's.
 *
 *    a line of JSON   what was counted: place, format, names, lengths
 *    "\n"
 *    Uint32 each      samples of each file, little-endian
 *
 * Counts are used again if the line is the same to the letter: the same files
 * in the same place, by the CRC of all names, with the same lengths. Lengths
 * are those of all files on this host, up to 100,000, and of 64 or more
 * elsewhere. So a file that changes and keeps its length is counted as it
 * was: remove the folder `.counts` then.
 */
import { crc32 } from "../../bytes/crc.ts";
import { filePath } from "../../sampling/file_names.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import { foreignFilesToCheck } from "./check_files.ts";
import type { CountPlan } from "./count_plan.ts";
import type { SampleCounting } from "../../formats/counting/sample_counting.ts";

const VERSION = 1;
const NEWLINE = 0x0a;
/** Every how many files one is asked for its length, where that costs. */
const LENGTH_INTERVAL = 1000;

/** What was counted. */
export interface CountKey {
  /** Name of the file that keeps it. */
  readonly name: string;
  /** Its first line. */
  readonly line: string;
}

/** A folder of counts. */
export interface CountStore {
  /** @returns Null if nothing of this name is kept, or it cannot be read. */
  read(name: string): Promise<Uint8Array | null>;
  /** @returns Why it could not be kept; null if it was. */
  write(key: CountKey, counts: Uint32Array): Promise<string | null>;
}

/** What is counted, and with which hint. */
export async function keyOfCounts(
  dataset: DatasetPlan,
  { naming, fileCount }: SplitFiles,
  { storage, counting, samplesPerFile }: Pick<CountPlan, "samplesPerFile"> & {
    readonly storage: Storage;
    /** Of the format. */
    readonly counting: SampleCounting | undefined;
  },
): Promise<CountKey> {
  const encoder = new TextEncoder();
  let namesCrc = 0;
  for (let file = 0; file < fileCount; file++) {
    namesCrc = crc32(encoder.encode(`${filePath(naming, file)}\n`), namesCrc);
  }
  const place = {
    version: VERSION,
    storage: dataset.storage.kind,
    root: dataset.storage.root,
    folder: dataset.folder,
    split: naming.split,
    format: dataset.format,
    samplesPerFile,
    ...(counting?.dependsOnSampleSize === true ? { dims: dataset.dims } : {}),
  };
  const line = {
    ...place,
    fileCount,
    namesCrc,
    lengthsCrc: await crcOfLengths(dataset, { naming, fileCount, storage }),
  };
  const placeCrc = crc32(encoder.encode(JSON.stringify(place)));
  return {
    name: `${naming.split}-${placeCrc.toString(16).padStart(8, "0")}.counts`,
    line: JSON.stringify(line),
  };
}

async function crcOfLengths(
  { folder }: DatasetPlan,
  { naming, fileCount, storage }:
    & Pick<SplitFiles, "naming" | "fileCount">
    & { readonly storage: Storage },
): Promise<number> {
  const files = foreignFilesToCheck(storage, fileCount, LENGTH_INTERVAL);
  const lengths = new Float64Array(files.length);
  await forEachFile(storage, files.length, async (index) => {
    const path = `${folder}/${filePath(naming, files[index] ?? 0)}`;
    lengths[index] = await storage.sizeOf(path) ?? -1;
  });
  return crc32(new Uint8Array(lengths.buffer));
}

/**
 * The counts that were kept.
 *
 * @param bytes What the store has; null: nothing.
 * @returns Null if it is not what the key says, or is damaged.
 */
export function keptCounts(
  bytes: Uint8Array | null,
  { line }: CountKey,
  fileCount: number,
): Uint32Array | null {
  if (bytes === null) return null;
  const lineEnd = bytes.indexOf(NEWLINE);
  const dataBytes = fileCount * Uint32Array.BYTES_PER_ELEMENT;
  if (lineEnd < 0 || bytes.length - lineEnd - 1 !== dataBytes) return null;
  if (new TextDecoder().decode(bytes.subarray(0, lineEnd)) !== line) {
    return null;
  }
  // A copy begins at a multiple of 4, as a Uint32Array must.
  return new Uint32Array(bytes.slice(lineEnd + 1).buffer);
}

/** Counts that are kept in a folder of this host. */
export class CountFolder implements CountStore {
  readonly #folder: string;

  /** @param folder It is made when it is needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(name: string): Promise<Uint8Array | null> {
    try {
      return await Deno.readFile(`${this.#folder}/${name}`);
    } catch {
      // Then it is counted again.
      return null;
    }
  }

  async write(
    { name, line }: CountKey,
    counts: Uint32Array,
  ): Promise<string | null> {
    const path = `${this.#folder}/${name}`;
    const part = `${path}.${crypto.randomUUID()}.part`;
    const head = new TextEncoder().encode(`${line}\n`);
    const bytes = new Uint8Array(head.length + counts.byteLength);
    bytes.set(head);
    bytes.set(new Uint8Array(new Uint32Array(counts).buffer), head.length);
    try {
      await Deno.mkdir(this.#folder, { recursive: true });
      await Deno.writeFile(part, bytes);
      await Deno.rename(part, path);
      return null;
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      const reason = error instanceof Error ? error.message : String(error);
      return `Samples are counted again next time, as their numbers cannot ` +
        `be kept in "${path}": ${reason}`;
    }
  }
}
