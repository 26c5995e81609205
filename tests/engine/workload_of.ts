/**
 * Workloads for tests: defaults and a few overrides, resolved as for a user.
 */
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import type { Workload } from "../../lib/config/workload.ts";

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
