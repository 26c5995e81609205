/**
 * Rules between settings: each is one row of a table, by the part of a
 * workload that it is about.
 *
 * Reference: DLIO's `validate()`, without the rules that only name limits of
 * its Python libraries, and with those that it finds out while running.
 */
import { keyPrefixRule } from "../bytes/path_rules.ts";
import { FORMATS } from "../formats/registry.ts";
import { namesOfKinds, STORAGE_KINDS } from "../storage/kinds.ts";
import { type FileCount, givenFileCount } from "./file_count.ts";
import { givenSampleCount, type SampleCount } from "./sample_count.ts";
import { optionKind } from "./option_settings.ts";
import type { JudgedPart } from "./judged_parts.ts";
import { SHARING_CHECK } from "./thread_sharing.ts";
import { TRANSFER_CHECKS } from "./transfer_threads.ts";
import type { Finding } from "./unhonored.ts";
import type { Workload } from "./workload.ts";

/** What a rule may know beside the workload. */
export interface CheckContext {
  /** Accelerators of all hosts; null: not known yet. */
  readonly accelerators: number | null;
  /** Rules of other parts are left out. */
  readonly judged: ReadonlySet<JudgedPart>;
}

interface Check {
  readonly keys: readonly string[];
  readonly breaks: (workload: Workload, context: CheckContext) => boolean;
  readonly rule:
    | string
    | ((workload: Workload, context: CheckContext) => string);
}

/**
 * Finds the rules that a workload breaks.
 *
 * @returns One finding per broken rule.
 */
export function crossCheck(
  workload: Workload,
  context: CheckContext,
): Finding[] {
  return (Object.keys(CHECKS) as JudgedPart[])
    .filter((part) => context.judged.has(part))
    .flatMap((part) => CHECKS[part])
    .filter((check) => check.breaks(workload, context))
    .map(({ keys, rule }) => ({
      keys,
      rule: typeof rule === "string" ? rule : rule(workload, context),
    }));
}

/** Files of a results folder beside the log. */
const RESULT_NAMES_REGEXP =
  /^(stoker\.(json|incomplete\.jsonl)|summary\.json|(\d+_)?per_epoch_stats\.json|\d+_output\.json|report\.(txt|html))(\.partial)?$/;

