/**
 * The facts of a run from Stoker's own results folder. They say more than the
 * files of the field: how much came from the device, and what was dropped.
 */
import { MAX_RESULTS_BYTES } from "../../bytes/small_file.ts";
import { StokerError } from "../../errors.ts";
import { cacheDropText } from "../../metrics/cache_drop.ts";
import type { KindSummary } from "../../metrics/kind_summary.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { type RunSummary, summarize } from "../../metrics/summary.ts";
import { expectationText } from "../../results/metric_json.ts";
import {
  JOURNAL_NAME,
  STOKER_JSON_NAME,
} from "../../results/results_folder.ts";
import { readResults, type SavedRun } from "../../results/results_reader.ts";
import type { CacheFacts, RunFacts } from "../facts/run_facts.ts";
import { flattened, folderOf, mapOf, nameOf, textOf } from "../values.ts";
import { checkedJson } from "./bounded_json.ts";
import type { FileTree, Folder } from "./file_tree.ts";
import { spreadEvenly } from "./process_spread.ts";

/** Settings that change nothing of the workload, or that rules read apart. */
const OWN_SETTING_REGEXP =
  /^(output\.|storage\.(drop_caches|storage_options\.)|checkpoint\.(verify|scale)$)/;

/** Whether a folder is one of Stoker's. */
export function hasOwnResults({ files }: Folder): boolean {
  return files.has(STOKER_JSON_NAME) || files.has(JOURNAL_NAME);
}

/**
 * Facts of a results folder.
 *
 * @returns Null if it cannot be read, which the tree keeps.
 */
export async function ownFacts(
  tree: FileTree,
  path: string,
): Promise<Partial<RunFacts> | null> {
  const name = tree.folder(path).files.has(STOKER_JSON_NAME)
    ? STOKER_JSON_NAME
    : JOURNAL_NAME;
  const file = path === "" ? name : `${path}/${name}`;
  const text = await tree.text(file, MAX_RESULTS_BYTES);
  if (text === null) return null;
  try {
    checkedJson(text);
    return factsOf(
      await readResults(path === "" ? tree.path : `${tree.path}/${path}`),
      tree.path,
      path,
    );
  } catch (error) {
    // Whoever wrote it may have left out anything.
    const isDamage = error instanceof StokerError ||
      error instanceof TypeError || error instanceof RangeError ||
      error instanceof SyntaxError;
    if (!isDamage) throw error;
    const reason = error instanceof StokerError
      ? error.message
      : `it is no ${name} of Stoker: ${error.message}`;
    tree.leaveOut(file, "unreadable", reason.split("\n")[0]!.slice(0, 300));
    return null;
  }
}

function factsOf(
  { record, context }: SavedRun,
  root: string,
  path: string,
): Partial<RunFacts> {
  const summary = summarize(record, context);
  const { utcOffsetMinutes, workingFolder } = context;
  const parameters = flattened(mapOf(context.workload) ?? {});
  const local = (wallMs: number) => wallMs / 1000 + utcOffsetMinutes * 60;
  const absolute = (folder: unknown) => {
    const text = folderOf(folder);
    if (text === null || text.startsWith("/") || text.includes("://")) {
      return text;
    }
    return folderOf(`${workingFolder}/${text}`);
  };
  const hosts = record.hosts.map(({ hostname, memoryBytes, cpuCount }) => ({
    name: hostname,
    memoryBytes,
    cores: cpuCount,
  }));
  return {
    isByStoker: true,
    family: context.workflow.train
      ? "training"
      : context.workflow.checkpoint
      ? "checkpointing"
      : null,
    model: nameOf(context.modelName),
    accelerator: acceleratorOf(context.overrides),
    accelerators: record.accelerators,
    hostCount: hosts.length,
    hosts,
    processesPerHost: spreadEvenly(record.accelerators, hosts.length),
    memoryBytes: hosts.reduce((sum, host) => sum + host.memoryBytes, 0),
    parameters,
    overrides: overridesOf(context.overrides),
    dataFolder: absolute(parameters.get("dataset.data_folder")),
    checkpointFolder: absolute(parameters.get("checkpoint.checkpoint_folder")),
    resultsFolder: absolute(path === "" ? root : `${root}/${path}`),
    startSeconds: local(record.start.wallMs),
    endSeconds: local(record.end.wallMs),
    isComplete: record.complete,
    numFilesTrain: context.numFilesTrain,
    samplesPerFile: context.numSamplesPerFile,
    recordBytes: context.recordBytes,
    batchSize: context.batchSize,
    checkpointBytes: context.checkpointBytes,
    checkpointScale: context.checkpointScale ?? 1,
    ...measuredFacts(summary),
  };
}

function measuredFacts(summary: RunSummary): Partial<RunFacts> {
  const kinds = [...summary.kinds.values()];
  const ofPrefix = (prefix: string) =>
    kinds.find(({ kind }) => PHASE_KINDS[kind].keyPrefix === prefix);
  const train = ofPrefix("train");
  const steps = train?.steps ?? null;
  const saves = ofPrefix("save_checkpoint");
  const loads = ofPrefix("load_checkpoint");
  const isCheckpoint = saves !== undefined || loads !== undefined;
  return {
    trainCache: cacheOf(train),
    loadCache: cacheOf(loads),
    auMeanPercent: steps === null ? null : steps.auPercent.mean,
    auExpectation: steps === null ? null : expectationText(steps),
    measuredEpochs: train?.phaseCount ?? null,
    writesDone: isCheckpoint ? saves?.phaseCount ?? 0 : null,
    readsDone: isCheckpoint ? loads?.phaseCount ?? 0 : null,
  };
}

function cacheOf(kind: KindSummary | undefined): CacheFacts | null {
  if (kind === undefined) return null;
  return {
    hitFraction: kind.cache.hitFraction,
    drop: kind.cacheDrop === null ? null : cacheDropText(kind.cacheDrop),
  };
}

/** "workload=unet3d_b200". */
function acceleratorOf(overrides: readonly string[]): string | null {
  const workload = overrides.find((text) => text.startsWith("workload="));
  return /_(b200|mi355|h100|a100)\b/.exec(workload ?? "")?.[1] ?? null;
}

function overridesOf(overrides: readonly string[]): Map<string, unknown> {
  const all = new Map<string, unknown>();
  for (const text of overrides) {
    const match = /^\+*workload\.([^=]+)=(.*)$/s.exec(textOf(text) ?? "");
    if (match === null || OWN_SETTING_REGEXP.test(match[1]!)) continue;
    all.set(match[1]!, match[2]!);
  }
  return all;
}
