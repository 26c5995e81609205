/**
 * The numbers of edition 3.0.
 *
 * Source: https://github.com/mlcommons/storage/blob/main/Rules.md
 * and the tables of editions beside it (2026).
 */
import type { EditionLimits } from "../limits.ts";

/** All of them. */
export const LIMITS_3_0: EditionLimits = {
  training: {
    unet3d: {
      auPercent: 90,
      accelerators: ["b200", "mi355"],
      unshippedAccelerators: ["mi355"],
      epochs: 5,
      mayReadDirect: true,
    },
    retinanet: {
      auPercent: 85,
      accelerators: ["b200", "mi355"],
      unshippedAccelerators: [],
      epochs: 8,
      mayReadDirect: false,
    },
  },
  checkpointing: {
    "llama3-8b": {
      closedProcesses: 8,
      openMultiple: 8,
      nominalGB: 105,
      hasSubset: true,
    },
    "llama3-70b": {
      closedProcesses: 64,
      openMultiple: 8,
      nominalGB: 912,
      hasSubset: false,
    },
    "llama3-405b": {
      closedProcesses: 512,
      openMultiple: 256,
      nominalGB: 5290,
      hasSubset: false,
    },
    "llama3-1t": {
      closedProcesses: 1024,
      openMultiple: 512,
      nominalGB: 18_000,
      hasSubset: false,
    },
  },
  acceleratorMemoryGB: { b200: 180, mi355: 288, h100: 80, a100: 80 },
  accelerators: ["b200", "mi355"],
  trainingRuns: 6,
  gapFactor: 2,
  checkpointGapSeconds: 30,
  checkpointCount: 10,
  checkpointMemoryFactor: 3,
  checkpointProcessesPerHost: 4,
  categories: ["training", "checkpointing", "vector_database", "kv_cache"],
  vector: {
    engines: ["milvus"],
    openEngines: ["milvus", "elasticsearch", "pgvector"],
    indexes: ["DISKANN", "HNSW", "AISAQ"],
    runs: 5,
  },
  kvCache: {
    models: ["llama3.1-8b"],
    options: {
      "1": {
        model: "llama3.1-8b",
        num_users: 200,
        duration: 300,
        gpu_mem_gb: 0,
        cpu_mem_gb: 0,
        max_concurrent_allocs: 16,
        generation_mode: "none",
      },
      "2": {
        model: "llama3.1-8b",
        num_users: 100,
        duration: 300,
        gpu_mem_gb: 0,
        cpu_mem_gb: 4,
        max_concurrent_allocs: 16,
        generation_mode: "none",
      },
      "3": {
        model: "llama3.1-70b-instruct",
        num_users: 70,
        duration: 300,
        gpu_mem_gb: 0,
        cpu_mem_gb: 0,
        max_concurrent_allocs: 4,
        generation_mode: "none",
      },
    },
    seed: 42,
    trials: 3,
    interOptionDelaySeconds: 90,
  },
};