const FILES_CHECKS: readonly Check[] = [
  {
    keys: ["dataset.num_files_generated", "dataset.num_files_train"],
    breaks: ({ dataset }) =>
      dataset.num_files_generated !== null &&
      dataset.num_files_generated <
        (givenFileCount(dataset.num_files_train) ?? 0),
    rule: "a run cannot read more files than were generated",
  },
  {
    keys: ["dataset.record_length_bytes_stdev", "dataset.record_dims"],
    breaks: ({ dataset }) =>
      dataset.record_dims.length > 0 && dataset.record_length_bytes_stdev > 0,
    rule: "record_dims fixes the size of every sample, so the standard " +
      "deviation must be 0",
  },
  {
    keys: ["dataset.record_element_type", "dataset.format"],
    breaks: ({ dataset }) =>
      isImage(dataset) && dataset.record_element_type !== "uint8",
    rule: "the samples of an image format are uint8",
  },
  {
    keys: ["dataset.record_dims", "dataset.format"],
    breaks: ({ dataset }) => isImage(dataset) && dataset.record_dims.length > 2,
    rule: "the samples of an image format have at most 2 dimensions",
  },
  {
    keys: ["dataset.hdf5.num_dset_per_record", "dataset.record_dims"],
    breaks: ({ dataset }) =>
      dataset.hdf5.num_dset_per_record > 1 &&
      (dataset.record_dims[0] ?? 1) % dataset.hdf5.num_dset_per_record !== 0,
    rule: "it must divide the first of record_dims, which must be set",
  },
  {
    keys: ["dataset.parquet.partition_by", "dataset.parquet.columns"],
    breaks: ({ dataset: { parquet } }) =>
      parquet.partition_by !== null &&
      !parquet.columns.some(({ name }) => name === parquet.partition_by),
    rule: "it must be the name of a column",
  },
  {
    keys: ["dataset.parquet.columns"],
    breaks: ({ dataset: { parquet } }) =>
      new Set(parquet.columns.map(({ name }) => name)).size <
        parquet.columns.length,
    rule: "every column must have a name of its own",
  },
  {
    keys: ["dataset.megatron.blend", "dataset.num_files_train"],
    breaks: ({ dataset: { megatron, num_files_train } }) =>
      // Of "all" files the number is known when they were found.
      megatron.blend.length > 0 && num_files_train !== "all" &&
      megatron.blend.length !== num_files_train,
    rule: "a blend has one weight for each training file",
  },
  {
    keys: ["dataset.megatron.blend", "dataset.format"],
    breaks: ({ dataset: { megatron, format, format_module } }) =>
      megatron.blend.length > 0 &&
      (format_module !== null || FORMATS[format]?.isBlended !== true),
    rule: "only samples of these formats are mixed: " +
      Object.keys(FORMATS).filter((name) => FORMATS[name]?.isBlended === true)
        .join(", "),
  },
  {
    keys: ["storage.storage_root", "storage.storage_type"],
    breaks: ({ storage }) =>
      isObjectStore(storage.storage_type) &&
      /^(\/|file:\/\/)/.test(storage.storage_root),
    rule: "it must be the name of a bucket, not a path",
  },
  {
    keys: ["dataset.data_folder", "storage.storage_type"],
    breaks: ({ dataset, storage }) =>
      isObjectStore(storage.storage_type) &&
      keyPrefixRule(dataset.data_folder) !== null,
    rule: ({ dataset }) =>
      `the prefix of an object's key must ${
        keyPrefixRule(dataset.data_folder)
      }`,
  },
  {
    keys: ["reader.shard_cache_folder", "dataset.format"],
    breaks: ({ reader, dataset: { format, format_module } }) =>
      reader.shard_cache_folder !== null &&
      (format_module !== null || FORMATS[format]?.hasShardCache !== true),
    rule: "only shards of these formats are copied: " +
      Object.keys(FORMATS)
        .filter((name) => FORMATS[name]?.hasShardCache === true).join(", "),
  },
  {
    keys: ["reader.shard_cache_folder", "reader.odirect"],
    breaks: ({ reader }) =>
      reader.shard_cache_folder !== null && reader.odirect,
    rule: "copies are read through the page cache, so odirect must be false",
  },
  {
    keys: ["reader.shard_cache_bytes", "reader.shard_cache_folder"],
    breaks: ({ reader }) =>
      reader.shard_cache_folder === null &&
      (reader.shard_cache_bytes !== null ||
        reader.shard_cache_predownload !== null),
    rule: "without a folder there are no copies: give shard_cache_folder, or " +
      "neither shard_cache_bytes nor shard_cache_predownload",
  },
  {
    keys: ["reader.odirect", "storage.storage_type"],
    breaks: ({ reader, storage }) =>
      reader.odirect &&
      STORAGE_KINDS[storage.storage_type]?.directKind === undefined,
    rule: "O_DIRECT is for files: storage_type " +
      namesOfKinds(({ directKind }) => directKind !== undefined),
  },
  {
    keys: ["storage.storage_options.insecure", "storage.storage_type"],
    breaks: ({ storage, checkpoint }) =>
      storage.storage_options?.insecure === true &&
      optionKind(storage.storage_type, checkpoint.checkpoint_folder)
          ?.isFiles === true,
    rule: "files have no certificates: it is for storage_type " +
      namesOfKinds(({ options }) => options.insecure !== undefined),
  },
];

