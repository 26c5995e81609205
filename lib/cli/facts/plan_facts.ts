/**
 * A run's plan for people: what `--dry-run` prints. No file is opened.
 */
import { formatBytes } from "../../bytes/sizes.ts";
import { textTable } from "../../bytes/text_table.ts";
import type { DescribedRun } from "../../engine/plan/describe_run.ts";
import type { DiskNeed } from "../../engine/plan/disk_needs.ts";
import type { HostNeeds } from "../../engine/plan/needs.ts";
import {
  datasetBytesOf,
  hostNeedsOf,
  MAX_MEASURED_FILES,
  plannedDiskNeeds,
} from "../../engine/plan/run_needs.ts";
import {
  type ThreadCounts,
  threadCountsOf,
} from "../../engine/plan/thread_counts.ts";
import type { SplitPlan } from "../../engine/plan/run_plan.ts";
import { hostShortages } from "../../engine/run/room_check.ts";
import type { HostRoom } from "../../host/host_room.ts";
import { fileCountOf } from "../../engine/plan/visit_plan.ts";
import { ConfigError } from "../../errors.ts";
import { formatOrigin } from "../../config/origins.ts";
import { TRANSFER_THREADS_KEY } from "../../config/transfer_threads.ts";
import { droppedSamples } from "../../sampling/shard.ts";
import {
  type CheckpointFacts,
  checkpointFacts,
} from "../../checkpoint/checkpoint_facts.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";
import type { SpaceOf } from "../../engine/run/room_check.ts";
import { diskRows } from "./disk_rows.ts";

/** One split of the dataset as a run uses it. */
export interface SplitFacts {
  readonly files: number;
  readonly samples: number;
  readonly samplesPerAccelerator: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly droppedSamples: number;
}

/** Threads of one kind, and why so many. */
export interface ThreadFacts {
  /** "reader.read_threads". */
  readonly setting: string;
  readonly threads: number;
  /** "auto: 8 CPUs / 2 accelerators …, at most 8", "file x.yaml:3". */
  readonly origin: string;
  /** Whether they were sized for this host. */
  readonly isSized: boolean;
}

/** Requests in flight of those who use files through io_uring, and why. */
export interface DepthFacts {
  /** "reader", "thread that saves". */
  readonly of: string;
  readonly depth: number;
  /** "auto: vda takes 128 requests / 4 readers …", "reader.io_depth = 12". */
  readonly reason: string;
}

/** What a run would do. */
export interface PlanFacts {
  readonly workload: string;
  readonly accelerators: number;
  readonly readThreads: number;
  /** Those that the run has: of readers, of generators. */
  readonly sizing: readonly ThreadFacts[];
  /** Empty where files are used one call after another. */
  readonly depths: readonly DepthFacts[];
  /** Threads of this process; null: none is trained or evaluated. */
  readonly threads: ThreadCounts | null;
  readonly does: readonly string[];
  /** Null, as the format: no dataset is used. */
  readonly folder: string | null;
  readonly format: string | null;
  readonly datasetFiles: number;
  /** From up to 1000 files when their lengths vary. */
  readonly datasetBytes: number | null;
  readonly epochs: number;
  readonly train: SplitFacts | null;
  readonly eval: SplitFacts | null;
  /** Threads and memory that the run needs at its fullest. */
  readonly needs: HostNeeds;
  /** What it writes into file systems of this host. */
  readonly diskNeeds: readonly DiskNeed[];
  /** Null: no checkpoints. */
  readonly checkpoint: CheckpointFacts | null;
}

