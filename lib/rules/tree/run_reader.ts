/**
 * The facts of a run from the files that the field's tool and DLIO write, and
 * from Stoker's own where they are.
 *
 * What the tool was told is taken from its metadata, what was measured from
 * DLIO's summary.
 */
import type {
  EpochFacts,
  HostFacts,
  RunFacts,
  RunFamily,
  SeparationFacts,
} from "../facts/run_facts.ts";
import { runFacts } from "../facts/run_facts.ts";
import type { Division } from "../finding.ts";
import {
  booleanOf,
  flattened,
  folderOf,
  listOf,
  mapOf,
  nameOf,
  numberOf,
  textOf,
} from "../values.ts";
import type { FileTree } from "./file_tree.ts";
import { folderSeconds, localSeconds } from "./local_time.ts";
import {
  type Document,
  readRunDocuments,
  type RunDocuments,
} from "./run_documents.ts";
import { hasOwnResults, ownFacts } from "./own_results.ts";
import { spreadEvenly } from "./process_spread.ts";

/** Bytes of the field's GB. */
const BYTES_PER_GIB = 2 ** 30;
/** Settings of one run that are kept. */
const MAX_PARAMETERS = 2000;

/** Where a run stands. */
export interface RunPlace {
  /** From the tree's root. */
  readonly path: string;
  readonly division: Division | null;
  /** Of the folder above; null: the run says it itself. */
  readonly model: string | null;
}

/**
 * Reads a run.
 *
 * @returns Its facts; whatever is missing is null.
 */
export async function readRun(
  tree: FileTree,
  place: RunPlace,
): Promise<RunFacts> {
  const documents = await readRunDocuments(tree, place.path);
  const facts = fieldFacts(documents, place);
  if (!hasOwnResults(documents.folder)) return facts;
  const own = await ownFacts(tree, place.path);
  return own === null ? facts : { ...facts, ...known(own) };
}

/** Without the facts that are null: what other files say stays. */
function known(own: Partial<RunFacts>): Partial<RunFacts> {
  return Object.fromEntries(
    Object.entries(own).filter(([, value]) => value !== null),
  );
}

function fieldFacts(documents: RunDocuments, place: RunPlace): RunFacts {
  const { metadata, summary, config, path } = documents;
  const parameters = parametersOf(config, mapOf(metadata?.parameters));
  const args = mapOf(metadata?.args) ?? {};
  const metric = mapOf(summary?.metric) ?? {};
  const setting = (name: string) => parameters.get(name);
  const accelerators = numberOf(summary?.num_accelerators) ??
    numberOf(metadata?.num_processes);
  const hosts = hostsOf(metadata);
  const hostCount = numberOf(summary?.num_hosts) ??
    (hosts.length > 0 ? hosts.length : null);
  const sizeGiB = numberOf(metric.checkpoint_size_GB);
  return runFacts({
    where: path === "" ? "." : path,
    division: place.division,
    family: familyOf(metadata, parameters, metric),
    folderSeconds: folderSeconds(path.slice(path.lastIndexOf("/") + 1)),
    model: place.model ?? nameOf(metadata?.model) ?? nameOf(args.model) ??
      nameOf(setting("model.name")),
    accelerator: acceleratorOf(metadata, args),
    accelerators,
    hostCount,
    hosts,
    processesPerHost: processesPerHost(accelerators, hostCount, args.hosts),
    memoryBytes: memoryOf(summary, hosts, hostCount),
    parameters,
    overrides: overridesOf(documents),
    dataFolder: folderOf(args.data_dir) ??
      folderOf(setting("dataset.data_folder")),
    checkpointFolder: folderOf(args.checkpoint_folder) ??
      folderOf(setting("checkpoint.checkpoint_folder")),
    resultsFolder: folderOf(args.results_dir) ?? folderOf(metadata?.result_dir),
    isObjectStore: objectStoreOf(textOf(setting("storage.storage_type"))),
    separation: separationOf(documents.separation),
    startSeconds: localSeconds(summary?.start),
    endSeconds: localSeconds(summary?.end),
    invocationStartSeconds: localSeconds(metadata?.invocation_start_time),
    invocationEndSeconds: localSeconds(metadata?.invocation_end_time),
    isComplete: booleanOf(summary?.complete),
    numFilesTrain: numberOf(summary?.num_files_train) ??
      numberOf(setting("dataset.num_files_train")),
    samplesPerFile: numberOf(summary?.num_samples_per_file) ??
      numberOf(setting("dataset.num_samples_per_file")),
    recordBytes: numberOf(setting("dataset.record_length_bytes")) ??
      numberOf(setting("dataset.record_length")),
    batchSize: numberOf(setting("reader.batch_size")),
    auMeanPercent: measured(metric.train_au_mean_percentage),
    auExpectation: textOf(metric.train_au_meet_expectation),
    measuredEpochs: Array.isArray(metric.train_au_percentage)
      ? metric.train_au_percentage.length
      : null,
    ...epochFacts(documents.epochStats),
    checkpointWrites: numberOf(args.num_checkpoints_write) ??
      numberOf(setting("checkpoint.num_checkpoints_write")),
    checkpointReads: numberOf(args.num_checkpoints_read) ??
      numberOf(setting("checkpoint.num_checkpoints_read")),
    checkpointBytes: sizeGiB === null ? null : sizeGiB * BYTES_PER_GIB,
    checkpointScale: numberOf(setting("checkpoint.scale")) ?? 1,
    undeclaredVariables: listOf(metadata?.undeclared_storage_env)
      .flatMap((name) => textOf(name) ?? []),
  });
}