const READING_CHECKS: readonly Check[] = [
  SHARING_CHECK,
  ...TRANSFER_CHECKS,
  {
    keys: ["dataset.parquet.columns"],
    breaks: ({ dataset: { parquet } }) =>
      parquet.columns.length > 0 && parquet.columns.every(({ read }) => !read),
    rule: "at least one column must be read",
  },
  {
    keys: ["storage.drop_caches", "storage.storage_type"],
    breaks: ({ storage }) =>
      storage.drop_caches !== "never" && !isFiles(storage.storage_type),
    rule: "the page cache holds files: storage_type " +
      namesOfKinds(({ isFiles }) => isFiles === true),
  },
  {
    keys: ["reader.data_loader", "framework"],
    breaks: ({ framework, reader }) =>
      ["tensorflow", "pytorch"].includes(reader.data_loader) &&
      reader.data_loader !== framework,
    rule: "the data loader of one framework does not feed the other",
  },
];

const TRAINING_CHECKS: readonly Check[] = [
  {
    keys: ["dataset.num_files_train", "workflow.train"],
    breaks: ({ dataset }) => dataset.num_files_train === 0,
    rule: "training needs at least 1 file",
  },
  {
    keys: ["train.total_training_steps", "dataset.num_files_train"],
    breaks: (workload, context) =>
      hasFiles(workload) &&
      workload.train.total_training_steps > stepsPerEpoch(workload, context),
    rule: (workload, context) =>
      `an epoch has only ${describeSteps(workload, context)}`,
  },
  {
    keys: ["reader.batch_size", "dataset.num_files_train"],
    breaks: (workload, context) =>
      hasFiles(workload) &&
      stepsPerEpoch(workload, context) === 0,
    rule: (workload, context) =>
      `an epoch must have at least 1 step, not ${
        describeSteps(workload, context)
      }`,
  },
];

/** What holds for the files of training and of evaluation alike. */
const FOUND_FILES_CHECKS: readonly Check[] = ([
  ["num_files_train", "files_train"],
  ["num_files_eval", "files_eval"],
] as const).flatMap(([countName, filesName]): Check[] => [
  {
    keys: [`dataset.${countName}`, "workflow.generate_data"],
    breaks: ({ dataset, workflow }) =>
      workflow.generate_data && isAll(dataset[countName]),
    rule: "files are generated in a number that is given",
  },
  {
    keys: [`dataset.${countName}`, "dataset.skip_listing"],
    breaks: ({ dataset }) => dataset.skip_listing && isAll(dataset[countName]),
    rule: "without a listing a number must be given",
  },
  {
    keys: [`dataset.${filesName}`, "workflow.generate_data"],
    breaks: ({ dataset, workflow }) =>
      workflow.generate_data && dataset[filesName].length > 0,
    rule: "it names files that are there, and what is generated has names of " +
      "its own",
  },
  {
    keys: [`dataset.${filesName}`, "dataset.skip_listing"],
    breaks: ({ dataset }) =>
      dataset.skip_listing && dataset[filesName].length > 0,
    rule: "it says which files there are, so no names are computed",
  },
]);

const COUNTED_SAMPLES_CHECKS: readonly Check[] = [
  {
    keys: ["dataset.num_samples_per_file", "workflow.generate_data"],
    breaks: ({ dataset, workflow }) =>
      workflow.generate_data && isAuto(dataset.num_samples_per_file),
    rule: "files are generated with a number of samples that is given",
  },
  {
    keys: ["dataset.num_samples_per_file", "dataset.skip_listing"],
    breaks: ({ dataset }) =>
      dataset.skip_listing && isAuto(dataset.num_samples_per_file),
    rule: "without a listing a number must be given",
  },
];

const EVALUATION_CHECKS: readonly Check[] = [
  {
    keys: ["dataset.num_files_eval", "workflow.evaluation"],
    breaks: ({ dataset }) => dataset.num_files_eval === 0,
    rule: "evaluation needs at least 1 file",
  },
  ...(["eval_after_epoch", "epochs_between_evals"] as const).map((key) => ({
    keys: [`evaluation.${key}`, "workflow.evaluation"],
    breaks: ({ evaluation }: Workload) => evaluation[key] < 1,
    rule: "it must be an integer >= 1",
  })),
];

