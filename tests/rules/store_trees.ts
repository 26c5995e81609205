/**
 * Good trees of vector databases and KV caches, whose results have layouts of
 * their own.
 */
import {
  DISKANN,
  FieldTree,
  KV_RUN,
  type Plain,
  separation,
  stampLeaf,
  top,
} from "./field_tree.ts";

/** A vector database result: five runs of one index. */
export function goodVector(): FieldTree {
  const tree = top(1);
  vectorLeaf(tree, `${DISKANN}/datagen/20260702_080000`, {
    num_vectors: 10_000_000,
    inserted_vectors: 10_000_000,
    dimension: 1536,
    index_type: "DISKANN",
  });
  for (let run = 0; run < 5; run++) {
    const leaf = `${DISKANN}/run/2026070${run + 2}_100000`;
    vectorLeaf(tree, leaf, {
      num_vectors: 10_000_000,
      dimension: 1536,
      index_type: "DISKANN",
      recall: 0.93,
      throughput_qps: 1200.5,
      total_time_seconds: 60,
      query_count: 72_000,
      mean_latency_ms: 4,
      p95_latency_ms: 8,
      p99_latency_ms: 11,
      p999_latency_ms: 20,
      database: { database: "milvus" },
    });
    tree.json(`${leaf}/result_verdict.json`, {
      flat_setup: { ok: true, coverage: 1.0 },
    });
    separation(tree, leaf);
  }
  return tree;
}

function vectorLeaf(tree: FieldTree, leaf: string, summary: unknown): void {
  stampLeaf(tree, leaf);
  tree.json(`${leaf}/summary.json`, summary);
  tree.json(`${leaf}/vector_database_x_metadata.json`, {
    benchmark_type: "vector_database",
    args: {
      storage_root: "/mnt/fast/milvus",
      storage_type: "local_fs",
      results_dir: "/local/results",
    },
  });
}

const OPTIONS: readonly Plain[] = [
  { model: "llama3.1-8b", num_users: 200, cpu_mem_gb: 0, allocs: 16 },
  { model: "llama3.1-8b", num_users: 100, cpu_mem_gb: 4, allocs: 16 },
  { model: "llama3.1-70b-instruct", num_users: 70, cpu_mem_gb: 0, allocs: 4 },
];

/** What the tool executes, one command for each trial. */
function kvCommands(): Plain[] {
  return OPTIONS.flatMap((option, index) =>
    [0, 1, 2].map((trial) => ({
      command: `mpirun -n 2 python3 mlperf_wrapper.py --rank-output-base ` +
        `/r/option_${index + 1}/trial_${trial} --seed-base 42 ` +
        `--model ${option.model} --num-users ${option.num_users} ` +
        `--duration 300 --gpu-mem-gb 0 --cpu-mem-gb ${option.cpu_mem_gb} ` +
        `--max-concurrent-allocs ${option.allocs} --generation-mode none`,
    }))
  );
}

/** A KV cache result: three options, three trials, two clients. */
export function goodKvCache(): FieldTree {
  const tree = top(1);
  stampLeaf(tree, KV_RUN);
  separation(tree, KV_RUN);
  tree.json(`${KV_RUN}/kv_cache_20260703_100000_metadata.json`, {
    benchmark_type: "kv_cache",
    model: "llama3.1-8b",
    args: {
      seed: 42,
      trials: 3,
      inter_option_delay: 90,
      config: null,
      // Defaults that no client is given, as in published results.
      enable_autoscaling: true,
      enable_rag: true,
      num_users: 100,
      cache_dir: "/mnt/fast/kv",
      results_dir: "/local/results",
    },
    command_output_files: kvCommands(),
  });
  const options: Plain = {};
  OPTIONS.forEach((_, index) => {
    const name = String(index + 1);
    options[name] = {
      aggregated_read_bandwidth_gbps: 4,
      aggregated_write_bandwidth_gbps: 2,
      aggregated_storage_throughput_tokens_per_sec: 200,
      rank_count: 2,
      trial_count: 3,
    };
    for (const trial of [0, 1, 2]) {
      for (const rank of [0, 1]) {
        tree.json(
          `${KV_RUN}/option_${name}/trial_${trial}/rank_${rank}/` +
            "kvcache_results_20260703_100000.json",
          {
            parameters: { cache_dir: `/mnt/fast/kv/rank_${rank}` },
            summary: {
              storage_throughput_tokens_per_sec: 100,
              cache_stats: {
                tier_storage_read_bandwidth_gbps: 2,
                tier_storage_write_bandwidth_gbps: 1,
                storage_entries: 500,
              },
            },
          },
        );
      }
    }
  });
  return tree.json(`${KV_RUN}/summary.json`, {
    schema_version: "1.0",
    npernode: 2,
    host_count: 1,
    total_ranks: 2,
    options,
    partial_failure: false,
  });
}
