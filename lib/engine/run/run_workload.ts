/**
 * A workload's workflow: generate, train and evaluate, checkpoint, remove the
 * dataset, as its settings say.
 */
import { countedSampleCount } from "../../config/sample_count.ts";
import type { Workload } from "../../config/workload.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { runCheckpoints } from "../checkpoints/run_checkpoints.ts";
import { agreeOnDataset } from "../dataset/agree_on_dataset.ts";
import { checkSamples } from "../dataset/count_dataset.ts";
import type { CountStore } from "../dataset/count_store.ts";
import { examineDataset } from "../dataset/examine_dataset.ts";
import { refuseForeignData } from "../dataset/foreign_data.ts";
import type { FoundDataset } from "../dataset/found_dataset.ts";
import { generateDataset } from "../dataset/generate_dataset.ts";
import { removeDataset } from "../dataset/remove_dataset.ts";
import { withFoundFiles } from "../plan/make_run_plan.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { withShardCache } from "../training/shard_cache_folder.ts";
import { runTraining } from "../training/train.ts";
import { awaitStorage } from "./await_storage.ts";
import { checkRoom } from "./check_room.ts";
import { during, pauseFor } from "./during.ts";
import { directWarnings, preflightRun } from "./preflight_run.ts";
import { plannedKinds } from "./planned_phases.ts";
import {
  type PreparedCheckpoints,
  type PreparedRun,
  type PrepareOptions,
  prepareRun,
} from "./prepare_run.ts";
import type { RunHooks, RunOutcome } from "./run_hooks.ts";
import { asError } from "./abort_error.ts";
import type { StoragePlace } from "./storage_place.ts";
import { inEveryProcess, onFirstTogether, part } from "./together.ts";

/** Arguments of {@linkcode runWorkload} beside the settings. */
export interface WorkloadOptions extends
  Omit<
    PrepareOptions,
    "cluster" | "placement" | "signal" | "stallTimeoutMs"
  > {
  /** Rewrites a dataset that is there. */
  readonly force: boolean;
  readonly stokerVersion: string;
  /** Hears what the reader of the results should know, once each. */
  readonly onWarning: (text: string) => void;
  /**
   * The dataset as `locateDataset` found it; absent or null: it is looked for
   * when it is read.
   */
  readonly found?: FoundDataset | null;
  /** Where samples that were counted are kept; absent: nowhere. */
  readonly counts?: CountStore;
  /**
   * Checks first that the run fits; a test of full disks gives its own.
   * @default {checkRoom}
   */
  readonly checkRoom?: typeof checkRoom;
}

/**
 * Prepares a workload, runs it, and closes what was connected.
 *
 * @returns The phases that were run and what ended the run early. Rejects
 *   only before the first phase: settings or a dataset that cannot be used.
 */
export async function runWorkload(
  workload: Workload,
  hooks: RunHooks,
  options: WorkloadOptions,
): Promise<RunOutcome> {
  const { link, placement, signal, stallTimeoutMs } = hooks;
  await using run = await inEveryProcess(
    hooks,
    "they prepare the run",
    () =>
      prepareRun(workload, {
        ...options,
        cluster: link.cluster,
        placement,
        signal,
        stallTimeoutMs,
        onWait: hooks.onWait,
      }),
  );
  const { generating, checkpoints } = run.warnings;
  for (const text of [...generating, ...checkpoints]) options.onWarning(text);
  await inEveryProcess(
    hooks,
    "they look whether the run can begin",
    (onWarning) => checkRun(run, hooks, { ...options, onWarning }),
    options.onWarning,
  );
  await inEveryProcess(
    hooks,
    "they try its folders",
    () => preflightRun(run, hooks),
  );
  hooks.onPlan?.(plannedKinds(run));
  const outcome = await runParts(run, hooks, options);
  if (outcome.error !== null) await part(link, outcome.error);
  return outcome;
}

/** Looks at this host and at whose data is in the way. Nothing is written. */
async function checkRun(
  run: PreparedRun,
  hooks: RunHooks,
  options: WorkloadOptions,
): Promise<void> {
  const { onWarning } = options;
  await awaitStorage(hooks, placesOf(run));
  await during(
    hooks,
    "checking memory and disk space",
    (tick) =>
      (options.checkRoom ?? checkRoom)(run, {
        signal: hooks.signal,
        onWarning,
        onMove: tick,
      }),
  );
  const doubts = await during(
    hooks,
    "looking at the file systems of the run",
    () => directWarnings(run),
  );
  for (const text of doubts) onWarning(text);
  const { workflow: { generate_data: generates }, dataset } = run.workload;
  const removes = !dataset.keep_files;
  if (generates || removes) {
    // Before anything is tried there: a trial writes.
    await during(
      hooks,
      `looking whose data is in ${dataset.data_folder}`,
      () => refuseForeignData(run, { generates, removes }),
    );
  }
}

/** One part of the workflow after another, until one ends early. */
async function runParts(
  run: PreparedRun,
  hooks: RunHooks,
  options: WorkloadOptions,
): Promise<RunOutcome> {
  const phases: PhaseRecord[] = [];
  for (const part of partsOf(run, hooks, options)) {
    try {
      await inEveryProcess(
        hooks,
        "their storage answers",
        () => awaitStorage(hooks, placesOf(run)),
      );
      const outcome = await part();
      phases.push(...outcome.phases);
      if (outcome.error !== null) return { phases, error: outcome.error };
    } catch (thrown) {
      if (phases.length === 0) throw thrown;
      // What has been measured before is not lost.
      return { phases, error: asError(thrown) };
    }
  }
  return { phases, error: null };
}

