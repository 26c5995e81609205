/**
 * Trees that break one rule each: what is done to a good tree, and what must
 * be found, and nothing else.
 */
import {
  checkpointRun,
  CODE_IMAGE,
  DESCRIPTION,
  type FieldTree,
  goodCheckpointing,
  goodCheckpointPair,
  goodTraining,
  LLAMA8B,
  ORGANIZATION,
  stamp,
  SYSTEM,
  UNET3D,
} from "./field_tree.ts";
import { type DoctoredRow, rows } from "./doctored_row.ts";
import { KV_CACHE, VECTOR } from "./doctored_store_rows.ts";
import { goodKvCache, goodVector } from "./store_trees.ts";

/** Good trees by name. */
export const GOOD_TREES: Readonly<Record<string, () => FieldTree>> = {
  training: goodTraining,
  checkpointing: goodCheckpointing,
  "checkpoint pair": goodCheckpointPair,
  vector_database: goodVector,
  kv_cache: goodKvCache,
};

const RUN1 = `${UNET3D}/run/${stamp(0)}`;
const SUMMARIES = /\/run\/[^/]+\/summary\.json$/;
const RUN_METADATA = /\/run\/[^/]+\/training_[^/]+_metadata\.json$/;
const DATASIZE = /\/datasize\/.*_metadata\.json$/;
const CKPT_METADATA = /checkpointing_[^/]+_metadata\.json$/;
const CKPT_SUMMARY = /llama3-8b\/[^/]+\/summary\.json$/;

const STRUCTURE = rows("training", [
  ["an organization with a blank in its name", (t) => {
    t.move(ORGANIZATION, "closed/ac me");
  }, "invalid 2.1.1"],
  ["a file at the top", (t) => {
    t.text("notes.txt", "");
  }, "invalid 2.1.2"],
  ["a division in upper case", (t) => {
    t.move("closed", "Closed");
  }, "invalid 2.1.2"],
  ["a division without an organization", (t) => {
    t.text("open/.gitkeep", "");
  }, "invalid 2.1.4"],
  ["an organization in two spellings", (t) => {
    t.copy(ORGANIZATION, "closed/ACME");
  }, "invalid 2.1.4"],
  ["a folder beside results and systems", (t) => {
    t.text(`${ORGANIZATION}/docs/a.txt`, "");
  }, "invalid 2.1.5"],
  ["source that was edited after it was captured", (t) => {
    t.text(`${CODE_IMAGE}/pyproject.toml`, "edited");
  }, "invalid 2.1.6"],
  ["source without its hash", (t) => {
    t.remove(`${CODE_IMAGE}/.code-hash.json`);
  }, "invalid 2.1.6"],
  ["source hashed by an unknown algorithm", (t) => {
    t.edit(`${CODE_IMAGE}/.code-hash.json`, { algorithm: "sha9" });
  }, "unchecked 2.1.6"],
  ["a run without a pointer to its source", (t) => {
    t.remove(`${RUN1}/.mlps-code-image`);
  }, "invalid 2.1.6"],
  ["a run that points to no image", (t) => {
    t.text(`${RUN1}/.mlps-code-image`, `md5-tree-v2:${"0".repeat(32)}`);
    t.remove(`${RUN1}/provenance.json`);
  }, "invalid 2.1.6"],
  ["a stamp that names another image", (t) => {
    t.edit(`${RUN1}/provenance.json`, { "tool/code_image": "md5-tree-v2:1" });
  }, "invalid PROV-01"],
  ["a stamp that the metadata names and nobody has", (t) => {
    t.edit(new RegExp(`${RUN1}/training_.*_metadata`), {
      provenance_file: "provenance.json",
    });
    t.remove(`${RUN1}/provenance.json`);
  }, "invalid PROV-01"],
  ["a manifest that lists nothing", (t) => {
    t.text(
      `${ORGANIZATION}/submission.yaml`,
      'schema: mlps-submission-manifest/1\nrules_edition: "3.0"\nruns: []\n',
    );
  }, "invalid PROV-02"],
  ["an unknown revision of DLIO", (t) => {
    t.edit(`${RUN1}/provenance.json`, { "dlio/commit": "f".repeat(40) });
  }, "warning EDN-03"],
  ["a result of another edition", (t) => {
    t.edit(`${RUN1}/provenance.json`, { rules_edition: "2.0" });
  }, "warning EDN-04"],
  ["a description without a drawing", (t) => {
    t.remove(`${ORGANIZATION}/systems/fast-1.pdf`);
  }, "invalid 2.1.7"],
  ["a description of a system without results", (t) => {
    t.text(`${ORGANIZATION}/systems/slow.yaml`, "{}");
    t.text(`${ORGANIZATION}/systems/slow.pdf`, "");
  }, "invalid 2.1.8"],
  ["a description of another system", (t) => {
    t.rewrite(DESCRIPTION, (s) => s.replace("fast-1", "other"));
  }, "invalid 2.1.8"],
  ["a description of more hosts than there were", (t) => {
    t.rewrite(DESCRIPTION, (s) => s.replace("quantity: 2", "quantity: 3"));
  }, "invalid 2.1.9"],
  ["a description of more memory than there was", (t) => {
    t.rewrite(DESCRIPTION, (s) => s.replace("capacity: 256", "capacity: 512"));
  }, "invalid 2.1.9"],
  ["a category that the edition has not", (t) => {
    t.text(`${SYSTEM}/inference/x.txt`, "");
  }, "invalid 2.1.10"],
  ["a training model that the edition has not", (t) => {
    t.text(`${SYSTEM}/training/README`, "");
    t.move(UNET3D, `${SYSTEM}/training/resnet50`);
  }, "invalid 2.1.11"],
  ["two hosts on a system for one", (t) => {
    t.rewrite(DESCRIPTION, (s) => s.replace("host: true", "host: false"));
  }, "invalid 3.3.4"],
  ["no log of the tool", (t) => {
    t.remove(`${RUN1}/mlpstorage.log`);
  }, "note 2.29"],
]);