/** Derives the facts of a run. */
export function planFacts(
  requested: RequestedWorkload,
  run: DescribedRun,
): PlanFacts {
  const { name, workload } = requested;
  const { plan } = run;
  const { dataset } = run.dataset;
  const { workflow } = workload;
  const trains = workflow.train || workflow.evaluation;
  const usesDataset = trains || workflow.generate_data;
  const readers = trains && plan.loader.reads ? plan.loader.readThreads : 0;
  return {
    workload: name,
    accelerators: plan.ranks.total,
    readThreads: readers,
    sizing: [
      ...(readers > 0
        ? [threadFacts(requested, "reader.read_threads", readers)]
        : []),
      ...(readers > 0 && requested.origins.has(TRANSFER_THREADS_KEY)
        ? [threadFacts(
          requested,
          TRANSFER_THREADS_KEY,
          plan.loader.transferThreads,
        )]
        : []),
      ...(workflow.generate_data
        ? [threadFacts(
          requested,
          "reader.write_threads",
          workload.reader.write_threads,
        )]
        : []),
    ],
    depths: depthFacts(run),
    threads: trains ? threadCountsOf(plan) : null,
    does: [
      ...(workflow.generate_data ? ["generate"] : []),
      ...(workflow.train ? ["train"] : []),
      ...(workflow.evaluation ? ["evaluate"] : []),
      ...(workflow.checkpoint ? ["checkpoint"] : []),
    ],
    folder: usesDataset ? dataset.folder : null,
    format: usesDataset ? dataset.format : null,
    datasetFiles: usesDataset ? fileCountOf(run.dataset.splits) : 0,
    datasetBytes: usesDataset ? datasetBytesOf(run) : 0,
    epochs: trains ? plan.training.epochs : 0,
    train: splitFacts(plan.training.train),
    eval: splitFacts(plan.training.eval),
    needs: hostNeedsOf(run),
    diskNeeds: plannedDiskNeeds(run),
    checkpoint: workflow.checkpoint
      ? factsOfCheckpoints(workload, plan.ranks.total)
      : null,
  };
}

function threadFacts(
  { origins }: RequestedWorkload,
  setting: string,
  threads: number,
): ThreadFacts {
  const origin = origins.get(setting) ?? { kind: "default" };
  return {
    setting,
    threads,
    origin: formatOrigin(origin),
    isSized: origin.kind === "auto",
  };
}

function depthFacts(
  { plan, generateQueue, checkpointPlan }: DescribedRun,
): DepthFacts[] {
  const queues = [
    ["thread that generates", generateQueue],
    ["reader", plan.loader.queue],
    ["thread that saves", checkpointPlan?.saveQueue],
    ["thread that loads", checkpointPlan?.queue],
  ] as const;
  return queues.flatMap(([of, queue]) =>
    queue === undefined
      ? []
      : { of, depth: queue.depth, reason: queue.depthReason }
  );
}

function factsOfCheckpoints(
  workload: RequestedWorkload["workload"],
  accelerators: number,
): CheckpointFacts {
  const facts = checkpointFacts(workload, accelerators);
  if ("fileCount" in facts) return facts;
  throw new ConfigError(facts);
}

function splitFacts(split: SplitPlan | null): SplitFacts | null {
  if (split === null) return null;
  const { shard } = split;
  return {
    files: split.fileCount,
    samples: shard.sampleCount,
    samplesPerAccelerator: shard.samplesPerAccelerator,
    batchSize: split.batchSize,
    stepsPerEpoch: split.stepCount,
    droppedSamples: droppedSamples(shard),
  };
}

/** What this host has, for comparison. */
export interface Have {
  readonly room: HostRoom;
  readonly spaceOf: SpaceOf;
}

/**
 * The facts as aligned lines.
 *
 * @param have What the needs are compared with.
 */
