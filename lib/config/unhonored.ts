/**
 * Settings that Stoker knows but cannot do, and those that change nothing.
 *
 * The first are errors: a benchmark that silently does something else is worse
 * than none. The second are warnings, because published files set them and the
 * result is the same.
 */
import { namesOfKinds, STORAGE_KINDS } from "../storage/kinds.ts";
import type { JudgedPart } from "./judged_parts.ts";
import { NO_EFFECT } from "./setting.ts";
import { SETTING_ROWS } from "./setting_rows.ts";
import type { Workload } from "./workload.ts";

/** What is wrong with a combination of settings. */
export interface Finding {
  /** The settings that it is about, the one to change first. */
  readonly keys: readonly string[];
  /** What has to hold, or why it cannot be. */
  readonly rule: string;
}

const NO_PYTHON = "Stoker runs no Python, so it cannot load a plug-in class";

interface Refusal extends Finding {
  /** What it is about. */
  readonly part: JudgedPart;
  readonly isAsked: (workload: Workload) => boolean;
}

const REFUSALS: readonly Refusal[] = [
  {
    part: "reading",
    keys: ["reader.reader_classname"],
    isAsked: ({ reader }) => reader.reader_classname !== null,
    rule: NO_PYTHON,
  },
  {
    part: "reading",
    keys: ["reader.data_loader_classname"],
    isAsked: ({ reader }) => reader.data_loader_classname !== null,
    rule: NO_PYTHON,
  },
  {
    part: "checkpoints",
    keys: ["checkpoint.checkpoint_mechanism_classname"],
    isAsked: ({ checkpoint }) =>
      checkpoint.checkpoint_mechanism_classname !== null,
    rule: NO_PYTHON,
  },
  {
    part: "reading",
    keys: ["reader.data_loader"],
    isAsked: ({ reader }) => reader.data_loader === "custom",
    rule: NO_PYTHON,
  },
  {
    part: "reading",
    keys: ["reader.data_loader"],
    isAsked: ({ reader }) => reader.data_loader === "none",
    rule: "without a loader nothing would be read; synthetic reads nothing " +
      "on purpose",
  },
  {
    part: "reading",
    keys: ["reader.data_loader"],
    isAsked: ({ reader }) => reader.data_loader === "native_dali",
    rule: "DALI's own readers are not emulated; pytorch reads the same files",
  },
  {
    part: "reading",
    keys: ["reader.read_type"],
    isAsked: ({ reader }) => reader.read_type === "memory",
    rule: "keeping data in memory would measure memory; Stoker reads every " +
      "sample from storage",
  },
  {
    part: "files",
    keys: ["reader.io_engine", "storage.storage_type"],
    isAsked: ({ reader, storage }) =>
      reader.io_engine === "uring" &&
      STORAGE_KINDS[storage.storage_type]?.readEngine === undefined,
    rule: "io_uring reads and writes files of this host: storage_type " +
      namesOfKinds(({ readEngine }) => readEngine !== undefined),
  },
  {
    part: "reading",
    keys: ["reader.io_engine", "reader.shard_cache_folder"],
    isAsked: ({ reader }) =>
      reader.io_engine === "uring" && reader.shard_cache_folder !== null,
    rule: "samples of copied shards are read one after another, so io_engine " +
      "must be sync or auto",
  },
  {
    part: "reading",
    keys: ["reader.io_engine", "dataset.parquet.decode"],
    isAsked: ({ reader, dataset }) =>
      reader.io_engine === "uring" && dataset.parquet.decode,
    rule: "what is decoded is read one range after another, so io_engine " +
      "must be sync or auto",
  },
  {
    part: "run",
    keys: ["profiling.profiler", "workflow.profiling"],
    isAsked: ({ workflow, profiling }) =>
      workflow.profiling &&
      ["darshan", "tensorboard"].includes(profiling.profiler),
    rule: "these profilers are Python's; Stoker measures every operation " +
      "itself",
  },
];

/** Of the storage, which both data and checkpoints are in. */
const INTERPOLATION: Finding = {
  keys: ["storage.storage_options"],
  rule: "it must not have ${…}: Stoker does not interpolate; what is left " +
    "out comes from the environment",
};

/**
 * Finds settings that cannot be honored.
 *
 * @param judged Findings about other parts are left out.
 * @returns One finding each; none if all is well.
 */
export function findUnhonored(
  workload: Workload,
  judged: ReadonlySet<JudgedPart>,
): Finding[] {
  const options = JSON.stringify(workload.storage.storage_options ?? {});
  return [
    ...(options.includes("${") ? [INTERPOLATION] : []),
    ...REFUSALS.filter(({ part, isAsked }) =>
      judged.has(part) && isAsked(workload)
    ),
  ];
}

/**
 * Keys that are set to something else than their default and have no effect.
 *
 * @returns The rule of each follows the words "has no effect": ": why".
 */
export function findInert(workload: Workload): Finding[] {
  const findings: Finding[] = [];
  for (const row of SETTING_ROWS.values()) {
    if (!row.help.startsWith(NO_EFFECT)) continue;
    const value = valueAt(workload, row.key);
    if (JSON.stringify(value) === JSON.stringify(row.fallback)) continue;
    findings.push({ keys: [row.key], rule: row.help.slice(NO_EFFECT.length) });
  }
  return findings;
}

/** The value of a dotted key. */
export function valueAt(workload: Workload, key: string): unknown {
  let node: unknown = workload;
  for (const name of key.split(".")) {
    if (typeof node !== "object" || node === null) return undefined;
    node = (node as Record<string, unknown>)[name];
  }
  return node;
}
