/**
 * Chooses how readers read local files (`reader.io_engine`): one call after
 * another, or many requests in flight through io_uring. Here, and not where a
 * run is described, since it depends on the host.
 */
import { ConfigError } from "../../errors.ts";
import { readLockedMemoryLimit } from "../../host/locked_memory.ts";
import { probeUring } from "../../host/uring_support.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { ringMemory } from "../../storage/local/ring_memory.ts";
import type { DescribedRun } from "../plan/describe_run.ts";

/**
 * Gives a run's readers their engine.
 *
 * @param described The run as its settings describe it.
 * @param probe Whether this host has io_uring.
 * @returns The run with its plan's `loader.queue`, and with what is to be said
 *   where `auto` falls back.
 * @throws {ConfigError} If `uring` is asked for and not to be had.
 */
export function withReadEngine<
  Run extends Pick<DescribedRun, "workload" | "plan" | "format" | "warnings">,
>(described: Run, probe = probeUring): Run {
  const { workload, plan, warnings } = described;
  const { io_engine, io_depth } = workload.reader;
  const { workflow } = workload;
  const kind = STORAGE_KINDS[plan.dataset.storage.kind];
  const reads = (workflow.train || workflow.evaluation) && plan.loader.reads;
  if (io_engine === "sync" || !reads || kind?.readEngine === undefined) {
    return described;
  }
  const { readBytes, ranks, loader: { readThreads } } = plan;
  const isDirect = kind.stagesReads === true;
  const memory = ringMemory({ depth: io_depth, readBytes, isDirect });
  const ringCount = ranks.count * Math.max(1, readThreads);
  const reason = blockingReason(described) ??
    probe({ ringCount, entryCount: memory.entryCount }).reason;
  if (reason === null) {
    const queue = {
      depth: io_depth,
      registersBuffers: ringCount * memory.totalBytes <=
        readLockedMemoryLimit(),
    };
    const loader = { ...plan.loader, queue };
    return { ...described, plan: { ...plan, loader } };
  }
  if (io_engine === "uring") {
    throw new ConfigError([
      `Cannot use reader.io_engine = uring as this host must have io_uring: ` +
      `${reason}; reader.io_engine=sync reads without it`,
    ]);
  }
  const notice = "Readers make one call after another (reader.io_engine = " +
    `auto): io_uring is not used, as ${reason}`;
  return {
    ...described,
    warnings: { ...warnings, training: [...warnings.training, notice] },
  };
}

/**
 * Why a run's settings keep its reads from being many at a time.
 *
 * @returns One clause; null if nothing does.
 */
function blockingReason(
  { workload, plan, format }: Pick<
    DescribedRun,
    "workload" | "plan" | "format"
  >,
): string | null {
  if (plan.threads.readersPerThread > 1) {
    return "readers share threads (reader.readers_per_thread)";
  }
  if (workload.reader.shard_cache_folder !== null) {
    return "samples of copied shards are read one after another " +
      "(reader.shard_cache_folder)";
  }
  return plan.dataset.spec.parquet.decode && format.decode !== undefined
    ? "what is decoded is read one range after another (dataset.parquet.decode)"
    : null;
}