export function planText(facts: PlanFacts, have: Have): string {
  const { datasetBytes: bytes } = facts;
  const about = facts.datasetFiles > MAX_MEASURED_FILES ? "about " : "";
  const rows: readonly (readonly [string, string])[] = [
    ["Workload", `${facts.workload}: ${facts.does.join(", ")}`],
    ...acceleratorRow(facts),
    ...facts.sizing.filter(({ isSized }) => isSized).map((
      { setting, threads, origin },
    ) => ["Threads", `${setting} = ${threads} (${origin})`] as const),
    ...facts.depths.map(({ of, depth, reason }) =>
      ["In flight", `${depth} of each ${of} (${reason})`] as const
    ),
    ...(facts.datasetFiles === 0 ? [] : [
      [
        "Dataset",
        `${facts.folder}: ${facts.datasetFiles} ${facts.format} files, ` +
        (bytes === null ? "size unknown" : about + formatBytes(bytes)),
      ] as const,
    ]),
    ...(facts.epochs === 0 ? [] : [["Epochs", `${facts.epochs}`] as const]),
    ...splitRow("Training", facts.train),
    ...splitRow("Evaluation", facts.eval),
    ...checkpointRows(facts.checkpoint),
    ...needRows(facts, have),
  ];
  return textTable(rows).join("\n");
}

/** A dataset is generated without accelerators. */
function acceleratorRow(facts: PlanFacts): (readonly [string, string])[] {
  const { accelerators, folder, readThreads, threads, does } = facts;
  if (does.every((part) => part === "generate")) return [];
  if (folder === null) return [["Accelerators", `${accelerators}`]];
  const isShared = threads !== null &&
    threads.accelerators + threads.readers < accelerators * (1 + readThreads);
  return [[
    "Accelerators",
    isShared
      ? `${accelerators} in ${threads.accelerators} threads, each with ` +
        `${readThreads} readers, all in ${threads.readers} threads`
      : `${accelerators}, each with ${readThreads} reader threads` +
        (threads === null || threads.transfers === 0
          ? ""
          : ` and ${threads.transfers} further threads that fetch for all`),
  ]];
}

/** Needs beside what there is; what does not fit says so. */
function needRows(
  { needs, diskNeeds }: PlanFacts,
  { room, spaceOf }: Have,
): (readonly [string, string])[] {
  const { problems, warnings } = hostShortages(needs, room);
  return [
    [
      "Memory",
      `${needs.workers} threads with ${formatBytes(needs.bufferBytes)} of ` +
      `buffers: about ${formatBytes(needs.memoryBytes)} needed, ` +
      `${formatBytes(room.memoryFreeBytes.value)} free`,
    ],
    ...[...problems, ...warnings].map((text) =>
      ["Does not fit", text] as const
    ),
    ...diskRows(diskNeeds, spaceOf),
  ];
}

function splitRow(
  name: string,
  split: SplitFacts | null,
): (readonly [string, string])[] {
  if (split === null) return [];
  return [[
    name,
    `${split.stepsPerEpoch} steps per epoch, batch ${split.batchSize}; ` +
    `${split.samples} samples in ${split.files} files, ` +
    `${split.samplesPerAccelerator} per accelerator, ` +
    `${split.droppedSamples} dropped`,
  ]];
}

function checkpointRows(
  facts: CheckpointFacts | null,
): (readonly [string, string])[] {
  if (facts === null) return [];
  const { tensor, pipeline, data, zeroStage } = facts.parallelism;
  return [
    [
      "Checkpoint",
      `${formatBytes(facts.totalBytes)} in ${facts.fileCount} files: model ` +
      `${formatBytes(facts.modelBytes)}, optimizer ` +
      `${formatBytes(facts.optimizerBytes)}`,
    ],
    [
      "",
      `at most ${formatBytes(facts.rankBytesMax)} in ${facts.rankFilesMax} ` +
      `files per rank; rank 0: ${formatBytes(facts.rankZero.totalBytes)} in ` +
      `${facts.rankZero.fileCount}`,
    ],
    [
      "",
      `${facts.parameterCount} parameters; tensor ${tensor} x pipeline ` +
      `${pipeline} x data ${data}, ZeRO ${zeroStage}; ` +
      `${facts.threadCount} threads with ` +
      `${formatBytes(facts.bufferBytes)} of buffers, ` +
      `${facts.readersPerRank} to load a rank`,
    ],
  ];
}
