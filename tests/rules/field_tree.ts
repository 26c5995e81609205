/**
 * Submission trees in the field's layout, made from numbers: good ones, which
 * a test then doctors.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";

/** Where the trees' only system is. */
export const ORGANIZATION = "closed/acme";
/** The results of it. */
export const SYSTEM = `${ORGANIZATION}/results/fast-1`;
/** Its description. */
export const DESCRIPTION = `${ORGANIZATION}/systems/fast-1.yaml`;
/** Folders of models. */
export const UNET3D = `${SYSTEM}/training/unet3d`;
/** A checkpoint model. */
export const LLAMA8B = `${SYSTEM}/checkpointing/llama3-8b`;
/** An index of a vector database. */
export const DISKANN = `${SYSTEM}/vector_database/milvus/DISKANN`;
/** A run of the KV cache. */
export const KV_RUN = `${SYSTEM}/kv_cache/llama3.1-8b/run/20260703_100000`;

/** Plain JSON. */
export type Plain = Record<string, unknown>;

const SOURCE = {
  "mlpstorage/main.py": "print('hello')\n",
  "pyproject.toml": "",
};

/** MD5 over paths and contents, in the order of the paths. */
function sourceHash(): string {
  const hash = createHash("md5");
  for (const [path, text] of Object.entries(SOURCE).sort()) {
    hash.update(path).update(text);
  }
  return hash.digest("hex");
}

/** The hash of the trees' code image. */
export const CODE_HASH = sourceHash();
/** Its folder. */
export const CODE_IMAGE = `code-images/code-${CODE_HASH.slice(0, 8)}`;

/** Files of a tree by path. */
export class FieldTree {
  readonly files = new Map<string, string>();

  /** Sets a file. */
  text(path: string, text: string): this {
    this.files.set(path, text);
    return this;
  }

  /** Sets a JSON file. */
  json(path: string, value: unknown): this {
    return this.text(path, JSON.stringify(value));
  }

  /**
   * Changes JSON files whose paths match.
   *
   * @param changes Path of a key ("a/b") to its new value; undefined removes.
   */
  edit(pattern: RegExp | string, changes: Plain): this {
    const paths = this.match(pattern);
    if (paths.length === 0) throw new Error(`no file matches ${pattern}`);
    for (const path of paths) {
      const value: Plain = JSON.parse(this.files.get(path)!);
      for (const [key, each] of Object.entries(changes)) {
        setAt(value, key.split("/"), each);
      }
      this.json(path, value);
    }
    return this;
  }

  /** Changes text files whose paths match. */
  rewrite(pattern: RegExp | string, change: (text: string) => string): this {
    const paths = this.match(pattern);
    if (paths.length === 0) throw new Error(`no file matches ${pattern}`);
    for (const path of paths) this.text(path, change(this.files.get(path)!));
    return this;
  }

  /** Removes files whose paths match. */
  remove(pattern: RegExp | string): this {
    const paths = this.match(pattern);
    if (paths.length === 0) throw new Error(`no file matches ${pattern}`);
    for (const path of paths) this.files.delete(path);
    return this;
  }

  /** Renames a folder or file, everywhere in its path. */
  move(from: string, to: string): this {
    const paths = this.match(from);
    if (paths.length === 0) throw new Error(`nothing is at ${from}`);
    for (const path of paths) {
      this.text(path.replace(from, to), this.files.get(path)!);
      this.files.delete(path);
    }
    return this;
  }

  /** Copies a folder. */
  copy(from: string, to: string): this {
    for (const path of this.match(from)) {
      this.text(path.replace(from, to), this.files.get(path)!);
    }
    return this;
  }

  /** Paths that begin with a text or match a pattern. */
  match(pattern: RegExp | string): string[] {
    return [...this.files.keys()].filter((path) =>
      typeof pattern === "string"
        ? path === pattern || path.startsWith(`${pattern}/`)
        : pattern.test(path)
    );
  }