const MODEL_CHECKS: readonly Check[] = [
  {
    keys: ["model.num_layers", "model.parallelism.pipeline"],
    breaks: ({ model }) =>
      model.num_layers > 0 && model.num_layers < model.parallelism.pipeline,
    rule: "every pipeline stage needs at least 1 layer",
  },
  {
    keys: ["model.parallelism.zero_stage", "model.parallelism.pipeline"],
    breaks: ({ model: { parallelism } }) =>
      parallelism.zero_stage === 3 && parallelism.pipeline > 1,
    rule: "ZeRO stage 3 does not go with pipeline parallelism",
  },
  {
    keys: ["model.parallelism.data", "checkpoint.mode"],
    breaks: ({ model, checkpoint }) =>
      checkpoint.mode === "default" && model.parallelism.data > 0,
    rule: "mode default derives it from the accelerators, so it must be -1",
  },
  {
    keys: ["model.parallelism.tensor", "model.parallelism.pipeline"],
    breaks: ({ model, checkpoint }, { accelerators }) =>
      checkpoint.mode === "default" &&
      accelerators !== null &&
      accelerators % modelParallelism(model.parallelism) !== 0,
    rule: ({ model }, { accelerators }) =>
      `their product ${modelParallelism(model.parallelism)} must divide ` +
      `the ${accelerators} accelerators`,
  },
  {
    keys: ["model.parallelism.data", "checkpoint.mode"],
    breaks: ({ model, checkpoint }) =>
      checkpoint.mode === "subset" && model.parallelism.data <= 0,
    rule: "mode subset needs it, as an integer >= 1",
  },
  {
    keys: ["model.parallelism.data", "checkpoint.mode"],
    breaks: ({ model: { parallelism }, checkpoint }, { accelerators }) =>
      checkpoint.mode === "subset" && parallelism.data > 0 &&
      accelerators !== null &&
      parallelism.data * modelParallelism(parallelism) < accelerators,
    rule: ({ model: { parallelism } }, { accelerators }) =>
      `data * tensor * pipeline = ${
        parallelism.data * modelParallelism(parallelism)
      } must be >= the ${accelerators} accelerators`,
  },
];

const CHECKPOINT_CHECKS: readonly Check[] = [
  {
    keys: ["checkpoint.checkpoint_folder", "storage.storage_type"],
    breaks: ({ checkpoint: { checkpoint_folder }, storage }) =>
      (isObjectStore(storage.storage_type) ||
        checkpoint_folder.startsWith("s3://")) &&
      keyPrefixRule(checkpoint_folder) !== null,
    rule: ({ checkpoint }) =>
      `the prefix of an object's key must ${
        keyPrefixRule(checkpoint.checkpoint_folder)
      }`,
  },
  ...(["checkpoint_after_epoch", "epochs_between_checkpoints"] as const).map(
    (key) => ({
      keys: [`checkpoint.${key}`, "workflow.checkpoint"],
      breaks: ({ workflow, checkpoint }: Workload) =>
        workflow.train &&
        checkpoint.steps_between_checkpoints < 0 && checkpoint[key] < 1,
      rule: "it must be an integer >= 1",
    }),
  ),
  {
    keys: [
      "checkpoint.num_checkpoints_read",
      "checkpoint.num_checkpoints_write",
    ],
    breaks: ({ checkpoint }) =>
      checkpoint.num_checkpoints_write > 0 &&
      checkpoint.num_checkpoints_read > checkpoint.num_checkpoints_write,
    rule: "no more checkpoints can be read than are written",
  },
  {
    keys: ["checkpoint.steps_between_checkpoints"],
    breaks: ({ checkpoint }) => checkpoint.steps_between_checkpoints === 0,
    rule: "it must be an integer >= 1, or -1 for checkpoints after epochs",
  },
  {
    keys: ["checkpoint.keep_checkpoints"],
    breaks: ({ checkpoint }) => checkpoint.keep_checkpoints === 0,
    rule: "it must be an integer >= 1, or -1 to keep all",
  },
  {
    keys: ["checkpoint.keep_checkpoints", "checkpoint.num_checkpoints_read"],
    breaks: ({ checkpoint, workflow }) =>
      !workflow.train && checkpoint.keep_checkpoints > 0 &&
      checkpoint.num_checkpoints_write > 0 &&
      checkpoint.num_checkpoints_read > checkpoint.keep_checkpoints,
    rule: "no more checkpoints can be read than are kept",
  },
  {
    keys: ["checkpoint.chunk_size"],
    breaks: ({ checkpoint }) => checkpoint.chunk_size % 4096 !== 0,
    rule: "it must be a multiple of 4096",
  },
  {
    keys: ["checkpoint.ksm", "checkpoint.randomize_tensor"],
    breaks: ({ checkpoint }) =>
      checkpoint.ksm !== null && checkpoint.randomize_tensor,
    rule: "pages of random tensors cannot be merged, so randomize_tensor " +
      "must be false",
  },
];

