/**
 * Drops the files that a phase will read from this host's page cache, before
 * the phase and outside of its time: `storage.drop_caches`.
 *
 *    before_epoch   training and evaluation files before each epoch; a
 *                   checkpoint's files before it is loaded
 *    before_phase   as well before each evaluation
 */
import { checkpointFiles } from "../../checkpoint/checkpoint_files.ts";
import {
  type CheckpointPlan,
  savedRank,
} from "../../checkpoint/checkpoint_plan.ts";
import { checkpointFolder } from "../../checkpoint/checkpoint_record.ts";
import { placesOf } from "../../cluster/ranks.ts";
import type { Format } from "../../formats/format.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { CacheDrop } from "../../metrics/run_record.ts";
import type { Storage } from "../../storage/storage.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import { type CacheCalls, dropFiles, type HostFiles } from "./drop_files.ts";
import type { PhaseOrder } from "../run/phase_runner.ts";
import type { RunPlan } from "../plan/run_plan.ts";

/** `storage.drop_caches`. */
export type DropPolicy = RunPlan["dropCaches"];

/** Says which files a phase reads; null: none that could be dropped. */
export type FilesOf = (order: PhaseOrder) => HostFiles | null;

/** Decides before each phase whether to drop its files, and does it. */
export class CacheControl {
  readonly #policy: DropPolicy;
  readonly #filesOf: FilesOf;
  readonly #cache: CacheCalls;
  #epoch = 0;

  /**
   * @param policy When.
   * @param filesOf Which files.
   * @param cache Who does it.
   */
  constructor(policy: DropPolicy, filesOf: FilesOf, cache: CacheCalls) {
    this.#policy = policy;
    this.#filesOf = filesOf;
    this.#cache = cache;
  }

  /**
   * To be called before each phase.
   *
   * @returns What was done; null if nothing was to be done.
   */
  async before(
    order: PhaseOrder,
    options: {
      readonly signal: AbortSignal;
      /** Called whenever storage has answered. */
      readonly onMove?: () => void;
    },
  ): Promise<CacheDrop | null> {
    if (!this.#isDue(order)) return null;
    const files = this.#filesOf(order);
    if (files === null) return null;
    return await dropFiles(files, {
      ...options,
      cache: this.#cache,
      nowMs: () => performance.now(),
    });
  }

  #isDue({ kind, epoch }: PhaseOrder): boolean {
    const { direction, isCheckpoint, hasSteps } = PHASE_KINDS[kind];
    if (this.#policy === "never" || direction !== "read") return false;
    if (isCheckpoint) return true;
    if (!hasSteps) return false;
    const isNewEpoch = epoch !== this.#epoch;
    this.#epoch = epoch;
    return isNewEpoch || this.#policy === "before_phase";
  }
}

/**
 * The dataset's files that a training run reads.
 *
 * @param kinds Of which phases: those of both before an epoch, since its
 *   evaluation belongs to it.
 */
export function datasetFilesOf(
  plan: RunPlan,
  { storage, format }: { storage: Storage; format: Format },
  kinds: readonly ("train" | "eval")[] = ["train", "eval"],
): FilesOf {
  const splits = kinds.map((kind) => plan.training[kind])
    .filter((split) => split !== null);
  const files = new DatasetFiles(plan.dataset, splits, format);
  const suffixes = [null, ...format.companions ?? []];
  const pathOf = (fileIndex: number, part: number) => {
    const relative = files.relativePath(fileIndex);
    const companion = suffixes[part];
    return `${plan.dataset.folder}/${companion?.path(relative) ?? relative}`;
  };
  const fileIndexes = splits.map(({ firstFileIndex, fileCount }) => ({
    firstFileIndex,
    fileCount,
  }));
  const total = fileIndexes.reduce((sum, { fileCount }) => sum + fileCount, 0);
  return () =>
    storage.hostPath === undefined || !plan.loader.reads ? null : {
      fileCount: total * suffixes.length,
      hostPath(index) {
        const part = index % suffixes.length;
        let file = Math.floor(index / suffixes.length);
        for (const { firstFileIndex, fileCount } of fileIndexes) {
          if (file < fileCount) {
            return storage.hostPath?.(pathOf(firstFileIndex + file, part)) ??
              "";
          }
          file -= fileCount;
        }
        throw new RangeError(`the run reads no file ${index}`);
      },
    };
}

/** The files of the checkpoint that this process loads in a phase. */
export function checkpointFilesOf(
  plan: CheckpointPlan,
  storage: Storage,
): FilesOf {
  return ({ epoch, checkpoint }) => {
    if (storage.hostPath === undefined || checkpoint === undefined) return null;
    const folder = checkpointFolder(plan.folder, {
      epoch,
      step: checkpoint.step,
    });
    const paths: string[] = [];
    for (const { rank } of placesOf(plan.ranks)) {
      const fileRank = savedRank(plan, rank);
      for (const { name } of checkpointFiles(plan.layout, fileRank)) {
        paths.push(storage.hostPath(`${folder}/${name}`));
      }
    }
    return {
      fileCount: paths.length,
      hostPath: (index) => paths[index] ?? "",
    };
  };
}
