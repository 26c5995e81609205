/**
 * Saves, loads and removes the files of one rank.
 */
import { PageArena } from "../bytes/page_arena.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../random/wasm_source.ts";
import type { RandomSource } from "../random/random_source.ts";
import type { Storage } from "../storage/storage.ts";
import { checkpointFiles } from "./checkpoint_files.ts";
import type { CheckpointPlan } from "./checkpoint_plan.ts";
import {
  checkpointFolder,
  recordPath,
  writeRecord,
} from "./checkpoint_record.ts";
import {
  checkpointSeed,
  containedBytes,
  createFileContent,
} from "./file_content.ts";
import type { CheckpointId } from "./file_content.ts";
import { readCheckpointFile, verifyCheckpointFile } from "./read_file.ts";
import { writeCheckpointFile } from "./write_file.ts";
import type { WriteMeter } from "./write_file.ts";

/** A worker's meter: told of files as well as of operations. */
export interface RankMeter extends WriteMeter {
  /** A file is about to be written or read. @param file Its number. */
  writing(file: number): void;
  reading(file: number): void;
  /** A file is done with. */
  finishedFile(): void;
  /** No operation is under way. */
  idle(): void;
}

/** Moves checkpoints between memory and storage; one per thread. */
export class RankTransfer {
  readonly #plan: CheckpointPlan;
  readonly #storage: Storage;
  readonly #buffers: readonly Uint8Array[];
  readonly #source: RandomSource | null;

  constructor(plan: CheckpointPlan, storage: Storage) {
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
   * @returns False if the run was stopped in the middle.
   * @throws {DatasetError} If a file is not what it must be.
   * @throws {StorageError} If one cannot be read.
   */
  async load(
    loadingRank: number,
    id: CheckpointId,
    meter: RankMeter,
  ): Promise<boolean> {
    const { layout, folder, accelerators, rankShift, verify } = this.#plan;
    const { container } = this.#plan;
    const rank = (loadingRank + rankShift) % accelerators;
    const [buffer, expectedBuffer] = this.#buffers;
    if (buffer === undefined) throw new Error("a thread has no buffer");
    const parts = { storage: this.#storage, buffer, meter };
    for (const [fileIndex, file] of checkpointFiles(layout, rank).entries()) {
      meter.reading(fileIndex);
      const path = `${checkpointFolder(folder, id)}/${file.name}`;
      const cost = verify && expectedBuffer !== undefined
        ? await verifyCheckpointFile(
          path,
          createFileContent(file, { ...id, rank, fileIndex }, {
            container,
            source: this.#source,
          }),
          { ...parts, expectedBuffer },
        )
        : await readCheckpointFile(
          path,
          containedBytes(file, container),
          parts,
        );
      if (!cost.isComplete) return false;
      meter.finishedFile();
    }
    meter.idle();
    return true;
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
  for (let rank = 0; rank < plan.accelerators; rank++) {
    for (const { name } of checkpointFiles(plan.layout, rank)) {
      await storage.remove(`${folder}/${name}`);
    }
  }
  await storage.remove(recordPath(plan.folder, id));
  for await (const _entry of storage.list(folder)) return;
  await storage.remove(folder);
}
