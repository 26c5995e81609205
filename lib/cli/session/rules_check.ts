/**
 * `run --rules EDITION`: what would make the run invalid afterwards is said
 * before it begins, all at once.
 */
import { checkpointTotals } from "../../checkpoint/checkpoint_size.ts";
import { layoutOf } from "../../checkpoint/checkpoint_plan.ts";
import { maskedWorkload } from "../../config/render.ts";
import { ConfigError, UsageError } from "../../errors.ts";
import type { HostFacts } from "../../host/host_facts.ts";
import { folderSeparation } from "../../measure/folder_separation.ts";
import type { ResultContext } from "../../results/result_context.ts";
import { editionOf } from "../../rules/editions.ts";
import { type RunFacts, runFacts } from "../../rules/facts/run_facts.ts";
import {
  type Finding,
  SEVERITIES,
  SEVERITY_ORDER,
} from "../../rules/finding.ts";
import { plannedRunFindings } from "../../rules/planned_run.ts";
import { flattened } from "../../rules/values.ts";
import { storedSampleBytes } from "../facts/workload_facts.ts";
import { kindNamed } from "../../storage/kinds.ts";
import type { RunHooks } from "../../engine/run/run_hooks.ts";
import type { CommandLine } from "../line/command_line.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";
import { givenSampleCount } from "../../config/sample_count.ts";

/** What the rules look at beside the settings. */
export interface PlannedRun {
  readonly context: ResultContext;
  readonly resultsPath: string;
  readonly host: HostFacts;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** How long one operation may take. */
  readonly hooks: Pick<RunHooks, "stallTimeoutMs">;
  /** Hears each finding that does not make the run invalid. */
  readonly onWarning: (text: string) => void;
}

/**
 * Applies the rules that settings alone decide, if `--rules` asks for it.
 *
 * @throws {UsageError} If there is no such edition, or no rules for the run.
 * @throws {ConfigError} With every finding, if the run would be invalid.
 */
export async function refuseInvalidRun(
  requested: RequestedWorkload,
  line: CommandLine,
  planned: PlannedRun,
): Promise<void> {
  const { rules } = line.flags;
  if (rules === null) return;
  const edition = editionOf(rules);
  const { mlperf = null } = planned.context;
  if (mlperf === null || mlperf.command === "datagen") {
    throw new UsageError(
      `Cannot run by --rules ${rules}: it must train or checkpoint, without ` +
        "checkpoint.scale",
    );
  }
  const facts = await plannedFacts(requested, line, planned);
  const findings = plannedRunFindings(facts, edition, mlperf.benchmarkType)
    .sort((a, b) => rankOf(a) - rankOf(b));
  const texts = findings.map(findingText);
  if (findings.some(({ severity }) => severity === "invalid")) {
    throw new ConfigError([
      `Cannot run by the rules of edition ${edition.name}: it would be ` +
      "invalid",
      ...texts,
    ]);
  }
  for (const text of texts) planned.onWarning(text);
}

/** The worst first. */
function rankOf({ severity }: Finding): number {
  return SEVERITY_ORDER.indexOf(severity);
}

/** One finding in one line. */
function findingText(finding: Finding): string {
  const { severity, ruleId, title, have, need, mend } = finding;
  return `${SEVERITIES[severity].word} ${ruleId}, ${title}: ` +
    `have ${have ?? "nothing"}, need ${need}. ${mend}`;
}

/** A run that was not run, as rules see it: one process on this host. */
async function plannedFacts(
  { workload, accelerators }: RequestedWorkload,
  { flags }: CommandLine,
  { context, resultsPath, host, nowMs, hooks }: PlannedRun,
): Promise<RunFacts> {
  const { mlperf = null } = context;
  const { dataset, reader, storage, checkpoint, workflow } = workload;
  const isTraining = mlperf?.benchmarkType === "training";
  const separation = await folderSeparation(workload, hooks, {
    path: resultsPath,
    nowMs,
    hostname: host.hostname,
  });
  const parameters = new Map(flattened(maskedWorkload(workload)));
  const division = flags["results-layout"] !== "mlperf"
    ? null
    : flags.division === "open"
    ? "open"
    : "closed";
  return runFacts({
    division,
    family: mlperf?.benchmarkType ?? null,
    model: mlperf?.model ?? null,
    accelerator: mlperf?.accelerator ?? null,
    accelerators,
    hostCount: 1,
    hosts: [{
      name: host.hostname,
      memoryBytes: host.memoryBytes,
      cores: host.cpuCount,
    }],
    processesPerHost: [accelerators],
    memoryBytes: host.memoryBytes,
    parameters,
    overrides: new Map(Object.entries(mlperf?.overrides ?? {})),
    dataFolder: mlperf?.dataFolder ?? null,
    checkpointFolder: mlperf?.checkpointFolder ?? null,
    resultsFolder: resultsPath,
    isObjectStore: kindNamed(storage.storage_type)?.scheme !== undefined,
    separation: separation === null ? null : {
      isSeparate: !separation.isSameFileSystem,
      source: "a hard link between both",
    },
    numFilesTrain: isTraining ? context.numFilesTrain : null,
    samplesPerFile: isTraining
      ? givenSampleCount(dataset.num_samples_per_file)
      : null,
    recordBytes: isTraining ? storedSampleBytes(workload) : null,
    batchSize: isTraining ? reader.batch_size : null,
    checkpointWrites: workflow.checkpoint
      ? checkpoint.num_checkpoints_write
      : null,
    checkpointReads: workflow.checkpoint
      ? checkpoint.num_checkpoints_read
      : null,
    checkpointBytes: workflow.checkpoint
      ? checkpointTotals(layoutOf(workload, accelerators), accelerators)
        .totalBytes
      : null,
    checkpointScale: checkpoint.scale,
    isByStoker: true,
  });
}