/** Where the run reads and writes. */
function placesOf(
  { dataset: { dataset: { folder } }, storage, checkpoints }: PreparedRun,
): StoragePlace[] {
  return [
    { storage, folder },
    ...(checkpoints === null ? [] : [{
      storage: checkpoints.storage,
      folder: checkpoints.plan.folder,
    }]),
  ];
}

/** What a workflow is made of, in order. */
function* partsOf(
  run: PreparedRun,
  hooks: RunHooks,
  options: WorkloadOptions,
): Generator<() => Promise<RunOutcome>> {
  const { workload: { workflow, dataset }, checkpoints } = run;
  if (workflow.generate_data) yield () => generate(run, hooks, options);
  if (workflow.train || workflow.evaluation) {
    yield () => train(run, hooks, options);
  }
  if (checkpoints !== null && !workflow.train) {
    yield () => checkpoint(run.workload, checkpoints, hooks);
  }
  if (!dataset.keep_files) yield () => remove(run, hooks);
}

async function generate(
  run: PreparedRun,
  hooks: RunHooks,
  { force, stokerVersion, share }: WorkloadOptions,
): Promise<RunOutcome> {
  const { reader, storage } = run.workload;
  const outcome = await generateDataset(run, hooks, {
    threads: reader.write_threads,
    force,
    stokerVersion,
    ...(share === undefined ? {} : { share }),
  });
  // Object stores may need a while until all sees what was written.
  const settles = STORAGE_KINDS[storage.storage_type]?.settlesAtOnce !== true;
  if (outcome.error === null && settles) {
    const seconds = storage.post_generation_settle_seconds;
    try {
      await pauseFor(
        hooks,
        seconds,
        `waiting ${seconds} s until all that was written shows ` +
          "(storage.post_generation_settle_seconds)",
      );
    } catch (error) {
      return { ...outcome, error: asError(error) };
    }
  }
  return outcome;
}

async function train(
  run: PreparedRun,
  hooks: RunHooks,
  { onWarning, found = null, counts }: WorkloadOptions,
): Promise<RunOutcome> {
  const plan = run.plan.loader.reads
    ? await inEveryProcess(
      hooks,
      "they look for the dataset",
      (onNote) => foundPlan(run, hooks, { onNote, found, counts }),
      onWarning,
    )
    : run.plan;
  await agreeOnDataset(run, plan, hooks);
  const workflow = { ...run.workload.workflow, generate_data: false };
  hooks.onPlan?.(
    plannedKinds({ ...run, plan, workload: { ...run.workload, workflow } }),
  );
  // After what is said of the files that were found.
  for (const text of run.warnings.training) onWarning(text);
  await using cached = await withShardCache(run.workload.reader, plan, hooks);
  return await runTraining({ ...run, plan: cached.plan }, hooks);
}

/** The plan with the dataset as it is, which may be somebody else's. */
async function foundPlan(
  { workload, dataset, format, storage, plan }: PreparedRun,
  hooks: RunHooks,
  { onNote, found, counts }: {
    readonly onNote: (text: string) => void;
    readonly found: FoundDataset | null;
    readonly counts: CountStore | undefined;
  },
): Promise<RunPlan> {
  const { files_train, files_eval, num_samples_per_file } = workload.dataset;
  const { train, evaluation } = workload.workflow;
  const where = {
    storage,
    format,
    wanted: { train, valid: evaluation },
    onNote,
  };
  const examined = await during(
    hooks,
    `looking for the dataset in ${dataset.dataset.folder}`,
    (tick) =>
      examineDataset(dataset, {
        ...where,
        skipListing: workload.dataset.skip_listing,
        validationInterval: workload.dataset.listing_validation_interval,
        files: { train: files_train, valid: files_eval },
        found,
        onEntry: () => tick(),
      }),
  );
  const counted = await checkSamples(examined, {
    ...where,
    hooks,
    samplesPerFile: countedSampleCount(num_samples_per_file),
    ...(counts === undefined ? {} : { store: counts }),
  });
  return withFoundFiles(plan, counted);
}

async function checkpoint(
  { checkpoint, storage }: Workload,
  checkpoints: PreparedCheckpoints,
  hooks: RunHooks,
): Promise<RunOutcome> {
  return await runCheckpoints(checkpoints, {
    writeCount: checkpoint.num_checkpoints_write,
    readCount: checkpoint.num_checkpoints_read,
    betweenSeconds: checkpoint.time_between_checkpoints,
    dropCaches: storage.drop_caches,
  }, hooks);
}

async function remove(
  run: PreparedRun,
  hooks: RunHooks,
): Promise<RunOutcome> {
  await onFirstTogether(
    hooks,
    "process 0 removes the dataset",
    () =>
      during(
        hooks,
        `removing the dataset in ${run.dataset.dataset.folder}`,
        (tick) => removeDataset(run, hooks.signal, tick),
      ),
  );
  return { phases: [], error: null };
}