const RUN_CHECKS: readonly Check[] = [
  {
    keys: ["output.log_file"],
    breaks: ({ output }) => RESULT_NAMES_REGEXP.test(output.log_file),
    rule: "another file of the results folder has that name",
  },
  {
    keys: ["checkpoint.verify", "checkpoint.num_checkpoints_read"],
    breaks: ({ workflow, checkpoint }) =>
      checkpoint.verify &&
      (!workflow.checkpoint || workflow.train ||
        checkpoint.num_checkpoints_read <= 0),
    rule: "it compares checkpoints that are loaded: workflow.checkpoint " +
      "without workflow.train, num_checkpoints_read >= 1",
  },
];

const CHECKS: Readonly<Record<JudgedPart, readonly Check[]>> = {
  files: [
    ...FILES_CHECKS,
    ...FOUND_FILES_CHECKS,
    ...COUNTED_SAMPLES_CHECKS,
  ],
  reading: READING_CHECKS,
  training: TRAINING_CHECKS,
  evaluation: EVALUATION_CHECKS,
  model: MODEL_CHECKS,
  checkpoints: CHECKPOINT_CHECKS,
  run: RUN_CHECKS,
};

function isAll(count: FileCount): boolean {
  return givenFileCount(count) === null;
}

function isAuto(count: SampleCount): boolean {
  return givenSampleCount(count) === null;
}

function isImage({ format, format_module }: Workload["dataset"]): boolean {
  return format_module === null && FORMATS[format]?.isImage === true;
}

function modelParallelism(
  { tensor, pipeline }: Workload["model"]["parallelism"],
): number {
  return tensor * pipeline;
}

/** Whether it is known how many samples there are, and some are. */
function hasFiles({ dataset }: Workload): boolean {
  return (givenFileCount(dataset.num_files_train) ?? 0) > 0 &&
    givenSampleCount(dataset.num_samples_per_file) !== null;
}

function sampleCount({ dataset }: Workload): number {
  // Counted samples are a mean, and their sum is whole.
  return Math.round(
    (givenFileCount(dataset.num_files_train) ?? 0) *
      (givenSampleCount(dataset.num_samples_per_file) ?? 0),
  );
}

/** Whole steps of one epoch: floor(floor(samples / accelerators) / batch). */
function stepsPerEpoch(
  workload: Workload,
  context: CheckContext,
): number {
  return Math.floor(
    Math.floor(sampleCount(workload) / shareCount(workload, context)) /
      workload.reader.batch_size,
  );
}

/** Parts that accelerators divide an epoch into. */
function shareCount(
  { reader }: Workload,
  { accelerators }: CheckContext,
): number {
  return reader.broadcast ? 1 : accelerators ?? 1;
}

function describeSteps(workload: Workload, context: CheckContext): string {
  const { reader } = workload;
  return `${stepsPerEpoch(workload, context)} ` +
    `(${sampleCount(workload)} samples, ` +
    `${context.accelerators ?? 1} accelerators, batch ${reader.batch_size})`;
}

function isFiles(storageType: string): boolean {
  return STORAGE_KINDS[storageType]?.isFiles === true;
}

function isObjectStore(storageType: string): boolean {
  return STORAGE_KINDS[storageType]?.scheme !== undefined;
}
