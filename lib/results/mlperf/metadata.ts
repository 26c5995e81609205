/**
 * `training_<time>_metadata.json` and `checkpointing_<time>_metadata.json`:
 * the file by which MLPerf Storage's report generator knows a run.
 *
 *    benchmark_type, model, command, run_datetime, num_processes, accelerator
 *    parameters, override_parameters   what was given of the workload
 *    system_info                       sums and a list of hosts
 *    args                              what rules ask of the command line
 *    invocation_start_time, …_end_time seconds since 1970
 *    metrics, end_datetime             so that version 3, which does not look
 *                                      into summary.json, has the figures
 *    generated_by, note                that it is not the field's own tool
 *
 * `verification` is null: only the field's tool may say "closed". Source:
 * https://github.com/mlcommons/storage, `mlpstorage_py/benchmarks/base.py`
 * and `mlpstorage_py/rules/models.py`.
 */
import type { HostRecord, RunRecord } from "../../metrics/run_record.ts";
import type { RunSummary } from "../../metrics/summary.ts";
import { localTimestamp } from "../dlio/timestamp.ts";
import type { PlainRecord } from "../key_case.ts";
import { metricJson } from "../metric_json.ts";
import type { ResultContext } from "../result_context.ts";
import { type MlperfFacts, SUBMISSION_NOTE } from "./mlperf_facts.ts";

const BYTES_PER_GIB = 2 ** 30;
const BYTES_PER_KIB = 2 ** 10;

/** How facts of hosts were found, for whoever compares them. */
const COLLECTION_METHOD = "stoker: /proc of each process's host";

/**
 * The content of the file.
 *
 * @param record The run.
 * @param summary Its figures.
 * @param run `context`: its settings. `facts`: the same in MLPerf's words.
 *   `folder`: path of the results folder.
 */
export function runMetadata(
  record: RunRecord,
  summary: RunSummary,
  { context, facts, folder }: {
    readonly context: ResultContext;
    readonly facts: MlperfFacts;
    readonly folder: string;
  },
): PlainRecord {
  const { start, end, hosts, accelerators } = record;
  const { utcOffsetMinutes } = context;
  return {
    benchmark_type: facts.benchmarkType,
    model: facts.model,
    command: facts.command,
    run_datetime: facts.folderTime,
    end_datetime: localTimestamp(end.wallMs, utcOffsetMinutes),
    num_processes: accelerators,
    accelerator: facts.accelerator,
    result_dir: folder,
    parameters: facts.parameters,
    override_parameters: facts.overrides,
    system_info: systemInfo(
      hosts,
      localTimestamp(start.wallMs, utcOffsetMinutes),
    ),
    runtime: end.atSeconds - start.atSeconds,
    invocation_start_time: start.wallMs / 1e3,
    invocation_end_time: end.wallMs / 1e3,
    verification: null,
    executed_command: ["stoker", ...context.commandLine].join(" "),
    command_output_files: [],
    args: argsOf(facts, { hosts, accelerators, folder }),
    metrics: metricJson(summary),
    ...(facts.coreConfig === null ? {} : {
      core_config: {
        algorithm: "core-config-v1",
        allowlist: facts.coreConfig.allowList,
        hash: facts.coreConfig.hash,
        keys: facts.coreConfig.keys,
      },
    }),
    generated_by: `stoker ${context.stokerVersion}`,
    note: SUBMISSION_NOTE,
  };
}

function argsOf(
  facts: MlperfFacts,
  { hosts, accelerators, folder }: {
    readonly hosts: readonly HostRecord[];
    readonly accelerators: number;
    readonly folder: string;
  },
): PlainRecord {
  const leastMemory = Math.min(...hosts.map((host) => host.memoryBytes));
  return {
    benchmark: facts.benchmarkType,
    command: facts.command,
    model: facts.model,
    accelerator_type: facts.accelerator,
    num_processes: accelerators,
    num_accelerators: accelerators,
    hosts: hosts.map((host) => host.hostname),
    num_client_hosts: hosts.length,
    client_host_memory_in_gb: Math.floor(leastMemory / BYTES_PER_GIB),
    data_dir: facts.dataFolder,
    results_dir: folder,
    checkpoint_folder: facts.checkpointFolder,
    num_checkpoints_write: facts.checkpointsWritten,
    num_checkpoints_read: facts.checkpointsRead,
  };
}

function systemInfo(
  hosts: readonly HostRecord[],
  collectedAt: string,
): PlainRecord {
  const memoryBytes = hosts.map((host) => host.memoryBytes);
  const coreCounts = hosts.map((host) => host.cpuCount);
  return {
    total_memory_bytes: sum(memoryBytes),
    total_cores: sum(coreCounts),
    num_hosts: hosts.length,
    min_memory_bytes: Math.min(...memoryBytes),
    max_memory_bytes: Math.max(...memoryBytes),
    collection_method: COLLECTION_METHOD,
    collection_timestamp: collectedAt,
    hosts: hosts.map(hostInfo),
  };
}

function hostInfo(host: HostRecord): PlainRecord {
  const availableKib = /^(\d+) kB$/.exec(host.memInfo.MemAvailable ?? "")?.[1];
  return {
    hostname: host.hostname,
    memory: {
      total: host.memoryBytes,
      available: availableKib === undefined
        ? null
        : Number(availableKib) * BYTES_PER_KIB,
    },
    cpu: {
      num_cores: numberOf(host.cpuInfo["cpu cores"]),
      num_logical_cores: host.cpuCount,
      model: host.cpuModel,
    },
    system: { kernel_version: host.osRelease },
  };
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
