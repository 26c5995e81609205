/**
 * Saves, loads and removes the files of one rank.
 */
import { PageArena } from "../bytes/page_arena.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../random/wasm_source.ts";
import type { RandomSource } from "../random/random_source.ts";
import { forEachFile } from "../storage/lanes.ts";
import type { Storage } from "../storage/storage.ts";
import { checkpointFiles } from "./checkpoint_files.ts";
import type { CheckpointFile } from "./checkpoint_files.ts";
import { type CheckpointPlan, savedRank } from "./checkpoint_plan.ts";
import {
  checkpointFolder,
  recordPath,
  writeRecord,
} from "./checkpoint_record.ts";
import {
  checkpointSeed,
  CONSTANT_BYTE,
  containedBytes,
  createFileContent,
} from "./file_content.ts";
import type { CheckpointId, FilePlace } from "./file_content.ts";
import { type FilePart, filePart, type Reader } from "./file_part.ts";
import type { QueuedLoad } from "./queued_load.ts";
import { readCheckpointFile, verifyCheckpointFile } from "./read_file.ts";
import { writeCheckpointFile } from "./write_file.ts";
import type { FileTransfer, WriteMeter } from "./write_file.ts";

/** A worker's meter that counts files as well as operations. */
export interface RankMeter extends WriteMeter {
  /** A file is about to be written or read. @param file Its number. */
  writing(file: number): void;
  reading(file: number): void;
  /** A file is done with. */
  finishedFile(): void;
  /** No operation is in flight. */
  idle(): void;
}

/** A thread that loads whole files. */
const ONLY_READER: Reader = { reader: 0, readerCount: 1 };

/** Moves checkpoints between memory and storage; one per thread. */
export class RankTransfer {
  readonly #plan: CheckpointPlan;
  readonly #storage: Storage;
  readonly #buffers: readonly Uint8Array[];
  readonly #source: RandomSource | null;
  readonly #queuedLoad: QueuedLoad | null;

  /**
   * @param plan What is saved and loaded.
   * @param storage Where.
   * @param queuedLoad How files are loaded that are not compared; null: one
   *   chunk after another, or as the storage does it.
   */
  constructor(
    plan: CheckpointPlan,
    storage: Storage,
    queuedLoad: QueuedLoad | null = null,
  ) {
    this.#queuedLoad = queuedLoad;
    this.#plan = plan;
    this.#storage = storage;
    const bufferCount = storage.isSync && !plan.verify ? 1 : 2;
    const arena = new PageArena(
      bufferCount * plan.chunkBytes +
        (plan.isRandom ? RANDOM_REGION_BYTES + 4096 : 0),
    );
    this.#buffers = Array.from(
      { length: bufferCount },
      () => arena.allocate(plan.chunkBytes),
    );
    this.#source = plan.isRandom
      ? createRandomSource(arena, { seed: checkpointSeed(plan.seed) })
      : null;
    // Before the clock starts: the system gives every page at its first
    // touch, and compiled code is not yet what it will be.
    for (const buffer of this.#buffers) {
      if (this.#source === null) buffer.fill(CONSTANT_BYTE);
      else this.#source.fill(buffer, 0, 0);
    }
  }

  /**
   * Writes the files of a rank.
   *
   * @returns False if the run was stopped in the middle.
   * @throws {StorageError} If one cannot be written.
   */
  async save(
    rank: number,
    id: CheckpointId,
    meter: RankMeter,
  ): Promise<boolean> {
    const { layout, folder, fsync } = this.#plan;
    for (const [fileIndex, file] of checkpointFiles(layout, rank).entries()) {
      meter.writing(fileIndex);
      const path = `${checkpointFolder(folder, id)}/${file.name}`;
      const cost = await writeCheckpointFile(
        path,
        createFileContent(file, { ...id, rank, fileIndex }, {
          container: this.#plan.container,
          source: this.#source,
        }),
        { storage: this.#storage, buffers: this.#buffers, meter, fsync },
      );
      if (!cost.isComplete) return false;
      meter.finishedFile();
    }
    meter.idle();
    return true;
  }

  /**
   * Reads what a rank has to load: its own files, or with a rank shift those
   * of a rank of another host.
   *
   * @param reader Which part of each file this thread reads; a file is
   *   counted by the thread that reads its end.
   * @returns False if the run was stopped in the middle.
   * @throws {DatasetError} If a file is not what it must be.
   * @throws {StorageError} If one cannot be read.
   */
  async load(
    loadingRank: number,
    id: CheckpointId,
    meter: RankMeter,
    reader: Reader = ONLY_READER,
  ): Promise<boolean> {
    const { layout, container } = this.#plan;
    const rank = savedRank(this.#plan, loadingRank);
    for (const [fileIndex, file] of checkpointFiles(layout, rank).entries()) {
      const fileBytes = containedBytes(file, container);
      const chunkBytes = this.#buffers[0]?.length ?? fileBytes;
      const part = filePart({ fileBytes, fileIndex, chunkBytes }, reader);
      if (part.offset === part.endOffset) continue;
      meter.reading(fileIndex);
      const place = { ...id, rank, fileIndex };
      const cost = await this.#read(file, place, { fileBytes, part, meter });
      if (!cost.isComplete) return false;
      if (part.endOffset === fileBytes) meter.finishedFile();
    }
    meter.idle();
    return true;
  }

  #read(
    file: CheckpointFile,
    place: FilePlace,
    { fileBytes, part, meter }: {
      readonly fileBytes: number;
      readonly part: FilePart;
      readonly meter: RankMeter;
    },
  ): Promise<FileTransfer> {
    const { folder, verify, container } = this.#plan;
    const path = `${checkpointFolder(folder, place)}/${file.name}`;
    const [buffer, expectedBuffer] = this.#buffers;
    if (buffer === undefined) throw new Error("a thread has no buffer");
    const parts = { storage: this.#storage, buffer, meter, part };
    if (this.#queuedLoad !== null && !verify) {
      return this.#queuedLoad.read(path, fileBytes, { part, meter });
    }
    if (!verify || expectedBuffer === undefined) {
      return readCheckpointFile(path, fileBytes, parts);
    }
    const source = this.#source;
    const content = createFileContent(file, place, { container, source });
    return verifyCheckpointFile(path, content, { ...parts, expectedBuffer });
  }
}

/**
 * Removes a checkpoint that this run saved: its files, its record, and its
 * folder if nothing else is in it.
 */
export async function removeCheckpoint(
  storage: Storage,
  plan: CheckpointPlan,
  id: CheckpointId,
): Promise<void> {
  const folder = checkpointFolder(plan.folder, id);
  // Cut short, the removal must not leave what passes for a checkpoint.
  await writeRecord(storage, plan, { id, complete: false });
  const names: string[] = [];
  for (let rank = 0; rank < plan.ranks.total; rank++) {
    names.push(...checkpointFiles(plan.layout, rank).map(({ name }) => name));
  }
  await forEachFile(
    storage,
    names.length,
    (index) => storage.remove(`${folder}/${names[index]}`),
  );
  await storage.remove(recordPath(plan.folder, id));
  for await (const _entry of storage.list(folder)) return;
  await storage.remove(folder);
}
