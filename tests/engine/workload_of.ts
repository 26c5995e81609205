/**
 * Workloads for tests: defaults and a few overrides, resolved as for a user.
 */
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import type { Workload } from "../../lib/config/workload.ts";
import {
  describeDataset,
  type DescribedDataset,
} from "../../lib/engine/plan/describe_dataset.ts";
import { loadFormats } from "../../lib/formats/registry.ts";

const FORMATS = await loadFormats();

/**
 * Resolves overrides such as "train.epochs=3" on top of npz and PyTorch.
 *
 * @throws {ConfigError} As for a user.
 */
export function workloadOf(...words: readonly string[]): Workload {
  const { overrides } = parseOverrides([
    "framework=pytorch",
    "dataset.format=npz",
    "dataset.data_folder=data",
    ...words,
  ]);
  return resolveWorkload({ overrides }, { cpuCount: 4 }).workload;
}

/** The dataset of a workload whose format is one of the registry's. */
export function describeWorkload(workload: Workload): DescribedDataset {
  const format = FORMATS[workload.dataset.format];
  if (format === undefined) throw new Error("no such format");
  return describeDataset(workload, format);
}
