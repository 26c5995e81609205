/**
 * What a valid run of a workload needs of its storage: `stoker datasize`.
 * Nothing is opened or written.
 */
import { formatDuration } from "../../bytes/durations.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import { textTable } from "../../bytes/text_table.ts";
import {
  type CheckpointFacts,
  checkpointFacts,
  hostCheckpointBytes,
} from "../../checkpoint/checkpoint_facts.ts";
import { usualAccelerators } from "../../checkpoint/usual_accelerators.ts";
import type { Workload } from "../../config/workload.ts";
import type { DiskNeed } from "../../engine/plan/disk_needs.ts";
import {
  checkpointStorage,
  storageSettings,
} from "../../engine/plan/describe_dataset.ts";
import {
  CHECKPOINT_REMEDY,
  hostFolderOf,
} from "../../engine/plan/run_needs.ts";
import { ConfigError, UsageError } from "../../errors.ts";
import { mlperfModel } from "../../results/mlperf/mlperf_facts.ts";
import { NEWEST_EDITION } from "../../rules/editions.ts";
import type { SpaceOf } from "../../engine/run/room_check.ts";
import { diskRows } from "./disk_rows.ts";
import {
  type RunTime,
  trainingRules,
  type TrainingSize,
  trainingSize,
} from "./training_size.ts";

/** Checkpoints, and what the hosts have to do with them. */
export interface CheckpointNeeds extends CheckpointFacts {
  /** Bytes of one checkpoint that the busiest host writes. */
  readonly hostBytes: number;
  /** Whether a host's memory can hold that: reads may come from there. */
  readonly fitsInMemory: boolean;
  /** `checkpoint.scale`. */
  readonly scale: number;
}

/** What a valid run needs. */
export interface DatasizeFacts {
  readonly workload: string;
  /** As MLPerf Storage calls it: "unet3d", "llama3-8b". */
  readonly model: string;
  readonly accelerators: number;
  /** Why so many, if no number was given; else null. */
  readonly acceleratorsReason: string | null;
  readonly hosts: number;
  /** Of each host. */
  readonly hostMemoryBytes: number;
  /** Null: the workload has no dataset. */
  readonly training: TrainingSize | null;
  /** Null: the workload has no checkpoints. */
  readonly checkpoint: CheckpointNeeds | null;
  /** What that takes of file systems of this host. */
  readonly diskNeeds: readonly DiskNeed[];
}

/** What the needs are computed from. */
export interface DatasizeQuestion {
  /** The workload's name. */
  readonly name: string;
  /** `--accelerators`; null: the usual number. */
  readonly accelerators: number | null;
  /** For a workload that trains, if no number is given; >= 1. */
  readonly defaultAccelerators: number;
  readonly hosts: number;
  readonly hostMemoryBytes: number;
}

/**
 * Derives what a valid run needs.
 *
 * @throws {ConfigError} If its checkpoints cannot be spread like this.
 * @throws {UsageError} If there are more hosts than accelerators.
 */
export function datasizeFacts(
  workload: Workload,
  question: DatasizeQuestion,
): DatasizeFacts {
  const { name, hosts, hostMemoryBytes } = question;
  const { workflow } = workload;
  const hasDataset = workflow.generate_data || workflow.train ||
    workflow.evaluation;
  const { accelerators, reason } = hasDataset || !workflow.checkpoint
    ? trainingAccelerators(question)
    : checkpointAccelerators(workload, question);
  if (hosts > accelerators) {
    throw new UsageError(
      `Cannot use --hosts ${hosts} with ${accelerators} accelerators: ` +
        `every host must have at least one`,
    );
  }
  const training = hasDataset
    ? trainingSize(workload, {
      accelerators,
      memoryBytes: hosts * hostMemoryBytes,
    })
    : null;
  const checkpoint = workflow.checkpoint
    ? checkpointNeeds(workload, { accelerators, hosts, hostMemoryBytes })
    : null;
  return {
    workload: name,
    model: mlperfModel(workload.model.name),
    accelerators,
    acceleratorsReason: reason,
    hosts,
    hostMemoryBytes,
    training,
    checkpoint,
    diskNeeds: [
      ...trainingDisk(workload, training),
      ...checkpointDisk(workload, checkpoint),
    ],
  };
}