const TRAINING = rows("training", [
  ["no datasize", (t) => {
    t.remove(`${UNET3D}/datasize`);
  }, "invalid 2.1.12"],
  ["two datagens", (t) => {
    t.copy(
      `${UNET3D}/datagen/20260630_090000`,
      `${UNET3D}/datagen/20260630_100000`,
    );
  }, "invalid 2.1.13"],
  ["a datagen without its log", (t) => {
    t.remove(/training_datagen\.stderr\.log$/);
  }, "invalid 2.1.14"],
  ["a datagen without hydra.yaml", (t) => {
    t.remove(/datagen\/.*\/hydra\.yaml$/);
  }, "invalid 2.1.15"],
  ["no results.json", (t) => {
    t.remove(`${UNET3D}/run/results.json`);
  }, "invalid 2.1.16"],
  ["a series of five", (t) => {
    t.remove(RUN1);
  }, "invalid 2.1.17"],
  ["a gap of a whole run between two runs", (t) => {
    t.remove(RUN1);
    t.copy(`${UNET3D}/run/${stamp(7500)}`, `${UNET3D}/run/${stamp(10500)}`);
  }, "invalid 2.1.18"],
  ["a run without dlio.log", (t) => {
    t.remove(`${RUN1}/dlio.log`);
  }, "invalid 2.1.19"],
  ["a run with a fourth file of settings", (t) => {
    t.text(`${RUN1}/dlio_config/extra.yaml`, "");
  }, "invalid 2.1.20"],
  ["a datasize that does not say for which accelerators", (t) => {
    t.edit(DATASIZE, { "args/max_accelerators": undefined });
  }, "invalid 3.1.1"],
  ["too few files for 500 steps", (t) => {
    t.edit(SUMMARIES, { num_files_train: 27_999 });
    t.edit(DATASIZE, { "parameters/dataset/num_files_train": 27_999 });
  }, "invalid 3.1.2"],
  ["too few files for the hosts' memory", (t) => {
    t.edit(SUMMARIES, { host_memory_GB: [1024, 1024] });
    t.rewrite(DESCRIPTION, (s) => s.replace("capacity: 256", "capacity: 1024"));
  }, "invalid 3.1.2"],
  [
    "hosts whose memory nobody wrote down",
    (t) => {
      t.edit(SUMMARIES, { host_memory_GB: undefined });
      t.edit(RUN_METADATA, { system_info: undefined });
    },
    "unchecked 3.1.2",
    "unchecked 3.3.7",
  ],
  ["fewer generated files than were read", (t) => {
    t.edit(/datagen\/.*_metadata/, {
      "parameters/dataset/num_files_train": 20_000,
    });
  }, "invalid 3.2.1"],
  ["more files than datasize found", (t) => {
    t.edit(DATASIZE, { "parameters/dataset/num_files_train": 27_000 });
  }, "warning 3.3.1"],
  ["a datasize of other accelerators", (t) => {
    t.edit(DATASIZE, { "args/max_accelerators": 4 });
  }, "invalid 3.3.1"],
  ["data of another datagen", (t) => {
    t.edit(/datagen\/.*_metadata/, { "args/data_dir": "/mnt/slow" });
  }, "invalid 3.3.1"],
  ["AU below the goal", (t) => {
    t.edit(SUMMARIES, {
      "metric/train_au_mean_percentage": 89.9,
      "metric/train_au_meet_expectation": "fail",
    });
  }, "invalid 3.3.2"],
  ["an expectation that was missed", (t) => {
    t.edit(SUMMARIES, { "metric/train_au_meet_expectation": "fail" });
  }, "invalid 3.3.2"],
  ["no AU", (t) => {
    t.edit(SUMMARIES, { "metric/train_au_mean_percentage": undefined });
  }, "unchecked 3.3.2"],
  ["accelerators that the hosts do not divide", (t) => {
    t.edit(SUMMARIES, { num_accelerators: 7 });
    t.edit(DATASIZE, { "args/max_accelerators": 7 });
  }, "invalid 3.3.6"],
  ["a host with twice the memory of the other", (t) => {
    t.edit(RUN_METADATA, {
      "system_info/hosts": [
        { hostname: "a", memory: { total: 1e11 }, cpu: { num_cores: 64 } },
        { hostname: "b", memory: { total: 2e11 }, cpu: { num_cores: 64 } },
      ],
    });
  }, "warning 3.3.7"],
  ["data and results in one folder", (t) => {
    t.edit(RUN_METADATA, { "args/results_dir": "/mnt/fast/" });
  }, "invalid 3.4.1"],
  ["data and results on one file system", (t) => {
    t.edit(/run\/.*fs_separation/, { same_filesystem: true });
  }, "invalid 3.4.2"],
  ["no try of a hard link", (t) => {
    t.remove(/run\/.*fs_separation/);
  }, "unchecked 3.4.2"],
  ["a format that OPEN alone allows, in closed/", (t) => {
    t.edit(RUN_METADATA, {
      override_parameters: { "dataset.format": "hdf5" },
    });
  }, "invalid 3.6.2"],
  ["training with checkpoints", (t) => {
    t.edit(RUN_METADATA, {
      override_parameters: { "workflow.checkpoint": "True" },
    });
  }, "warning 3.6.2"],
  ["another batch size", (t) => {
    t.edit(RUN_METADATA, { override_parameters: { "reader.batch_size": 7 } });
  }, "invalid 3.6.3"],
  ["a variable that nobody declared", (t) => {
    t.edit(RUN_METADATA, { undeclared_storage_env: ["S3DLIO_PREFETCH"] });
  }, "invalid 1.2"],
  ["an accelerator that the edition has not", (t) => {
    t.edit(RUN_METADATA, { accelerator: "h100" });
  }, "invalid STOKER-ACCELERATOR"],
  ["an accelerator without a published workload", (t) => {
    t.edit(RUN_METADATA, { accelerator: "mi355" });
  }, "warning STOKER-ACCELERATOR"],
  ["a run of four epochs", (t) => {
    t.edit(SUMMARIES, { "metric/train_au_percentage": [94, 94, 94, 94] });
  }, "invalid STOKER-EPOCHS"],
  ["a long pause between two epochs", (t) => {
    t.edit(/run\/.*0_per_epoch_stats/, { "3/start": "2026-07-01T18:00:00" });
  }, "warning STOKER-EPOCHS"],
  [
    "a run of other accelerators among the six",
    (t) => {
      t.edit(`${RUN1}/summary.json`, { num_accelerators: 6 });
    },
    "invalid 3.3.1",
    "invalid STOKER-SAME",
  ],
  ["a run that ended early", (t) => {
    t.edit(`${RUN1}/summary.json`, { complete: false });
  }, "invalid STOKER-COMPLETE"],
  ["a single host with two accelerators", (t) => {
    t.edit(SUMMARIES, {
      num_hosts: 1,
      num_accelerators: 2,
      host_memory_GB: [256],
    });
    t.edit(DATASIZE, {
      "args/max_accelerators": 2,
      "args/num_client_hosts": 1,
    });
    t.rewrite(DESCRIPTION, (s) => s.replace("quantity: 2", "quantity: 1"));
  }, "warning 3.3.3"],
]);

