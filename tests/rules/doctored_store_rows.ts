/** Doctored trees of vector databases and KV caches. */
import { rows } from "./doctored_row.ts";
import { DISKANN, KV_RUN, SYSTEM } from "./field_tree.ts";

const VDB_RUN = /\/run\/[^/]+\/summary\.json$/;
const KV_METADATA = /kv_cache_.*_metadata\.json$/;
const KV_SUMMARY = `${KV_RUN}/summary.json`;
const RANK0 = `${KV_RUN}/option_1/trial_0/rank_0/` +
  "kvcache_results_20260703_100000.json";

/** Of vector databases. */
export const VECTOR = rows("vector_database", [
  ["vectors that nobody counted", (t) => {
    t.edit(VDB_RUN, { num_vectors: undefined });
  }, "invalid 5.1.1"],
  ["a search in another dimension", (t) => {
    t.edit(VDB_RUN, { dimension: 512 });
  }, "invalid 5.1.2"],
  ["vectors that were not inserted", (t) => {
    t.edit(/datagen\/.*summary/, { inserted_vectors: 100_000 });
  }, "invalid 5.2.1"],
  ["a search with another index", (t) => {
    t.edit(VDB_RUN, { index_type: "HNSW" });
  }, "invalid 5.2.2"],
  ["four runs of queries", (t) => {
    t.remove(`${DISKANN}/run/20260702_100000`);
  }, "invalid 5.3.1"],
  ["a recall of nothing", (t) => {
    t.edit(VDB_RUN, { recall: 0 });
  }, "invalid 5.3.2"],
  ["queries that nobody counted", (t) => {
    t.edit(VDB_RUN, { query_count: undefined, total_time_seconds: undefined });
  }, "invalid 5.3.3"],
  ["no P99.9", (t) => {
    t.edit(VDB_RUN, { p999_latency_ms: undefined });
  }, "invalid 5.3.4"],
  ["exact answers for a part of the vectors", (t) => {
    t.edit(/result_verdict/, { "flat_setup/coverage": 0.01 });
  }, "invalid 5.3.5"],
  ["a database and results in one folder", (t) => {
    t.edit(/run\/.*_metadata/, { "args/results_dir": "/mnt/fast/milvus/" });
  }, "invalid 5.4.1"],
  ["a database and results on one file system", (t) => {
    t.edit(/fs_separation/, { same_filesystem: true });
  }, "invalid 5.4.2"],
  ["objects that are described as files", (t) => {
    t.edit(/run\/.*_metadata/, { "args/storage_type": "s3" });
  }, "invalid 5.5.1"],
  ["another database, in closed/", (t) => {
    t.edit(VDB_RUN, { "database/database": "pgvector" });
  }, "invalid 5.6.2"],
  ["an index that OPEN alone allows, in closed/", (t) => {
    t.edit(/summary\.json$/, { index_type: "IVF_FLAT" });
    t.move(DISKANN, DISKANN.replace("DISKANN", "IVF_FLAT"));
  }, "invalid 5.6.3"],
]);

/** Of KV caches. */
export const KV_CACHE = rows("kv_cache", [
  ["a folder of another model, in closed/", (t) => {
    t.move(`${SYSTEM}/kv_cache/llama3.1-8b`, `${SYSTEM}/kv_cache/tiny-1b`);
  }, "invalid 2.1.10"],
  ["fewer users than are fixed, in closed/", (t) => {
    t.rewrite(KV_METADATA, (s) => s.replace("-users 100", "-users 50"));
  }, "invalid 6.3.1.1"],
  ["an option that was not run", (t) => {
    t.remove(`${KV_RUN}/option_3`);
  }, "invalid 6.3.1.1"],
  ["another seed, in closed/", (t) => {
    t.edit(KV_METADATA, { "args/seed": 7 });
  }, "invalid 6.3.2.1"],
  ["a client that left no result", (t) => {
    t.remove(RANK0);
    t.edit(KV_SUMMARY, {
      "options/1/aggregated_read_bandwidth_gbps": 10 / 3,
      "options/1/aggregated_write_bandwidth_gbps": 5 / 3,
      "options/1/aggregated_storage_throughput_tokens_per_sec": 500 / 3,
    });
  }, "invalid 6.3.2.1"],
  ["autoscaling, in closed/", (t) => {
    t.rewrite(
      KV_METADATA,
      (s) => s.replace("--seed", "--enable-autoscaling --seed"),
    );
  }, "invalid 6.3.2.2"],
  ["clients that the hosts do not divide", (t) => {
    t.edit(KV_SUMMARY, { npernode: 3 });
  }, "invalid 6.3.3.1"],
  [
    "commands that nobody wrote down",
    (t) => {
      t.edit(KV_METADATA, { command_output_files: [] });
    },
    "unchecked 6.3.1.1",
    "unchecked 6.3.2.2",
    "unchecked 6.6.1",
  ],
  ["two clients in one folder", (t) => {
    t.edit(/results_/, { "parameters/cache_dir": "/mnt/fast/kv" });
  }, "invalid 6.3.3.3"],
  ["a sum that is none of the clients", (t) => {
    t.edit(KV_SUMMARY, { "options/1/aggregated_read_bandwidth_gbps": 40 });
  }, "invalid 6.3.4.1"],
  ["clients that stayed in memory", (t) => {
    t.edit(/option_2\/.*results_/, {
      "summary/cache_stats/storage_entries": 0,
    });
  }, "invalid 6.3.4.4"],
  ["a cache and results on one file system", (t) => {
    t.edit(/fs_separation/, { same_filesystem: true });
  }, "invalid 6.4.1"],
  ["retrieval, in closed/", (t) => {
    t.rewrite(KV_METADATA, (s) => s.replace("--seed", "--enable-rag --seed"));
  }, "invalid 6.6.1"],
]);
