/**
 * A small workload in a temporary folder, for tests that run the engine.
 */
import { solo } from "../../lib/cluster/cluster.ts";
import { soloLink } from "../../lib/cluster/link.ts";
import { placedAlone } from "../../lib/cluster/placement.ts";
import type { SystemProbe } from "../../lib/host/system_counters.ts";
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import type { Workload } from "../../lib/config/workload.ts";
import {
  type PreparedRun,
  type PrepareOptions,
  prepareRun,
} from "../../lib/engine/run/prepare_run.ts";
import {
  createRunClock,
  type RunHooks,
} from "../../lib/engine/run/run_hooks.ts";
import {
  runWorkload,
  type WorkloadOptions,
} from "../../lib/engine/run/run_workload.ts";

/** Twelve files of one 64 × 64 sample, two readers, no compute. */
const SMALL = `
framework: pytorch
workflow: {generate_data: true, train: true}
dataset:
  format: npz
  num_files_train: 12
  num_files_eval: 4
  record_length_bytes: 4096
reader:
  batch_size: 2
  read_threads: 2
  write_threads: 2
  file_shuffle: seed
  sample_shuffle: seed
train: {epochs: 2, computation_time: 0}
`;

/** A resolved workload whose data lies in `folder`. */
export function smallWorkload(
  folder: string,
  overrides: readonly string[] = [],
): Workload {
  return resolveWorkload({
    yaml: { path: "small.yaml", text: SMALL },
    overrides: parseOverrides([
      `dataset.data_folder=${folder}`,
      ...overrides,
    ]).overrides,
  }, { cpuCount: 2 }).workload;
}

/** Hooks that listen to nothing. */
export function quietHooks(hooks: Partial<RunHooks> = {}): RunHooks {
  return {
    signal: new AbortController().signal,
    moment: createRunClock(0, () => performance.now()),
    hostname: "host",
    link: soloLink,
    placement: placedAlone("host"),
    stallTimeoutMs: Infinity,
    onProgress: () => {},
    onPhaseBegin: () => {},
    onPhaseEnd: () => {},
    ...hooks,
  };
}

/** A look at a host that tells nothing. */
export const QUIET_PROBE: SystemProbe = {
  deviceSource: "no device",
  networkSource: "no port",
  networkLimitBytesPerSecond: null,
  read: () => ({
    deviceReadBytes: NaN,
    deviceWriteBytes: NaN,
    diskBusyMs: [],
    diskQueueMs: NaN,
    networkBytes: NaN,
    cpuMs: NaN,
    hostBusyTicks: NaN,
    hostAllTicks: NaN,
    cpuPressureUs: NaN,
    ioPressureUs: NaN,
  }),
};

/** Runs a workload with options that seldom matter. */
export function runSmall(
  workload: Workload,
  options: Partial<WorkloadOptions> = {},
  hooks: Partial<RunHooks> = {},
) {
  return runWorkload(workload, quietHooks(hooks), {
    accelerators: 1,
    randomSeed: 1,
    force: false,
    stokerVersion: "0.0.0",
    onWarning: () => {},
    ...options,
  });
}

/** Lets a run begin that does not fit: a disk may also be filled by others. */
export const WITHOUT_ROOM_CHECK = { checkRoom: () => Promise.resolve() };

/** Prepares a run with options that seldom matter; whoever calls it closes it. */
export function prepareSmall(
  workload: Workload,
  options: Partial<PrepareOptions> = {},
): Promise<PreparedRun> {
  return prepareRun(workload, {
    accelerators: 1,
    cluster: solo,
    randomSeed: 1,
    signal: new AbortController().signal,
    ...options,
  });
}

/** Runs a test in a folder that is removed afterwards. */
export async function inTempFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** SHA-256 of every file below a folder, by relative path. */
export async function hashesOf(
  folder: string,
  below = "",
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for await (const entry of Deno.readDir(`${folder}/${below}`)) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name === ".stoker") continue;
    if (entry.isDirectory) {
      Object.assign(hashes, await hashesOf(folder, path));
    } else {
      const bytes = await Deno.readFile(`${folder}/${path}`);
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      // Not toHex(), which Deno 2.4 has not got.
      hashes[path] = Array.from(
        new Uint8Array(digest),
        (byte) => byte.toString(16).padStart(2, "0"),
      ).join("");
    }
  }
  return hashes;
}

/** A transformer whose checkpoint has some 140 kB. */
export const TINY_MODEL = [
  "model.type=transformer",
  "model.num_layers=5",
  "model.transformer.vocab_size=101",
  "model.transformer.hidden_size=24",
  "model.transformer.ffn_hidden_size=50",
  "model.transformer.num_attention_heads=4",
  "model.transformer.num_kv_heads=2",
  "model.parallelism.zero_stage=3",
];