  /** Writes all of it. */
  async write(folder: string): Promise<void> {
    const folders = new Set(
      [...this.files.keys()].map((path) => dirname(path)),
    );
    for (const each of folders) {
      await Deno.mkdir(`${folder}/${each}`, { recursive: true });
    }
    for (const [path, text] of this.files) {
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
  }
}

/** Sets a value in a tree of objects; a slash parts the names. */
function setAt(value: Plain, names: readonly string[], to: unknown): void {
  const [name = "", ...rest] = names;
  if (rest.length > 0) {
    value[name] ??= {};
    setAt(value[name] as Plain, rest, to);
  } else if (to === undefined) delete value[name];
  else value[name] = to;
}

const GIB = 2 ** 30;
/** Of each host of the trees. */
const HOST_GIB = 256;

/** "2026-07-01T10:00:00" of seconds since that moment. */
function isoTime(seconds: number): string {
  return new Date(Date.UTC(2026, 6, 1, 10, 0, seconds)).toISOString()
    .replace(".000Z", "");
}

/** "20260701_100000". */
export function stamp(seconds: number): string {
  return isoTime(seconds).replaceAll(/[-:]/g, "").replace("T", "_");
}

/** A tree with its top and one system of some hosts. */
export function top(hosts: number): FieldTree {
  const tree = new FieldTree();
  for (const [path, text] of Object.entries(SOURCE)) {
    tree.text(`${CODE_IMAGE}/${path}`, text);
  }
  tree.text("code-images/.mlps-image-pool", "");
  tree.json(`${CODE_IMAGE}/.code-hash.json`, {
    hash: CODE_HASH,
    algorithm: "md5-tree-v2",
    captured_at: "2026-06-16T15:42:11Z",
    mlpstorage_version: "3.0.46",
    git_sha: null,
  });
  tree.text(DESCRIPTION, descriptionYaml(hosts));
  tree.text(`${ORGANIZATION}/systems/fast-1.pdf`, "%PDF-1.4");
  return tree;
}

function descriptionYaml(hosts: number): string {
  return `system_under_test:
  solution:
    submission_name: fast-1
    architecture:
      benchmark_API: file
    capabilities:
      multi_host: ${hosts > 1}
      simultaneous_write: true
      simultaneous_read: true
      remap_time_in_seconds: 0
  clients:
    - quantity: ${hosts}
      chassis:
        memory_capacity: ${HOST_GIB}
`;
}

/** Files that every invocation has. */
export function stampLeaf(tree: FieldTree, leaf: string): void {
  tree.text(`${leaf}/.mlps-code-image`, `md5-tree-v2:${CODE_HASH}`);
  tree.json(`${leaf}/provenance.json`, {
    schema: "mlps-run-provenance/1",
    rules_edition: "3.0",
    layout_version: 3,
    tool: { version: "3.0.46", code_image: `md5-tree-v2:${CODE_HASH}` },
    dlio: { commit: "edaf4bb3d6343ef2fb6b9f6dbafa6102032ae8bf" },
  });
  tree.text(`${leaf}/mlpstorage.log`, "");
  tree.text(`${leaf}/mlpstorage.errors.log`, "");
}

export function separation(tree: FieldTree, leaf: string): void {
  tree.json(`${leaf}/fs_separation.json`, {
    version: 1,
    method: "link_exdev",
    same_filesystem: false,
  });
}

function dlioConfig(tree: FieldTree, leaf: string, overrides: string[]): void {
  tree.text(
    `${leaf}/dlio_config/config.yaml`,
    `workload:
  model: {name: unet3d}
  framework: pytorch
  workflow: {generate_data: false, train: true, checkpoint: false}
  dataset:
    data_folder: /mnt/fast/unet3d
    format: npz
    num_files_train: 28000
    num_samples_per_file: 1
    record_length_bytes: 146600628
  reader: {batch_size: 7, read_threads: 4}
  storage: {storage_type: local_fs}
`,
  );
  tree.text(`${leaf}/dlio_config/hydra.yaml`, "hydra: {}\n");
  tree.text(
    `${leaf}/dlio_config/overrides.yaml`,
    overrides.map((text) => `- ++workload.${text}\n`).join(""),
  );
}

function systemInfo(hosts: number): unknown {
  return {
    num_hosts: hosts,
    hosts: Array.from({ length: hosts }, (_, i) => ({
      hostname: `node${i + 1}`,
      memory: { total: HOST_GIB * GIB },
      cpu: { num_cores: 64 },
    })),
  };
}

/** Settings of the good training tree. */
const FILES = 28_000;
const ACCELERATORS = 8;
const HOSTS = 2;
/** A run takes 20 minutes, the next begins 5 minutes later. */
const RUN_SECONDS = 1200;
const RUN_SPACING = 1500;

/** A training result: unet3d on b200, 8 accelerators on 2 hosts, 6 runs. */
export function goodTraining(): FieldTree {
  const tree = top(HOSTS);
  trainingPhase(tree, "datasize", `${UNET3D}/datasize/20260630_080000`);
  const datagen = `${UNET3D}/datagen/20260630_090000`;
  trainingPhase(tree, "datagen", datagen);
  dlioConfig(tree, datagen, []);
  for (const name of ["training_datagen.stdout.log", "dlio.log"]) {
    tree.text(`${datagen}/${name}`, "");
  }
  tree.text(`${datagen}/training_datagen.stderr.log`, "");
  for (let run = 0; run < 6; run++) trainingRun(tree, run * RUN_SPACING);
  return tree.json(`${UNET3D}/run/results.json`, []);
}

function trainingPhase(tree: FieldTree, phase: string, leaf: string): void {
  stampLeaf(tree, leaf);
  const time = leaf.slice(leaf.lastIndexOf("/") + 1);
  tree.json(`${leaf}/training_${time}_metadata.json`, {
    benchmark_type: "training",
    model: "unet3d",
    command: phase,
    parameters: {
      dataset: {
        num_files_train: FILES,
        num_subfolders_train: 0,
        total_disk_bytes: FILES * 146_600_628,
      },
    },
    args: {
      model: "unet3d",
      accelerator_type: "b200",
      max_accelerators: ACCELERATORS,
      client_host_memory_in_gb: HOST_GIB,
      num_client_hosts: HOSTS,
      data_dir: "/mnt/fast",
      results_dir: "/local/results",
    },
  });
}

function trainingRun(tree: FieldTree, atSeconds: number): void {
  const time = stamp(atSeconds);
  const leaf = `${UNET3D}/run/${time}`;
  stampLeaf(tree, leaf);
  separation(tree, leaf);
  dlioConfig(tree, leaf, [
    `dataset.num_files_train=${FILES}`,
    "reader.read_threads=16",
  ]);
  for (const name of ["stdout", "stderr"]) {
    tree.text(`${leaf}/training_run.${name}.log`, "");
  }
  tree.text(`${leaf}/dlio.log`, "");
  tree.json(`${leaf}/0_output.json`, {});
  tree.json(`${leaf}/0_per_epoch_stats.json`, epochStats(atSeconds));
  tree.json(`${leaf}/training_${time}_metadata.json`, {
    benchmark_type: "training",
    model: "unet3d",
    command: "run",
    num_processes: ACCELERATORS,
    accelerator: "b200",
    parameters: { dataset: { num_files_train: String(FILES) } },
    override_parameters: {
      "dataset.num_files_train": String(FILES),
      "reader.read_threads": "16",
      "dataset.skip_listing": true,
    },
    system_info: systemInfo(HOSTS),
    verification: "closed",
    args: {
      hosts: ["node1", "node2"],
      data_dir: "/mnt/fast",
      results_dir: "/local/results",
      accelerator_type: "b200",
    },
  });
  tree.json(`${leaf}/summary.json`, {
    start: isoTime(atSeconds),
    end: isoTime(atSeconds + RUN_SECONDS),
    num_accelerators: ACCELERATORS,
    num_hosts: HOSTS,
    num_files_train: FILES,
    num_samples_per_file: 1,
    host_memory_GB: [HOST_GIB, HOST_GIB],
    metric: {
      train_au_percentage: [94, 94, 94, 94, 94],
      train_au_mean_percentage: 94,
      train_au_meet_expectation: "success",
      train_io_mean_MB_per_second: 45_000,
    },
  });
}

function epochStats(atSeconds: number): Plain {
  return Object.fromEntries([1, 2, 3, 4, 5].map((epoch) => {
    const start = atSeconds + (epoch - 1) * 240;
    return [String(epoch), {
      start: isoTime(start),
      block1: { start: isoTime(start), end: isoTime(start + 239) },
      end: isoTime(start + 239),
    }];
  }));
}

/** A checkpoint result: llama3-8b by 8 processes on one host. */
export function goodCheckpointing(): FieldTree {
  const tree = top(1);
  checkpointRun(tree, { atSeconds: 0, writes: 10, reads: 10 });
  return tree.json(`${LLAMA8B}/results.json`, []);
}

/** The same in two invocations. */
export function goodCheckpointPair(): FieldTree {
  const tree = top(1);
  checkpointRun(tree, { atSeconds: 0, writes: 10, reads: 0 });
  checkpointRun(tree, { atSeconds: 620, writes: 0, reads: 10 });
  return tree.json(`${LLAMA8B}/results.json`, []);
}

/** One invocation of it, of ten minutes. */
export function checkpointRun(
  tree: FieldTree,
  { atSeconds, writes, reads }: {
    atSeconds: number;
    writes: number;
    reads: number;
  },
): void {
  const time = stamp(atSeconds);
  const leaf = `${LLAMA8B}/${time}`;
  stampLeaf(tree, leaf);
  separation(tree, leaf);
  dlioConfig(tree, leaf, [`checkpoint.num_checkpoints_write=${writes}`]);
  for (const name of ["stdout", "stderr"]) {
    tree.text(`${leaf}/checkpointing_run.${name}.log`, "");
  }
  tree.text(`${leaf}/dlio.log`, "");
  tree.json(`${leaf}/0_output.json`, {});
  const spans = (kind: string, count: number) =>
    Array.from({ length: count }, (_, i) => [`${kind}${i + 1}`, {}]);
  tree.json(`${leaf}/0_per_epoch_stats.json`, {
    "1": Object.fromEntries([
      ...spans("save_ckpt", writes),
      ...spans("load_ckpt", reads),
    ]),
  });
  tree.json(`${leaf}/checkpointing_${time}_metadata.json`, {
    benchmark_type: "checkpointing",
    model: "llama3-8b",
    command: "run",
    num_processes: 8,
    accelerator: "b200",
    invocation_start_time: isoTime(atSeconds),
    invocation_end_time: isoTime(atSeconds + 610),
    parameters: { checkpoint: { fsync: true } },
    override_parameters: {
      "checkpoint.checkpoint_folder": "/mnt/fast/llama3-8b",
      "checkpoint.num_checkpoints_write": writes,
      "checkpoint.num_checkpoints_read": reads,
    },
    system_info: systemInfo(1),
    args: {
      hosts: ["node1"],
      checkpoint_folder: "/mnt/fast",
      results_dir: "/local/results",
      num_checkpoints_write: writes,
      num_checkpoints_read: reads,
    },
  });
  tree.json(`${leaf}/summary.json`, {
    start: isoTime(atSeconds + 5),
    end: isoTime(atSeconds + 605),
    num_accelerators: 8,
    num_hosts: 1,
    // A host whose memory is below a third of the checkpoint.
    host_memory_GB: [30],
    metric: {
      checkpoint_size_GB: 104.7,
      save_checkpoint_io_mean_GB_per_second: 10,
    },
  });
  tree.rewrite(
    DESCRIPTION,
    (text) => text.replace("memory_capacity: 256", "memory_capacity: 32"),
  );
}
