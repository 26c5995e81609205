/**
 * A small dataset of any format in any storage, and what reads it: the reader
 * that its storage calls for, in this thread.
 */
import { assert, assertEquals } from "@std/assert";
import { PageArena } from "../../../lib/bytes/page_arena.ts";
import { allRanks } from "../../../lib/cluster/ranks.ts";
import type { Workload } from "../../../lib/config/workload.ts";
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import { DatasetFiles } from "../../../lib/engine/plan/dataset_files.ts";
import { createDatasetSource } from "../../../lib/engine/plan/dataset_source.ts";
import { planRun } from "../../../lib/engine/plan/make_run_plan.ts";
import type { RunPlan, SplitPlan } from "../../../lib/engine/plan/run_plan.ts";
import { WorkerMeter } from "../../../lib/engine/threads/meter.ts";
import { FIELD, Region } from "../../../lib/engine/threads/region.ts";
import { SeenLengths } from "../../../lib/engine/threads/seen_lengths.ts";
import { QueuedReader } from "../../../lib/engine/training/queued_reader.ts";
import { QueuedReads } from "../../../lib/engine/training/queued_reads.ts";
import { unsizedFileCount } from "../../../lib/engine/training/sample_files.ts";
import { SampleFetcher } from "../../../lib/engine/training/sample_fetcher.ts";
import {
  SampleReader,
  type SplitReaderParts,
} from "../../../lib/engine/training/sample_reader.ts";
import { StokerError } from "../../../lib/errors.ts";
import type { EncodeTools, Format } from "../../../lib/formats/format.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import { OPERATIONS } from "../../../lib/metrics/operations.ts";
import { RANDOM_REGION_BYTES } from "../../../lib/random/wasm_source.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { describeWorkload } from "../workload_of.ts";

export const FORMATS = await loadFormats();

/** Formats whose files hold one sample. */
const ONE_SAMPLE = ["jpeg", "png", "raw"];
export const FILE_COUNT = 5;
/** In the middle, so that files before and after it are read as well. */
export const CHANGED = 2;
const PAGES_BYTES = 2 ** 20;

/** Every format plain, and compressed where it can be. */
export const KINDS = Object.values(FORMATS)
  .filter(({ reading }) => reading !== "nothing")
  .flatMap(({ name, codecs }) =>
    ["none", ...codecs.slice(0, 1)].map((compression) => ({
      name,
      compression,
    }))
  );

/** What names a kind in a test's name. */
export function titleOf({ name, compression }: (typeof KINDS)[number]): string {
  return compression === "none" ? name : `${name} with ${compression}`;
}

/** Settings of a small dataset of a kind. */
export function settingsOf(
  { name, compression }: (typeof KINDS)[number],
): string[] {
  return [
    `dataset.format=${name}`,
    `dataset.compression=${compression}`,
    `dataset.num_files_train=${FILE_COUNT}`,
    "dataset.num_files_eval=0",
    `dataset.num_samples_per_file=${ONE_SAMPLE.includes(name) ? 1 : 3}`,
    "reader.batch_size=1",
    "reader.read_threads=0",
  ];
}

/** A dataset in a storage, and what reads it. */
export class Reading {
  readonly plan: RunPlan;
  readonly storage: Storage;
  readonly #format: Format;
  readonly #files: DatasetFiles;
  readonly #contents: Uint8Array[];
  readonly #tools: EncodeTools;
  readonly #region: Region;
  readonly #given: SplitReaderParts;
  readonly #reader: SampleReader | SampleFetcher | null;