const CHECKPOINTING = rows("checkpointing", [
  [
    "a checkpoint model that the edition has not",
    (t) => {
      t.move(LLAMA8B, `${SYSTEM}/checkpointing/llama3-9b`);
    },
    "invalid 2.1.21",
    "invalid 4.3.3",
  ],
  ["no results.json of checkpoints", (t) => {
    t.remove(`${LLAMA8B}/results.json`);
  }, "invalid 2.1.22"],
  ["a checkpoint run without its log", (t) => {
    t.remove(/checkpointing_run\.stdout\.log$/);
  }, "invalid 2.1.25"],
  ["a checkpoint run without overrides.yaml", (t) => {
    t.remove(/overrides\.yaml$/);
  }, "invalid 2.1.26"],
  ["memory that could hold the checkpoint", (t) => {
    t.edit(CKPT_SUMMARY, { host_memory_GB: [256] });
    t.rewrite(DESCRIPTION, (s) => s.replace("capacity: 32", "capacity: 256"));
  }, "warning 4.3.1"],
  ["writes without fsync", (t) => {
    t.edit(CKPT_METADATA, { "parameters/checkpoint/fsync": "False" });
  }, "invalid 4.3.2"],
  ["nobody says whether files were synced", (t) => {
    t.edit(CKPT_METADATA, { parameters: {} });
  }, "unchecked 4.3.2"],
  ["an accelerator of another edition", (t) => {
    t.edit(CKPT_METADATA, { accelerator: "h100" });
  }, "invalid 4.3.4"],
  ["a checkpoint without an accelerator", (t) => {
    t.edit(CKPT_METADATA, { accelerator: null });
  }, "unchecked 4.3.4"],
  [
    "a subset by sixteen processes, in closed/",
    (t) => {
      t.edit(CKPT_METADATA, { "parameters/checkpoint/mode": "subset" });
      t.edit(CKPT_SUMMARY, { num_accelerators: 16 });
    },
    "invalid 4.3.5",
    "invalid 4.6.1",
  ],
  ["checkpoints and results in one folder", (t) => {
    t.edit(CKPT_METADATA, { "args/results_dir": "/mnt/fast//" });
  }, "invalid 4.4.1"],
  ["checkpoints and results on one file system", (t) => {
    t.edit(/fs_separation/, { same_filesystem: "true" });
  }, "invalid 4.4.2"],
  ["sixteen processes in closed/", (t) => {
    t.edit(CKPT_SUMMARY, { num_accelerators: 16 });
  }, "invalid 4.6.1"],
  ["four processes on each host", (t) => {
    t.edit(CKPT_METADATA, { "args/hosts": "node1:4,node2:4" });
  }, "warning 4.6.2"],
  ["two processes on a host, in closed/", (t) => {
    t.edit(CKPT_METADATA, { "args/hosts": "node1:6,node2:2" });
  }, "invalid 4.6.2"],
  ["another layout of the model", (t) => {
    t.edit(CKPT_METADATA, {
      override_parameters: { "model.parallelism.tensor": 2 },
    });
  }, "invalid 4.6.3"],
  ["more copies of the model, in closed/", (t) => {
    t.edit(CKPT_METADATA, {
      override_parameters: { "model.parallelism.data": 8 },
    });
  }, "invalid 4.6.3"],
  [
    "nine processes",
    (t) => {
      t.edit(CKPT_SUMMARY, { num_accelerators: 9 });
    },
    "invalid 4.6.1",
    "invalid 4.6.4",
  ],
  ["nine reads", (t) => {
    t.edit(/0_per_epoch_stats/, { "1/load_ckpt10": undefined });
  }, "invalid 4.7.1"],
  ["a shared write on a system without", (t) => {
    t.edit(CKPT_SUMMARY, { num_hosts: 2, host_memory_GB: [14, 14] });
    t.edit(CKPT_METADATA, { "args/hosts": "node1:8,node2:8" });
    t.rewrite(
      DESCRIPTION,
      (s) =>
        s.replace("simultaneous_write: true", "simultaneous_write: no")
          .replace("host: false", "host: true").replace(
            "quantity: 1",
            "quantity: 2",
          ).replace("capacity: 32", "capacity: 14"),
    );
  }, "invalid 4.7.4"],
]);