function trainingDisk(
  workload: Workload,
  training: TrainingSize | null,
): DiskNeed[] {
  const { data_folder } = workload.dataset;
  const hostFolder = hostFolderOf(storageSettings(workload), data_folder);
  if (training === null || hostFolder === null) return [];
  return [{
    what: "the dataset",
    hostFolder,
    bytes: training.datasetBytes,
    files: training.fileCount,
    remedy: "give another folder (--data)",
  }];
}

function checkpointDisk(
  workload: Workload,
  checkpoint: CheckpointNeeds | null,
): DiskNeed[] {
  const { checkpoint_folder } = workload.checkpoint;
  const hostFolder = hostFolderOf(
    checkpointStorage(workload),
    checkpoint_folder,
  );
  if (checkpoint === null || hostFolder === null) return [];
  const { storedCount, storedBytes, totalBytes, fileCount } = checkpoint;
  if (storedCount === 0) return [];
  return [{
    what: storedCount === null ? "one checkpoint" : "the checkpoints",
    hostFolder,
    bytes: storedBytes ?? totalBytes,
    files: (storedCount ?? 1) * fileCount,
    remedy: CHECKPOINT_REMEDY,
  }];
}

interface Chosen {
  readonly accelerators: number;
  readonly reason: string | null;
}

function trainingAccelerators(question: DatasizeQuestion): Chosen {
  const { accelerators, defaultAccelerators, hosts } = question;
  if (accelerators !== null) return { accelerators, reason: null };
  return {
    accelerators: Math.max(defaultAccelerators, hosts),
    reason: "the default: use --accelerators",
  };
}

function checkpointAccelerators(
  workload: Workload,
  { accelerators }: DatasizeQuestion,
): Chosen {
  return accelerators === null
    ? usualAccelerators(workload)
    : { accelerators, reason: null };
}

function checkpointNeeds(
  workload: Workload,
  { accelerators, hosts, hostMemoryBytes }: {
    accelerators: number;
    hosts: number;
    hostMemoryBytes: number;
  },
): CheckpointNeeds {
  const facts = checkpointFacts(workload, accelerators);
  if (!("fileCount" in facts)) throw new ConfigError(facts);
  const hostBytes = hostCheckpointBytes(workload, accelerators, hosts);
  return {
    ...facts,
    hostBytes,
    fitsInMemory: hostBytes <= hostMemoryBytes,
    scale: workload.checkpoint.scale,
  };
}

type Row = readonly [string, string];

/**
 * The facts as aligned lines.
 *
 * @param spaceOf What the needs are compared with.
 */
export function datasizeText(
  facts: DatasizeFacts,
  spaceOf: SpaceOf,
): string {
  const { accelerators, acceleratorsReason, hosts } = facts;
  const reason = acceleratorsReason === null ? "" : ` (${acceleratorsReason})`;
  const rows: readonly Row[] = [
    ["Workload", facts.workload],
    ["Accelerators", `${accelerators}${reason}`],
    [
      "Hosts",
      `${hosts} with ${formatBytes(facts.hostMemoryBytes)} of memory` +
      (hosts === 1 ? "" : " each"),
    ],
    ...trainingRows(facts),
    ...checkpointRows(facts.checkpoint),
    ...checkpointRules(facts, facts.model),
    ...(facts.training === null && facts.checkpoint === null
      ? [["Needs", "nothing: no dataset, no checkpoints"] as const]
      : []),
    ...diskRows(facts.diskNeeds, spaceOf),
  ];
  return textTable(rows).join("\n");
}

function trainingRows(facts: DatasizeFacts): Row[] {
  const { training: size, accelerators, hosts, hostMemoryBytes } = facts;
  if (size === null) return [];
  const memoryBytes = hosts * hostMemoryBytes;
  const [decides = "", other = ""] = trainingRules(size, {
    accelerators,
    memoryBytes,
  });
  return [
    [
      "Training",
      `${size.fileCount} files, ${sizeText(size.datasetBytes)}, ` +
      `${size.sampleCount} samples, sub-folders: ${size.subfolderCount}`,
    ],
    ["Rule", decides],
    ["", other],
    [
      "Sub-folders",
      "advised, no rule: one for every 10000 files, where there are more",
    ],
    ["Run time", timeText(size.time)],
    [
      "Settings",
      `dataset.num_files_train=${size.fileCount} ` +
      `dataset.num_subfolders_train=${size.subfolderCount}; the workload ` +
      `has ${size.givenFileCount} files`,
    ],
  ];
}