  constructor(
    workload: Workload,
    parts: { readonly format: Format; readonly storage: Storage },
  ) {
    const { format, storage } = parts;
    const { dataset, splits } = describeWorkload(workload);
    const { reading } = format;
    const options = { ranks: allRanks(1), randomSeed: 1, reading };
    this.plan = planRun(workload, { dataset, splits }, options).plan;
    this.storage = storage;
    this.#format = format;
    this.#files = new DatasetFiles(dataset, splits, format);
    const arena = new PageArena(RANDOM_REGION_BYTES + PAGES_BYTES);
    const tools = {
      random: createDatasetSource(arena, dataset, format),
      pages: arena.allocate(PAGES_BYTES),
    };
    this.#contents = Array.from({ length: FILE_COUNT }, (_, file) => {
      const spec = this.#files.spec(file);
      const chunks = [...format.encode(spec, tools)].map((each) =>
        each.slice()
      );
      assertEquals(chunks.length, 1);
      return chunks[0] as Uint8Array;
    });
    this.#tools = tools;
    this.#region = new Region({
      accelerators: 1,
      readersPerAccelerator: 0,
      generators: 0,
      maxSteps: 1,
      unsizedFiles: unsizedFileCount(this.plan, format),
    });
    const split = this.plan.training.train;
    assert(split !== null);
    const given = {
      dataset,
      split,
      format,
      storage,
      meter: new WorkerMeter(this.#region, 0),
      seenLengths: new SeenLengths(this.#region.fileLengths),
      readBytes: this.plan.readBytes,
    };
    this.#given = given;
    const { readBytes } = given;
    const buffer = new PageArena(readBytes).allocate(readBytes);
    this.#reader = isQueued(workload)
      ? null
      : storage.isSync
      ? new SampleReader({ ...given, buffer }, PLACE)
      : new SampleFetcher(given, PLACE, { index: 0, count: 1 });
  }

  /** Bytes of the file that is changed. */
  get content(): Uint8Array {
    return this.#contents[CHANGED] as Uint8Array;
  }

  async write(file: number, content = this.#contents[file]): Promise<void> {
    assert(content !== undefined);
    await this.#put(this.#files.path(file), content);
  }

  /** Writes the file that tells where samples are, where there is one. */
  async writeIndex(file: number): Promise<void> {
    const path = this.#format.indexPath?.(this.#files.path(file));
    if (path === undefined) return;
    const [companion] = this.#format.companions ?? [];
    const spec = this.#files.spec(file);
    const [content] = companion?.encode(spec, this.#tools) ?? [];
    assert(content !== undefined);
    await this.#put(path, content);
  }

  async #put(path: string, content: Uint8Array): Promise<void> {
    const writer = await this.storage.create(path, {
      expectedBytes: content.length,
      atomic: false,
      fsync: false,
    });
    if (content.length > 0) await writer.write(content);
    await writer.commit();
  }

  async change(content: Uint8Array | null): Promise<void> {
    if (content !== null) return await this.write(CHANGED, content);
    await this.storage.remove(this.#files.path(CHANGED));
  }

  /** Reads an epoch. @returns What ended it; null if nothing did. */
  async epoch(number: number): Promise<Error | null> {
    const split = this.plan.training.train;
    assert(split !== null);
    const reader = this.#reader;
    if (reader === null) return await this.#queuedEpoch(split, number);
    reader.begin(number);
    try {
      for (let batch = 0; batch < split.stepCount; batch++) {
        const first = batch * split.batchSize;
        if (reader instanceof SampleReader) {
          reader.readBatch(first, split.batchSize);
        } else {
          await (await reader.startBatch(first, split.batchSize)).done;
        }
      }
      return null;
    } catch (error) {
      assert(error instanceof StokerError, `${error}`);
      return error;
    } finally {
      reader.end();
    }
  }

  async #queuedEpoch(split: SplitPlan, number: number): Promise<Error | null> {
    const { meter, readBytes } = this.#given;
    const reads = await QueuedReads.open(
      (client) =>
        this.storage.readQueue!({ depth: QUEUE_DEPTH, readBytes, ...client }),
      { places: BATCHES_AHEAD, meter },
    );
    const reader = new QueuedReader({ ...this.#given, reads }, PLACE);
    reader.begin(number);
    try {
      let there = 0;
      const take = () => {
        while (!reads.isThere(there % BATCHES_AHEAD)) reads.turn();
        reader.finishedBatch(split.batchSize);
        there++;
      };
      for (let batch = 0; batch < split.stepCount; batch++) {
        if (batch - there === BATCHES_AHEAD) take();
        const first = batch * split.batchSize;
        reader.startBatch(first, split.batchSize, batch % BATCHES_AHEAD);
        while (!reader.beginReads()) reads.turn();
      }
      while (there < split.stepCount) take();
      return null;
    } catch (error) {
      assert(error instanceof StokerError, `${error}`);
      return error;
    } finally {
      reader.end();
      reads.close();
    }
  }

  /** Reads an epoch. @returns What was counted for it. */
  async counted(number: number): Promise<Record<string, number>> {
    const { meter } = this.#given;
    meter.beginPhase();
    assertEquals(await this.epoch(number), null);
    const { fields } = meter;
    const count = (operation: (typeof OPERATIONS)[number]) =>
      histogramTotals(
        this.#region.histogram(0, OPERATIONS.indexOf(operation)),
      ).count;
    return {
      bytes: fields[FIELD.bytes] ?? NaN,
      operations: fields[FIELD.operations] ?? NaN,
      files: fields[FIELD.files] ?? NaN,
      samples: fields[FIELD.samples] ?? NaN,
      opens: count("open"),
      reads: count("read"),
    };
  }

  /** Whether the settings give the files' lengths. */
  get isSized(): boolean {
    return this.#format.fileBytes(this.#files.spec(0)) !== null;
  }

  /** Writes a dataset and gets ready to read it. */
  static async of(
    workload: Workload,
    { name }: (typeof KINDS)[number],
  ): Promise<Reading> {
    const format = FORMATS[name];
    assert(format !== undefined);
    const { dataset } = describeWorkload(workload);
    await format.prepare?.(dataset.spec);
    const storage = await connectStorage(dataset.storage);
    const reading = new Reading(workload, { format, storage });
    for (let file = 0; file < FILE_COUNT; file++) {
      await reading.write(file);
      await reading.writeIndex(file);
    }
    return reading;
  }
}

const PLACE = { rank: 0, reader: 0 };
/** Fewer than the files, so that some wait for room. */
const QUEUE_DEPTH = 4;
const BATCHES_AHEAD = 3;

function isQueued({ reader }: Workload): boolean {
  return reader.io_engine === "uring";
}