/** What it measures; the workflow tells where the metadata does not. */
function familyOf(
  metadata: Document | null,
  parameters: ReadonlyMap<string, unknown>,
  metric: Document,
): RunFamily | null {
  const type = nameOf(metadata?.benchmark_type);
  if (type === "training" || type === "checkpointing") return type;
  if (booleanOf(parameters.get("workflow.train")) === true) return "training";
  if (booleanOf(parameters.get("workflow.checkpoint")) === true) {
    return "checkpointing";
  }
  const keys = Object.keys(metric);
  if (keys.some((key) => key.startsWith("train_"))) return "training";
  return keys.some((key) => /^(save|load)_checkpoint_/.test(key))
    ? "checkpointing"
    : null;
}

/** A figure; NaN stays NaN, as it was measured and is no number. */
function measured(value: unknown): number | null {
  return value === "NaN" ? NaN : numberOf(value);
}

function parametersOf(
  ...layers: readonly (Document | null)[]
): Map<string, unknown> {
  const all = new Map<string, unknown>();
  for (const layer of layers) {
    if (layer === null) continue;
    for (const [name, value] of flattened(layer)) {
      if (all.size >= MAX_PARAMETERS && !all.has(name)) continue;
      // A text as long as a file is no setting.
      if (typeof value === "string" && value.length > 4096) continue;
      all.set(name, value);
    }
  }
  return all;
}

function acceleratorOf(
  metadata: Document | null,
  args: Document,
): string | null {
  const named = nameOf(metadata?.accelerator) ?? nameOf(args.accelerator_type);
  if (named !== null) return named;
  const command = textOf(metadata?.executed_command) ?? "";
  return /workload=[A-Za-z0-9]+_(b200|mi355|h100|a100)\b/.exec(command)?.[1] ??
    null;
}

function hostsOf(metadata: Document | null): HostFacts[] {
  return listOf(mapOf(metadata?.system_info)?.hosts).flatMap((each) => {
    const host = mapOf(each);
    if (host === null) return [];
    const cpu = mapOf(host.cpu) ?? {};
    return [{
      name: textOf(host.hostname) ?? "a host",
      memoryBytes: numberOf(mapOf(host.memory)?.total),
      cores: numberOf(cpu.num_cores) ?? numberOf(cpu.num_logical_cores),
    }];
  });
}

/** The sum: in some results entries stand at the wrong host. */
function memoryOf(
  summary: Document | null,
  hosts: readonly HostFacts[],
  hostCount: number | null,
): number | null {
  const listed = listOf(summary?.host_memory_GB).flatMap((value) =>
    numberOf(value) ?? []
  );
  const sum = listed.reduce((total, each) => total + each, 0);
  if (sum > 0) return sum * BYTES_PER_GIB;
  const known = hosts.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  return known.length > 0 && known.length === hostCount
    ? known.reduce((total, each) => total + each, 0)
    : null;
}

/** "h1:4,h2:4", or as evenly as it goes. */
function processesPerHost(
  processes: number | null,
  hostCount: number | null,
  hosts: unknown,
): number[] | null {
  const names = (typeof hosts === "string" ? hosts.split(",") : listOf(hosts))
    .flatMap((name) => textOf(name) ?? []);
  const slots = names.map((name) => numberOf(name.split(":")[1]));
  if (slots.length > 0 && slots.every((slot) => slot !== null)) return slots;
  return spreadEvenly(processes, hostCount);
}

/** "a.b" to value, of the metadata, or of "++workload.a.b=v". */
function overridesOf(
  { metadata, overrides }: RunDocuments,
): Map<string, unknown> | null {
  const recorded = mapOf(metadata?.override_parameters);
  if (recorded !== null) return flattened(recorded);
  if (overrides === null) return null;
  const all = new Map<string, unknown>();
  for (const text of overrides) {
    const match = /^\+*workload\.([^=]+)=(.*)$/s.exec(textOf(text) ?? "");
    if (match !== null) all.set(match[1]!, match[2]!);
  }
  return all;
}

function objectStoreOf(type: string | null): boolean | null {
  if (type === null) return null;
  return /^(s3|aistore|ais|object|gcs|az)/i.test(type);
}

/** What `fs_separation.json` says. */
export function separationOf(
  document: Document | null,
): SeparationFacts | null {
  if (document === null) return null;
  const isSame = booleanOf(document.same_filesystem);
  return {
    isSeparate: isSame === null ? null : !isSame,
    source: "fs_separation.json",
  };
}

/** When epochs were, and how many checkpoints were written and read. */
function epochFacts(
  stats: Document | null,
): Pick<RunFacts, "epochs" | "writesDone" | "readsDone"> {
  if (stats === null) {
    return { epochs: null, writesDone: null, readsDone: null };
  }
  const epochs: EpochFacts[] = [];
  let writesDone = 0;
  let readsDone = 0;
  for (const [name, value] of Object.entries(stats)) {
    const epoch = mapOf(value);
    if (epoch === null) continue;
    const spans = Object.keys(epoch);
    writesDone += spans.filter((key) => key.startsWith("save_ckpt")).length;
    readsDone += spans.filter((key) => key.startsWith("load_ckpt")).length;
    if (!spans.some((key) => key.startsWith("block"))) continue;
    epochs.push({
      epoch: numberOf(name) ?? 0,
      startSeconds: localSeconds(epoch.start),
      endSeconds: localSeconds(epoch.end),
    });
  }
  const isCheckpoint = writesDone + readsDone > 0;
  return {
    epochs: epochs.sort((a, b) => a.epoch - b.epoch),
    // A file of training has none, which says nothing of checkpoints.
    writesDone: isCheckpoint ? writesDone : null,
    readsDone: isCheckpoint ? readsDone : null,
  };
}
