/**
 * Files that change while a run goes on: every format, on every storage, read
 * by the reader that its storage calls for. Each change is an error that
 * names the file; bytes that are not there are never counted as read.
 *
 * Null storage has no files, so none of them can change.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PageArena } from "../../../lib/bytes/page_arena.ts";
import { allRanks } from "../../../lib/cluster/ranks.ts";
import type { Workload } from "../../../lib/config/workload.ts";
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import { DatasetFiles } from "../../../lib/engine/plan/dataset_files.ts";
import { createDatasetSource } from "../../../lib/engine/plan/dataset_source.ts";
import { planRun } from "../../../lib/engine/plan/make_run_plan.ts";
import type { RunPlan } from "../../../lib/engine/plan/run_plan.ts";
import { WorkerMeter } from "../../../lib/engine/threads/meter.ts";
import { Region } from "../../../lib/engine/threads/region.ts";
import { SeenLengths } from "../../../lib/engine/threads/seen_lengths.ts";
import { unsizedFileCount } from "../../../lib/engine/training/sample_files.ts";
import { SampleFetcher } from "../../../lib/engine/training/sample_fetcher.ts";
import { SampleReader } from "../../../lib/engine/training/sample_reader.ts";
import { StokerError } from "../../../lib/errors.ts";
import type { EncodeTools, Format } from "../../../lib/formats/format.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import { RANDOM_REGION_BYTES } from "../../../lib/random/wasm_source.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import {
  type FakeCluster,
  startFakeAistore,
} from "../../storage/aistore/fake_aistore.ts";
import {
  startS3rver,
  type TestServer,
} from "../../storage/s3/s3rver_server.ts";
import { inTempFolder, smallWorkload } from "../engine_fixture.ts";
import { s3Workload } from "../s3_workload.ts";
import { describeWorkload } from "../workload_of.ts";

const FORMATS = await loadFormats();

/** Formats whose files hold one sample. */
const ONE_SAMPLE = ["jpeg", "png", "raw"];
const FILE_COUNT = 5;
/** In the middle, so that files before and after it are read as well. */
const CHANGED = 2;
const PAGES_BYTES = 2 ** 20;

let s3: Promise<TestServer> | undefined;
let aistore: Promise<FakeCluster> | undefined;

Deno.test.afterAll(async () => {
  await (await s3)?.stop();
  await (await aistore)?.stop();
});

/** Storages to a workload whose data lies there, in `folder`. */
const PLACES: Readonly<
  Record<string, (folder: string, words: string[]) => Promise<Workload>>
> = {
  local_fs: (folder, words) => Promise.resolve(smallWorkload(folder, words)),
  direct_fs: (folder, words) =>
    Promise.resolve(smallWorkload(folder, ["reader.odirect=true", ...words])),
  s3: async (folder, words) => {
    const server = await (s3 ??= startS3rver());
    return s3Workload(server, folder.slice(1), [server.endpoint], words);
  },
  aistore: async (folder, words) => {
    const cluster = await (aistore ??= startFakeAistore());
    cluster.buckets.set("bucket", new Map());
    return smallWorkload(folder.slice(1), [
      "storage.storage_type=aistore",
      "storage.storage_root=bucket",
      `storage.storage_options.endpoint_url=${cluster.endpoint}`,
      ...words,
    ]);
  },
};

/** Every format plain, and compressed where it can be. */
const KINDS = Object.values(FORMATS)
  .filter(({ reading }) => reading !== "nothing")
  .flatMap(({ name, codecs }) =>
    ["none", ...codecs.slice(0, 1)].map((compression) => ({
      name,
      compression,
    }))
  );

/** A change of a file of `bytes`; null removes it. */
interface Change {
  readonly title: string;
  readonly content: (bytes: Uint8Array) => Uint8Array | null;
}

const CHANGES: readonly Change[] = [
  {
    title: "shortened",
    content: (bytes) => bytes.subarray(0, bytes.length / 2),
  },
  { title: "emptied", content: () => new Uint8Array(0) },
  {
    title: "lengthened",
    content: (bytes) => {
      const longer = new Uint8Array(2 * bytes.length);
      longer.set(bytes);
      longer.set(bytes, bytes.length);
      return longer;
    },
  },
  { title: "removed", content: () => null },
];

/** A dataset in a storage, and what reads it. */
class Reading {
  readonly plan: RunPlan;
  readonly storage: Storage;
  readonly #format: Format;
  readonly #files: DatasetFiles;
  readonly #contents: Uint8Array[];
  readonly #tools: EncodeTools;
  readonly #region: Region;
  readonly #reader: SampleReader | SampleFetcher;

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
    const { readBytes } = given;
    const place = { rank: 0, reader: 0 };
    const buffer = new PageArena(readBytes).allocate(readBytes);
    this.#reader = storage.isSync
      ? new SampleReader({ ...given, buffer }, place)
      : new SampleFetcher(given, place);
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

  /** Whether the settings give the files' lengths. */
  get isSized(): boolean {
    return this.#format.fileBytes(this.#files.spec(0)) !== null;
  }

  static async of(
    place: string,
    kind: { readonly name: string; readonly compression: string },
    folder: string,
  ): Promise<Reading> {
    const { name, compression } = kind;
    const format = FORMATS[name];
    const workload = await PLACES[place]?.(folder, [
      `dataset.format=${name}`,
      `dataset.compression=${compression}`,
      `dataset.num_files_train=${FILE_COUNT}`,
      "dataset.num_files_eval=0",
      `dataset.num_samples_per_file=${ONE_SAMPLE.includes(name) ? 1 : 3}`,
      "reader.batch_size=1",
      "reader.read_threads=0",
    ]);
    assert(format !== undefined && workload !== undefined);
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

for (const place of Object.keys(PLACES)) {
  for (const kind of KINDS) {
    const title = kind.compression === "none"
      ? kind.name
      : `${kind.name} with ${kind.compression}`;
    Deno.test(`${title} on ${place}: a file that is shortened, emptied, lengthened or removed between epochs is an error that names it`, () =>
      inTempFolder(async (folder) => {
        const reading = await Reading.of(place, kind, folder);
        let epoch = 1;
        for (const { title, content } of CHANGES) {
          assertEquals(await reading.epoch(epoch++), null);
          const changed = content(reading.content);
          await reading.change(changed);
          const message = (await reading.epoch(epoch++))?.message ?? "";
          assertStringIncludes(message, `/img_${CHANGED}_of_${FILE_COUNT}.`);
          assertStringIncludes(
            message,
            expectedText(reading, changed?.length ?? null),
            title,
          );
          await reading.write(CHANGED);
        }
        reading.storage.close?.();
      }));
  }
}

/** What the error of a file that now has so many bytes says. */
function expectedText(reading: Reading, haveBytes: number | null): string {
  const { content, isSized } = reading;
  if (haveBytes === null) return "Cannot ";
  if (isSized) {
    return `has another length: it has ${haveBytes} bytes, the dataset's ` +
      `settings give ${content.length}; "stoker verify"`;
  }
  if (haveBytes === 0) return "must have at least 1 byte: it is empty";
  return `must not change during a run: it has ${haveBytes} bytes, it had ` +
    `${content.length} when this run first read it`;
}
