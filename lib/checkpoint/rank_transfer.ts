/**
 * Saves, loads and removes the files of one rank.
 */
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
import { containedBytes, createFileContent } from "./file_content.ts";
import type { CheckpointId, FilePlace } from "./file_content.ts";
import { type FilePart, filePart, type Reader } from "./file_part.ts";
import type { QueuedLoad } from "./queued_load.ts";
import type { QueuedSave, SavedFile } from "./queued_save.ts";
import type { RankMeter } from "./rank_meter.ts";
import { readCheckpointFile, verifyCheckpointFile } from "./read_file.ts";
import { TransferMemory } from "./transfer_memory.ts";
import { writeCheckpointFile } from "./write_file.ts";
import type { FileTransfer } from "./write_file.ts";

/** Requests in flight of one thread; null: one call after another. */
export interface TransferQueues {
  /** Files that are compared are loaded without. */
  readonly load: QueuedLoad | null;
  readonly save: QueuedSave | null;
}

/** A thread that loads whole files. */
const ONLY_READER: Reader = { reader: 0, readerCount: 1 };

/** Moves checkpoints between memory and storage; one per thread. */
export class RankTransfer {
  readonly #plan: CheckpointPlan;
  readonly #storage: Storage;
  readonly #memory: TransferMemory;
  readonly #queues: TransferQueues;

  /**
   * @param plan What is saved and loaded.
   * @param storage Where.
   * @param memory What it is moved with; that of the queues.
   * @param queues How files are saved and loaded with requests in flight.
   */
  constructor(
    plan: CheckpointPlan,
    storage: Storage,
    memory = new TransferMemory(plan, storage.isSync),
    queues: TransferQueues = { load: null, save: null },
  ) {
    this.#plan = plan;
    this.#storage = storage;
    this.#memory = memory;
    this.#queues = queues;
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
    const { fsync } = this.#plan;
    const { save } = this.#queues;
    const files = this.#savedFiles(rank, id);
    const isComplete = save === null
      ? await this.#saveEach(files, meter)
      : save.save(files, { meter, fsync });
    if (isComplete) meter.idle();
    return isComplete;
  }

  /** One write after another. @returns False if the run was stopped. */
  async #saveEach(
    files: Iterable<SavedFile>,
    meter: RankMeter,
  ): Promise<boolean> {
    const { fsync } = this.#plan;
    const { buffers } = this.#memory;
    const parts = { storage: this.#storage, buffers, meter, fsync };
    let fileIndex = 0;
    for (const { path, content } of files) {
      meter.writing(fileIndex++);
      const cost = await writeCheckpointFile(path, content, parts);
      if (!cost.isComplete) return false;
      meter.finishedFile();
    }
    return true;
  }

  *#savedFiles(rank: number, id: CheckpointId): Generator<SavedFile> {
    const { layout, folder, container } = this.#plan;
    const { source } = this.#memory;
    for (const [fileIndex, file] of checkpointFiles(layout, rank).entries()) {
      const place = { ...id, rank, fileIndex };
      yield {
        path: `${checkpointFolder(folder, id)}/${file.name}`,
        content: createFileContent(file, place, { container, source }),
      };
    }
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
      const chunkBytes = this.#memory.buffers[0]?.length ?? fileBytes;
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
    const { buffers: [buffer, expectedBuffer], source } = this.#memory;
    if (buffer === undefined) throw new Error("a thread has no buffer");
    const parts = { storage: this.#storage, buffer, meter, part };
    const { load } = this.#queues;
    if (load !== null && !verify) {
      return load.read(path, fileBytes, { part, meter });
    }
    if (!verify || expectedBuffer === undefined) {
      return readCheckpointFile(path, fileBytes, parts);
    }
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