const PAIR = rows("checkpoint pair", [
  ["three invocations", (t) => {
    checkpointRun(t, { atSeconds: 1300, writes: 0, reads: 0 });
  }, "invalid 2.1.23"],
  ["reading a minute after writing", (t) => {
    t.edit(new RegExp(`${stamp(620)}_metadata`), {
      invocation_start_time: "2026-07-01T10:11:10",
    });
  }, "invalid 2.1.24"],
  ["reading that began before writing ended", (t) => {
    t.edit(new RegExp(`${stamp(620)}_metadata`), {
      invocation_start_time: "2026-07-01T10:10:00",
    });
  }, "warning 2.1.24"],
  ["five writes in each invocation", (t) => {
    const spans = (from: number, kind: string) =>
      Array.from({ length: 5 }, (_, i) => [`${kind}${from + i}`, {}]);
    for (const at of [0, 620]) {
      t.json(`${LLAMA8B}/${stamp(at)}/0_per_epoch_stats.json`, {
        "1": Object.fromEntries([
          ...spans(1, "save_ckpt"),
          ...spans(1, "load_ckpt"),
        ]),
      });
    }
  }, "invalid 4.7.1"],
  ["a handover faster than declared", (t) => {
    t.rewrite(DESCRIPTION, (s) => s.replace("seconds: 0", "seconds: 25"));
  }, "invalid 4.7.3"],
  ["reading another folder than was written", (t) => {
    t.edit(new RegExp(`${stamp(620)}_metadata`), {
      "args/checkpoint_folder": "/mnt/other",
    });
  }, "invalid STOKER-PAIR"],
]);

/** The same in `open/`, where OPEN may do what CLOSED may not. */
const IN_OPEN: readonly DoctoredRow[] = [
  ...rows("training", [
    ["a format that OPEN allows, in open/", (t) => {
      t.edit(RUN_METADATA, {
        override_parameters: { "dataset.format": "hdf5" },
      });
      t.move("closed", "open");
    }],
    ["another batch size, in open/", (t) => {
      t.edit(RUN_METADATA, { override_parameters: { "reader.batch_size": 9 } });
      t.move("closed", "open");
    }, "invalid 3.6.3"],
  ]),
  ...rows("checkpointing", [
    ["sixteen processes, in open/", (t) => {
      t.edit(CKPT_SUMMARY, { num_accelerators: 16 });
      t.move("closed", "open");
    }],
  ]),
];

/** All of them. */
export const DOCTORED_ROWS: readonly DoctoredRow[] = [
  ...STRUCTURE,
  ...TRAINING,
  ...CHECKPOINTING,
  ...PAIR,
  ...VECTOR,
  ...KV_CACHE,
  ...IN_OPEN,
];
