/**
 * What a run as its settings describe it needs of this host and its file
 * systems. Nothing is opened.
 */
import { checkpointTotals } from "../../checkpoint/checkpoint_size.ts";
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import { storedCheckpointCount } from "../../checkpoint/stored_count.ts";
import type { Workload } from "../../config/workload.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { joinPath } from "../../storage/local/local_path.ts";
import type { StorageSettings } from "../../storage/storage.ts";
import { DatasetFiles } from "./dataset_files.ts";
import { asGenerated } from "./describe_dataset.ts";
import type { DescribedRun } from "./describe_run.ts";
import { type DiskNeed, trainingSaveCount } from "./disk_needs.ts";
import { type HostNeeds, hostNeeds } from "./needs.ts";
import { fileCountOf } from "./visit_plan.ts";

/** Files whose lengths are looked at; their mean stands for all. */
export const MAX_MEASURED_FILES = 1000;

/** What makes a dataset fit. */
export const DATASET_REMEDY =
  "make dataset.num_files_train smaller or give another folder (--data)";
/** What makes checkpoints fit. */
export const CHECKPOINT_REMEDY =
  "set checkpoint.keep_checkpoints or give another folder (--checkpoints)";

/** Requests of one reader whose buffers are full at the same time. */
const BUFFERS_IN_FLIGHT = 8;

/** Threads and memory that a run needs. */
export function hostNeedsOf(run: DescribedRun): HostNeeds {
  const { workflow, reader } = run.workload;
  const { dataset } = run.dataset;
  const trains = workflow.train || workflow.evaluation;
  const isSync = STORAGE_KINDS[dataset.storage.kind]?.isSync === true;
  return hostNeeds({
    plan: trains ? run.plan : null,
    checkpoints: run.checkpointPlan,
    generators: workflow.generate_data ? reader.write_threads : 0,
    ...(run.generateQueue === undefined
      ? {}
      : { generateQueue: run.generateQueue }),
    buffersPerReader: isSync ? 1 : BUFFERS_IN_FLIGHT,
  });
}

/** What a run writes into file systems of this host. */
export function diskNeedsOf(run: DescribedRun): DiskNeed[] {
  const { generate_data } = run.workload.workflow;
  return [
    ...(generate_data ? datasetNeed(run) : []),
    ...checkpointNeed(run),
  ];
}

/**
 * The same for people who plan: a run that only reads its dataset needs one
 * all the same.
 */
export function plannedDiskNeeds(run: DescribedRun): DiskNeed[] {
  const { generate_data, train, evaluation } = run.workload.workflow;
  return [
    ...(generate_data || train || evaluation ? datasetNeed(run) : []),
    ...checkpointNeed(run),
  ];
}

function datasetNeed(run: DescribedRun): DiskNeed[] {
  const described = run.workload.workflow.generate_data
    ? asGenerated(run.dataset)
    : run.dataset;
  const { dataset, splits } = described;
  const hostFolder = hostFolderOf(dataset.storage, dataset.folder);
  const bytes = datasetBytesOf({ ...run, dataset: described });
  if (hostFolder === null || bytes === null) return [];
  return [{
    what: "the dataset",
    hostFolder,
    bytes,
    files: fileCountOf(splits),
    remedy: DATASET_REMEDY,
  }];
}

function checkpointNeed(run: DescribedRun): DiskNeed[] {
  const { checkpointPlan: plan, workload } = run;
  if (plan === null) return [];
  const hostFolder = hostFolderOf(plan.storage, plan.folder);
  const count = storedCheckpointCount(plan, saveCountOf(run, workload));
  if (hostFolder === null || count === 0) return [];
  const totals = checkpointTotals(plan.layout, plan.ranks.total);
  return [{
    what: "the checkpoints",
    hostFolder,
    bytes: count * totals.totalBytes,
    files: count * totals.fileCount,
    remedy: CHECKPOINT_REMEDY,
  }];
}

function saveCountOf(
  { plan, checkpointPlan }: DescribedRun,
  { workflow, checkpoint }: Workload,
): number {
  if (!workflow.train) return Math.max(0, checkpoint.num_checkpoints_write);
  return trainingSaveCount({
    ...plan,
    checkpoint: checkpointPlan as CheckpointPlan,
  });
}

/**
 * A folder of a storage as this host's file systems call it.
 *
 * @returns Null where files are not in this host's file systems.
 */
export function hostFolderOf(
  { kind, root }: StorageSettings,
  folder: string,
): string | null {
  return STORAGE_KINDS[kind]?.isFiles === true ? joinPath(root, folder) : null;
}

/**
 * Bytes of a dataset, from up to {@linkcode MAX_MEASURED_FILES} files when
 * their lengths vary.
 *
 * @returns Null where only encoding tells.
 */
export function datasetBytesOf(
  { dataset: { dataset, splits }, format }: Pick<
    DescribedRun,
    "dataset" | "format"
  >,
): number | null {
  const files = new DatasetFiles(dataset, splits, format);
  const fileCount = fileCountOf(splits);
  const measuredCount = Math.min(fileCount, MAX_MEASURED_FILES);
  let bytes = 0;
  for (let i = 0; i < measuredCount; i++) {
    const fileBytes = files.bytes(Math.floor((i * fileCount) / measuredCount));
    if (fileBytes === null) return null;
    bytes += fileBytes;
  }
  return measuredCount === 0
    ? 0
    : Math.round((bytes / measuredCount) * fileCount);
}
