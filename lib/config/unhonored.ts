/**
 * Settings that Stoker knows but cannot do, and those that change nothing.
 *
 * The first are errors: a benchmark that silently does something else is worse
 * than none. The second are warnings, because published files set them and the
 * result is the same.
 */
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

/**
 * Finds settings that cannot be honored.
 *
 * @returns One finding each; none if all is well.
 */
export function findUnhonored(workload: Workload): Finding[] {
  const { reader, checkpoint, workflow, profiling, storage } = workload;
  const findings: Finding[] = [];
  const refuse = (isAsked: boolean, rule: string, ...keys: string[]): void => {
    if (isAsked) findings.push({ keys, rule });
  };
  refuse(
    reader.reader_classname !== null,
    NO_PYTHON,
    "reader.reader_classname",
  );
  refuse(
    reader.data_loader_classname !== null,
    NO_PYTHON,
    "reader.data_loader_classname",
  );
  refuse(
    checkpoint.checkpoint_mechanism_classname !== null,
    NO_PYTHON,
    "checkpoint.checkpoint_mechanism_classname",
  );
  refuse(reader.data_loader === "custom", NO_PYTHON, "reader.data_loader");
  refuse(
    reader.data_loader === "none",
    "without a loader nothing would be read; synthetic reads nothing on " +
      "purpose",
    "reader.data_loader",
  );
  refuse(
    reader.data_loader === "native_dali",
    "DALI's own readers are not emulated; pytorch reads the same files",
    "reader.data_loader",
  );
  refuse(
    reader.read_type === "memory",
    "keeping data in memory would measure memory; Stoker reads every sample " +
      "from storage",
    "reader.read_type",
  );
  refuse(
    JSON.stringify(storage.storage_options ?? {}).includes("${"),
    "it must not have ${…}: Stoker does not interpolate; what is left out " +
      "comes from the environment",
    "storage.storage_options",
  );
  refuse(
    workflow.profiling &&
      ["darshan", "tensorboard"].includes(profiling.profiler),
    "these profilers are Python's; Stoker measures every operation itself",
    "profiling.profiler",
    "workflow.profiling",
  );
  return findings;
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
