/**
 * Counts the samples of files: takes the next file from a shared counter
 * until none is left, many at a time where the storage answers later.
 */
import { type Awaitable, whenThere } from "../../bytes/awaitable.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { FormatError } from "../../errors.ts";
import type { CountHint } from "../../formats/counting/sample_counting.ts";
import type { Format } from "../../formats/format.ts";
import { filePath } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import { inLanes } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import { COUNT_CONTROL, type CountPlan, fileOfCount } from "./count_plan.ts";

/** Files that one thread counts at a time where the storage answers later. */
const MAX_LANES = 32;
/** What a Uint32 of the table holds. */
const MAX_SAMPLES = 2 ** 32 - 1;

/** What a thread counts with. */
export interface CountParts {
  readonly plan: CountPlan;
  readonly format: Format;
  readonly storage: Storage;
}

/**
 * Counts until no file is left.
 *
 * @throws {FormatError} For a file that is none of the format.
 * @throws {StorageError} For a file that cannot be read.
 */
export async function countFiles(parts: CountParts): Promise<void> {
  const { plan, storage } = parts;
  const { control, counts } = plan;
  const laneCount = storage.isSync
    ? 1
    : Math.min(MAX_LANES, storage.inFlight ?? MAX_LANES);
  await inLanes(laneCount, laneCount, async () => {
    for (;;) {
      const turn = Atomics.add(control, COUNT_CONTROL.next, 1);
      if (turn >= plan.visitCount) return;
      const file = fileOfCount(plan, turn);
      try {
        counts[file] = await countFile(parts, file);
      } catch (error) {
        // Nobody takes another file.
        Atomics.store(control, COUNT_CONTROL.next, plan.visitCount);
        throw error;
      }
      Atomics.add(control, COUNT_CONTROL.done, 1);
    }
  });
}

async function countFile(
  { plan, format, storage }: CountParts,
  file: number,
): Promise<number> {
  const { dataset: { folder }, control } = plan;
  const { counting } = format;
  if (counting === undefined) return 1;
  const relativePath = filePath(plan.naming, file);
  const path = `${folder}/${relativePath}`;
  const source = await storage.open(path);
  try {
    const hint = hintOf(plan, file);
    const indexed = await countByIndex(
      { plan, format, storage },
      { path: relativePath, byteLength: source.byteLength },
      hint,
    );
    if (indexed !== null) return checked(path, indexed);
    const seen = new SeenSource(source, control);
    return checked(path, await counting.count(seen, hint));
  } finally {
    await source.close();
  }
}

function hintOf(
  { dataset, firstFileIndex, samplesPerFile }: CountPlan,
  file: number,
): CountHint {
  const dims = new SampleDims(dataset.dims).of(firstFileIndex + file);
  return {
    samplesPerFile,
    sampleElements: dims.reduce((count, dim) => count * dim, 1),
  };
}

/** @returns Null if there is no index file that fits. */
async function countByIndex(
  { plan, format, storage }: CountParts,
  file: { readonly path: string; readonly byteLength: number },
  hint: CountHint,
): Promise<number | null> {
  const index = format.counting?.indexFiles?.[plan.indexFile ?? -1];
  if (index === undefined) return null;
  const path = `${plan.dataset.folder}/${index.path(file.path)}`;
  if (await storage.sizeOf(path) === null) return null;
  const source = await storage.open(path);
  try {
    const seen = new SeenSource(source, plan.control);
    return await index.count(seen, file.byteLength, hint);
  } finally {
    await source.close();
  }
}

function checked(path: string, count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= MAX_SAMPLES) {
    return count;
  }
  throw new FormatError(
    path,
    0,
    `a file must hold at most ${MAX_SAMPLES} samples: it holds ${count}`,
  );
}

/** A file whose every read shows that counting moves. */
class SeenSource implements ByteSource {
  readonly path: string;
  readonly byteLength: number;
  readonly #source: ByteSource;
  readonly #control: Int32Array;

  constructor(source: ByteSource, control: Int32Array) {
    this.path = source.path;
    this.byteLength = source.byteLength;
    this.#source = source;
    this.#control = control;
  }

  readInto(view: Uint8Array, offset: number): Awaitable<number> {
    return whenThere(this.#source.readInto(view, offset), (byteCount) => {
      Atomics.add(this.#control, COUNT_CONTROL.reads, 1);
      return byteCount;
    });
  }
}
