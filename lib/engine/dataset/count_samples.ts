/**
 * Finds how many samples each file of somebody else's dataset holds, once,
 * before the run:
 *
 *    not given             every file is counted, and each counts with its own
 *    given, and files are  every file is counted: one that holds fewer would
 *    read by samples       end the run when it is reached
 *    given, and files are  some are counted, spread evenly: whatever a file
 *    read whole            holds, it is read to its end
 *
 * What was counted of every file is kept, see {@linkcode CountStore}.
 */
import { shownName } from "../../bytes/path_rules.ts";
import { DatasetError } from "../../errors.ts";
import type { Format } from "../../formats/format.ts";
import { filePath } from "../../sampling/file_names.ts";
import { equalCount, sampleSum } from "../../sampling/sample_table.ts";
import type { Storage } from "../../storage/storage.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import type { WaitHooks } from "../run/wait.ts";
import { type CountStore, keptCounts, keyOfCounts } from "./count_store.ts";
import { COUNT_CONTROL, type CountPlan, fileOfCount } from "./count_plan.ts";
import { runCounters } from "./run_counters.ts";

/** Files that are counted where all are read whole whatever they hold. */
const SOME_FILES = 8;

/** With what and for what samples are counted. */
export interface CountOptions {
  readonly storage: Storage;
  readonly format: Format;
  /** `dataset.num_samples_per_file`; null: as many as each file holds. */
  readonly samplesPerFile: number | null;
  readonly hooks: WaitHooks;
  /** Where counts are kept; absent: nowhere. */
  readonly store?: CountStore;
  /** Hears what the reader of the results should know. */
  readonly onNote?: (text: string) => void;
}

/**
 * Counts the samples of a split's files.
 *
 * @param dataset The dataset as it was found.
 * @param split Its files.
 * @returns The split; with the number of each file where all were counted.
 * @throws {DatasetError} If a file is none of the format, or holds fewer
 *   samples than `num_samples_per_file`, naming it.
 */
export async function countSplit(
  dataset: DatasetPlan,
  split: SplitFiles,
  options: CountOptions,
): Promise<SplitFiles> {
  const { format, samplesPerFile } = options;
  const { fileCount } = split;
  const { counting, reading } = format;
  if (counting === undefined || reading === "nothing" || fileCount === 0) {
    return split;
  }
  const isSome = samplesPerFile !== null && reading === "whole_file";
  // A file that is read to its end is no small thing to look up.
  if (isSome && counting.reads === "file") return split;
  const visitCount = isSome ? Math.min(SOME_FILES, fileCount) : fileCount;
  const plan = await planCount(dataset, split, { ...options, visitCount });
  if (isSome) {
    if (!await countedSome(plan, options)) return split;
  } else await countAll(plan, split, options);
  if (samplesPerFile === null) sayCounts(plan, options);
  else compare(plan, samplesPerFile, options);
  return isSome ? split : { ...split, heldSamples: plan.counts };
}

/**
 * Counts files of which nothing depends on the number.
 *
 * @returns False if one cannot be counted, which is said.
 */
async function countedSome(
  plan: CountPlan,
  { hooks, onNote }: CountOptions,
): Promise<boolean> {
  try {
    await runCounters(plan, hooks);
    return true;
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    onNote?.(
      "What files hold was not compared with dataset.num_samples_per_file: " +
        error.message,
    );
    return false;
  }
}

/** Samples of the files that were counted; null: each file is one. */
export type CountedFiles = readonly number[] | null;

/**
 * Counts the samples of some files, spread evenly, first and last included.
 *
 * @param visitCount How many files.
 * @throws {DatasetError} If one is no file of the format.
 */
export async function countSome(
  dataset: DatasetPlan,
  split: SplitFiles,
  options: CountOptions,
  visitCount: number,
): Promise<CountedFiles> {
  if (options.format.counting === undefined) return null;
  const plan = await planCount(dataset, split, { ...options, visitCount });
  await runCounters(plan, options.hooks);
  return Array.from(
    { length: visitCount },
    (_, turn) => plan.counts[fileOfCount(plan, turn)] ?? 0,
  );
}

async function planCount(
  dataset: DatasetPlan,
  split: SplitFiles,
  options: CountOptions & { readonly visitCount: number },
): Promise<CountPlan> {
  const { naming, fileCount, firstFileIndex } = split;
  const { visitCount, samplesPerFile } = options;
  return {
    dataset,
    naming,
    fileCount,
    firstFileIndex,
    visitCount,
    samplesPerFile,
    indexFile: await indexFileOf(dataset, split, options),
    counts: shared(Uint32Array, fileCount),
    control: shared(Int32Array, Object.keys(COUNT_CONTROL).length),
  };
}

