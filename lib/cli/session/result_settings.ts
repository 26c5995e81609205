/**
 * What a results folder keeps of a run beside its measurements: settings with
 * origins, versions, the command line. Secrets are masked here.
 */
import { layoutOf } from "../../checkpoint/checkpoint_plan.ts";
import { checkpointTotals } from "../../checkpoint/checkpoint_size.ts";
import { comparabilityClass } from "../../config/core_config.ts";
import { locatedFileCount } from "../../config/file_count.ts";
import { countedSampleCount } from "../../config/sample_count.ts";
import { maskedWorkload, settingOrigins } from "../../config/render.ts";
import type { Override } from "../../config/overrides.ts";
import { maskOverride } from "../../config/secrets.ts";
import { batchesAhead } from "../../engine/plan/make_run_plan.ts";
import type { ResultContext } from "../../results/result_context.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import { STOKER_VERSION } from "../version.ts";
import {
  flagOverrides,
  type RequestedWorkload,
} from "../line/workload_settings.ts";

import { mlperfFacts } from "./mlperf_session.ts";

/** Where DLIO saves its configuration by default. */
const DEFAULT_CONFIG_FOLDER = ".hydra";

/** Gathers it. */
export function resultContext(
  requested: RequestedWorkload,
  line: CommandLine,
  context: Context,
): ResultContext {
  const { workload, accelerators } = requested;
  const { workflow, dataset, reader, output } = workload;
  return {
    stokerVersion: STOKER_VERSION,
    versions: { ...Deno.version },
    commandLine: maskedArgs(line, context),
    label: line.flags.label ?? "",
    modelName: workload.model.name,
    workflow: {
      generateData: workflow.generate_data,
      train: workflow.train,
      evaluation: workflow.evaluation,
      checkpoint: workflow.checkpoint,
    },
    numFilesTrain: locatedFileCount(dataset.num_files_train),
    numFilesEval: locatedFileCount(dataset.num_files_eval),
    numSamplesPerFile: countedSampleCount(dataset.num_samples_per_file),
    batchSize: reader.batch_size,
    batchSizeEval: reader.batch_size_eval,
    readThreads: reader.read_threads,
    batchesAhead: batchesAhead(workload),
    recordBytes: dataset.record_length_bytes,
    auGoal: workload.metric.au,
    excludeStartSteps: output.metric.exclude_start_steps,
    excludeEndSteps: output.metric.exclude_end_steps,
    checkpointBytes: workflow.checkpoint
      ? checkpointTotals(layoutOf(workload, accelerators), accelerators)
        .totalBytes
      : null,
    checkpointScale: workflow.checkpoint ? workload.checkpoint.scale : 1,
    comparabilityClass: comparabilityClass(requested),
    ...processFacts(context),
    mlperf: mlperfFacts(requested, line, context),
    utcOffsetMinutes: -context.now().getTimezoneOffset(),
    logFile: output.log_file,
    settings: Object.fromEntries(
      settingOrigins(requested).map(({ key, value, origin }) => [
        key,
        { value, origin },
      ]),
    ),
    workload: maskedWorkload(workload),
    overrides: [
      `workload=${requested.name}`,
      ...[...line.overrides, ...flagOverrides(line)].map(dlioSpelling),
    ],
    hydraFolder: line.configSubfolder ?? DEFAULT_CONFIG_FOLDER,
    workingFolder: Deno.cwd(),
  };
}

/** No key of a run with a single process. */
function processFacts({ joined }: Context): Pick<ResultContext, "processes"> {
  const transport = joined?.link.transport ?? null;
  if (joined === undefined || transport === null) return {};
  return { processes: { count: joined.link.cluster.size, ...transport } };
}

function maskedArgs(
  { overrides }: CommandLine,
  { args }: Context,
): string[] {
  const masked = new Map(
    overrides.map(({ text, path, value }) => [
      text,
      maskOverride(text, path, value),
    ]),
  );
  return args.map((arg) => masked.get(arg) ?? arg);
}

/** `++workload.train.epochs=2`, however it was typed. */
function dlioSpelling({ action, path, value, text }: Override): string {
  if (action === "remove") return `~workload.${path}`;
  const equals = text.indexOf("=");
  const valueText = text.startsWith("--") || equals < 0
    ? String(value)
    : text.slice(equals + 1);
  return maskOverride(`++workload.${path}=${valueText}`, path, value);
}