/** Of one run, and of all that a submission has. */
function timeText(time: RunTime): string {
  const { epochs, stepsPerEpoch, fullAuSeconds, goalSeconds, auGoal } = time;
  const { trainingRuns } = NEWEST_EDITION.limits;
  return `${formatDuration(fullAuSeconds)} at full AU, ` +
    `${formatDuration(goalSeconds)} at the goal of ` +
    `${(100 * auGoal).toFixed(0)} %: ${epochs} epochs of ${stepsPerEpoch} ` +
    `steps; ${trainingRuns} runs (rule 2.1.17: a warm-up and ` +
    `${trainingRuns - 1}) ${formatDuration(trainingRuns * goalSeconds)}`;
}

/** What rules ask of checkpoints of a model of the edition; else nothing. */
function checkpointRules(facts: DatasizeFacts, modelName: string): Row[] {
  const { accelerators, hostMemoryBytes, checkpoint } = facts;
  const { limits } = NEWEST_EDITION;
  const model = limits.checkpointing[modelName];
  if (checkpoint === null || model === undefined) return [];
  const { closedProcesses, openMultiple } = model;
  const { checkpointCount, checkpointMemoryFactor: factor } = limits;
  const times = (checkpoint.hostBytes / hostMemoryBytes).toFixed(1);
  return [
    [
      "Rules",
      `4.6.1: CLOSED has ${closedProcesses} accelerators` +
      (accelerators === closedProcesses
        ? ""
        : `, here are ${accelerators}; OPEN a multiple of ${openMultiple}`),
    ],
    [
      "",
      `4.3.1: a host's part is ${times} times its memory` +
      (checkpoint.hostBytes >= factor * hostMemoryBytes
        ? ""
        : `, less than ${factor}: caches must be dropped between writing ` +
          "and reading"),
    ],
    [
      "",
      `4.7.1: ${checkpointCount} checkpoints are written, then ` +
      `${checkpointCount} read; how long that takes is up to the storage`,
    ],
  ];
}

function checkpointRows(needs: CheckpointNeeds | null): Row[] {
  if (needs === null) return [];
  const { tensor, pipeline, data, zeroStage } = needs.parallelism;
  const { rankZero, writeCount, storedBytes, storedCount } = needs;
  return [
    ...(needs.parameterCount === 0
      ? []
      : [["Parameters", `${needs.parameterCount}`] as const]),
    [
      "Parallelism",
      `tensor ${tensor} x pipeline ${pipeline} x data ${data}, ` +
      `ZeRO ${zeroStage}`,
    ],
    ["Model", sizeText(needs.modelBytes)],
    ["Optimizer", sizeText(needs.optimizerBytes)],
    ["Checkpoint", `${sizeText(needs.totalBytes)} in ${needs.fileCount} files`],
    [
      "Per rank",
      `at most ${sizeText(needs.rankBytesMax)} in ${needs.rankFilesMax} ` +
      `files; rank 0: ${sizeText(rankZero.totalBytes)} in ` +
      `${rankZero.fileCount}`,
    ],
    ["Per host", hostText(needs)],
    [
      "Storage",
      writeCount === null || storedBytes === null
        ? "one checkpoint for each time that training saves"
        : `${sizeText(storedBytes)} for ${writeCount} checkpoints` +
          (storedCount === writeCount
            ? ""
            : `, at most ${storedCount} at the same time`),
    ],
    [
      "Memory",
      `${formatBytes(needs.bufferBytes)} of buffers in ` +
      `${needs.threadCount} threads: files are streamed`,
    ],
    ...(needs.scale === 1 ? [] : [
      [
        "Scale",
        `checkpoint.scale=${needs.scale} of the real size: never admissible`,
      ] as const,
    ]),
  ];
}

function hostText({ hostBytes, fitsInMemory }: CheckpointNeeds): string {
  return `at most ${sizeText(hostBytes)}, ` +
    (fitsInMemory
      ? "less than its memory: use --odirect or --drop-caches before-phase " +
        "to read it from the storage"
      : "more than its memory");
}

/** GiB to three decimals, and every byte. */
function sizeText(bytes: number): string {
  return bytes < 2 ** 30
    ? `${formatBytes(bytes)} (${bytes} bytes)`
    : `${(bytes / 2 ** 30).toFixed(3)} GiB (${bytes} bytes)`;
}