/** Counts every file, unless that was done before. */
async function countAll(
  plan: CountPlan,
  split: SplitFiles,
  { storage, format, hooks, store, onNote }: CountOptions,
): Promise<void> {
  const key = store === undefined
    ? null
    : await keyOfCounts(plan.dataset, split, {
      storage,
      counting: format.counting,
      samplesPerFile: plan.samplesPerFile,
    });
  if (store !== undefined && key !== null) {
    const kept = keptCounts(await store.read(key.name), key, plan.fileCount);
    if (kept !== null) {
      plan.counts.set(kept);
      return;
    }
  }
  await runCounters(plan, hooks);
  if (store === undefined || key === null) return;
  const problem = await store.write(key, plan.counts);
  if (problem !== null) onNote?.(problem);
}

/**
 * Which index file the first file has; the others are looked up for the same
 * one, not for each that there might be.
 */
async function indexFileOf(
  { folder }: DatasetPlan,
  { naming }: SplitFiles,
  { format, storage }: CountOptions,
): Promise<number | null> {
  const path = filePath(naming, 0);
  const indexFiles = format.counting?.indexFiles ?? [];
  for (const [number, indexFile] of indexFiles.entries()) {
    const bytes = await storage.sizeOf(`${folder}/${indexFile.path(path)}`);
    if (bytes !== null) return number;
  }
  return null;
}

/** Says what counts where the settings say nothing. */
function sayCounts(plan: CountPlan, { onNote, format }: CountOptions): void {
  const { counts, naming, fileCount, dataset: { folder } } = plan;
  const sum = sampleSum(counts);
  const each = equalCount(counts);
  const holds = each !== null
    ? `${each} in each`
    : `${minOf(counts)} to ${maxOf(counts)} in each`;
  const isRead = format.counting?.reads === "file" && plan.indexFile === null;
  onNote?.(
    `Counted ${sum} samples in the ${fileCount} files of ` +
      `"${folder}/${naming.split}", ${holds}` +
      (isRead
        ? "; for that they were read, and may be in the page cache now"
        : ""),
  );
}

/**
 * Compares what files hold with what the settings say.
 *
 * @throws {DatasetError} If files hold fewer.
 */
function compare(
  plan: CountPlan,
  samplesPerFile: number,
  { format, onNote }: CountOptions,
): void {
  const fewer = new Differing(plan);
  const more = new Differing(plan);
  for (let turn = 0; turn < plan.visitCount; turn++) {
    const file = fileOfCount(plan, turn);
    const count = plan.counts[file] ?? 0;
    if (count < samplesPerFile) fewer.add(file);
    if (count > samplesPerFile) more.add(file);
  }
  if (fewer.count > 0) {
    throw new DatasetError(
      `Cannot use the dataset in "${plan.dataset.folder}" as each file must ` +
        `hold the ${samplesPerFile} samples of dataset.num_samples_per_file: ` +
        `${fewer.text()}; with dataset.num_samples_per_file=auto each file ` +
        `counts with what it holds`,
    );
  }
  if (more.count === 0) return;
  onNote?.(
    format.reading === "whole_file"
      ? `Each file counts as ${samplesPerFile} samples, as ` +
        `dataset.num_samples_per_file says, and is read whole: ${more.text()}`
      : `Of each file ${samplesPerFile} samples are used, the first, as ` +
        `dataset.num_samples_per_file says: ${more.text()}`,
  );
}

/** Files that hold another number: the first by name, and how many. */
class Differing {
  count = 0;
  readonly #plan: CountPlan;
  #first = 0;

  constructor(plan: CountPlan) {
    this.#plan = plan;
  }

  add(file: number): void {
    if (this.count === 0) this.#first = file;
    this.count++;
  }

  text(): string {
    const { counts, naming, visitCount, dataset: { folder } } = this.#plan;
    const path = shownName(`${folder}/${filePath(naming, this.#first)}`);
    const others = this.count === 1
      ? ""
      : ` (and ${this.count - 1} more of the ${visitCount} looked up)`;
    return `"${path}" holds ${counts[this.#first]}${others}`;
  }
}

function minOf(counts: Uint32Array): number {
  return counts.reduce((least, count) => Math.min(least, count), Infinity);
}

function maxOf(counts: Uint32Array): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

function shared<Words>(
  words: {
    new (buffer: SharedArrayBuffer): Words;
    readonly BYTES_PER_ELEMENT: number;
  },
  count: number,
): Words {
  return new words(new SharedArrayBuffer(count * words.BYTES_PER_ELEMENT));
}
