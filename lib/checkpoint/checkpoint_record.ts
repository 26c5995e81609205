/**
 * The record of a checkpoint: what was saved, and whether it is complete.
 *
 *    <checkpoint folder>/global_epoch1_step3/...            the files, as DLIO's
 *    <checkpoint folder>/.stoker/global_epoch1_step3.json  the record
 *
 * The record is written before the first file and again after the last one. It
 * shows a checkpoint that was interrupted while it was saved; the checkpoint
 * before it is untouched. Each file appears in full length or not at all. A
 * folder without a record was not saved by Stoker: it is loaded, never removed.
 *
 * A share of a run (`cluster/share.ts`) writes and reads a record of its own,
 * global_epoch1_step3.share_2_of_4.json, which is of its ranks alone.
 */
import { DatasetError } from "../errors.ts";
import type { Share } from "../cluster/share.ts";
import type { Storage } from "../storage/storage.ts";
import { writeJson } from "../storage/write_whole.ts";
import type { CheckpointPlan } from "./checkpoint_plan.ts";
import type { CheckpointId, Container } from "./file_content.ts";

const RECORD_VERSION = 1;

/** Stands for the record where files of a checkpoint have numbers. */
export const RECORD_FILE = -1;

/** Content of a record. */
export interface CheckpointRecord {
  readonly stoker_checkpoint: number;
  readonly complete: boolean;
  readonly epoch: number;
  readonly step: number;
  readonly accelerators: number;
  readonly seed: number;
  readonly container: Container;
  readonly randomize_tensor: boolean;
  readonly scale: number;
}

/**
 * Folder of one checkpoint, as DLIO names it. The step is the number of steps
 * of the epoch that were done; DLIO adds one to it at the end of an epoch. In
 * a run that only checkpoints it is the number of the checkpoint.
 */
export function checkpointFolder(folder: string, id: CheckpointId): string {
  return `${folder}/${folderName(id)}`;
}

/**
 * Path of one checkpoint's record.
 *
 * @param share Of a run that is done in shares each has a record of its own:
 *   none knows whether the others are done.
 */
export function recordPath(
  folder: string,
  id: CheckpointId,
  share?: Share,
): string {
  const ending = share === undefined
    ? ""
    : `.share_${share.index + 1}_of_${share.count}`;
  return `${folder}/.stoker/${folderName(id)}${ending}.json`;
}

/**
 * Writes the record of a checkpoint; the old one stays until it is whole.
 *
 * @param complete Whether all files are there.
 */
export async function writeRecord(
  storage: Storage,
  plan: CheckpointPlan,
  state: { readonly id: CheckpointId; readonly complete: boolean },
): Promise<void> {
  const record = recordOf(plan, state.id, state.complete);
  const { fsync } = plan;
  const path = recordPath(plan.folder, state.id, plan.share);
  await writeJson(storage, path, record, { fsync });
}

/**
 * Checks that a checkpoint can be loaded with this plan.
 *
 * @throws {DatasetError} If its saving was interrupted, or it was saved with
 *   other settings, or nothing says what its bytes must be.
 */
export async function checkRecord(
  storage: Storage,
  plan: CheckpointPlan,
  id: CheckpointId,
): Promise<void> {
  const path = recordPath(plan.folder, id, plan.share);
  const folder = checkpointFolder(plan.folder, id);
  const text = await storage.readText(path);
  if (text === null) {
    if (!plan.verify) return;
    throw new DatasetError(
      `Cannot verify the checkpoint "${folder}" as it must be one that ` +
        `Stoker saved: there is no ${path}`,
    );
  }
  const found = parseRecord(path, text);
  if (!found.complete) {
    throw new DatasetError(
      `Cannot load the checkpoint "${folder}": its saving was interrupted; save it again`,
    );
  }
  const wanted = recordOf(plan, id, true);
  const keys = (Object.keys(wanted) as (keyof CheckpointRecord)[])
    // The bytes do not matter where they are not compared.
    .filter((key) => plan.verify || !BYTE_KEYS.has(key));
  const differences = keys
    .filter((key) => found[key] !== wanted[key])
    .map((key) =>
      `${key} is ${found[key]} in the checkpoint, ${wanted[key]} in this run`
    );
  if (differences.length > 0) {
    throw new DatasetError(
      `Cannot load the checkpoint "${folder}" as it must be saved with the ` +
        `same settings: ${differences.join("; ")}`,
    );
  }
}

const BYTE_KEYS: ReadonlySet<keyof CheckpointRecord> = new Set([
  "seed",
  "randomize_tensor",
]);

function folderName({ epoch, step }: CheckpointId): string {
  return `global_epoch${epoch}_step${step}`;
}

function recordOf(
  plan: CheckpointPlan,
  id: CheckpointId,
  complete: boolean,
): CheckpointRecord {
  return {
    stoker_checkpoint: RECORD_VERSION,
    complete,
    epoch: id.epoch,
    step: id.step,
    accelerators: plan.ranks.total,
    seed: plan.seed,
    container: plan.container,
    randomize_tensor: plan.isRandom,
    scale: plan.layout.scale ?? 1,
  };
}

function parseRecord(path: string, text: string): CheckpointRecord {
  try {
    const content: unknown = JSON.parse(text);
    if (
      typeof content === "object" && content !== null &&
      (content as CheckpointRecord).stoker_checkpoint === RECORD_VERSION
    ) return content as CheckpointRecord;
  } catch {
    // Said below, as any other content that is no record.
  }
  throw new DatasetError(
    `Cannot use "${path}" as it must be a checkpoint record of version ` +
      `${RECORD_VERSION}`,
  );
}
