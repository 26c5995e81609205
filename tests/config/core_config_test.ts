/**
 * Comparability classes against those that MLPerf Storage publishes:
 * https://github.com/mlcommons/storage, `mlpstorage_py/rules/editions.yaml`.
 */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { readWorkloadFile } from "../../lib/cli/line/workload_files.ts";
import {
  comparabilityClass,
  coreConfig,
} from "../../lib/config/core_config.ts";
import { parseOverride } from "../../lib/config/overrides.ts";
import type { Override } from "../../lib/config/overrides.ts";
import {
  PUBLISHED_CLASSES,
  publishedClass,
} from "../../lib/config/published_classes.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";

function classOf(text: string, words: readonly string[] = []): string | null {
  return comparabilityClass(resolveWorkload({
    yaml: { path: "x.yaml", text },
    overrides: words.map(overrideOf),
  }, { cpuCount: 2 }));
}

function overrideOf(word: string): Override {
  const parsed = parseOverride(word);
  if (parsed.kind !== "setting") throw new Error(`${word} is no setting`);
  return parsed.override;
}

/** The files of round 3.0. */
const UNET3D_B200 = `
model: {name: unet3d, type: cnn, model_size: 499153191}
framework: pytorch
workflow: {generate_data: False, train: True, checkpoint: False}
dataset: {data_folder: data/unet3d/, format: npz, num_files_train: 7200,
  num_samples_per_file: 1, record_length_bytes: 146600628,
  record_length_bytes_stdev: 68341808, record_length_bytes_resize: 2097152}
reader: {data_loader: pytorch, batch_size: 7, read_threads: 4,
  file_shuffle: seed, sample_shuffle: seed}
train: {epochs: 5, computation_time: 0.162}
checkpoint: {checkpoint_folder: checkpoints/unet3d, checkpoint_after_epoch: 5,
  epochs_between_checkpoints: 2}
metric: {au: 0.90}
`;

function retinanet(batchSize: number, computationTime: number): string {
  return `
model: {name: retinanet, type: cnn}
framework: pytorch
workflow: {generate_data: False, train: True, checkpoint: False}
dataset: {data_folder: data/retinanet/, format: jpeg, num_files_train: 1170301,
  num_samples_per_file: 1, record_length_bytes: 322957}
reader: {data_loader: pytorch, batch_size: ${batchSize}, read_threads: 8,
  file_shuffle: seed, sample_shuffle: seed}
train: {epochs: 8, computation_time: ${computationTime}}
metric: {au: 0.85}
`;
}

const PUBLISHED: Readonly<Record<string, readonly [string, string]>> = {
  "unet3d b200": [UNET3D_B200, "0d3ad0dec188becd"],
  "retinanet b200": [retinanet(24, 0.04755), "20c73f53486caba0"],
  "retinanet mi355": [retinanet(36, 0.071325), "66c43604eb650987"],
  "retinanet mi355 before March 2026": [
    retinanet(32, 0.0634),
    "724d04bcf5608a09",
  ],
};

for (const [name, [text, hash]] of Object.entries(PUBLISHED)) {
  Deno.test(`comparabilityClass() is the published one of ${name}`, () => {
    assertEquals(classOf(text), hash);
  });
}

/** Built-in workloads to their declared class. */
const BUILT_IN: Readonly<Record<string, string>> = {
  unet3d_a100: "unet3d-a100-A",
  unet3d_h100: "unet3d-h100-A",
  resnet50_a100: "resnet50-a100-A",
  resnet50_h100: "resnet50-h100-A",
  cosmoflow_a100: "cosmoflow-a100-A",
  cosmoflow_h100: "cosmoflow-h100-A",
  llama3_8b: "llama3-8b-A",
  llama3_70b: "llama3-70b-A",
  llama3_405b: "llama3-405b-A",
  llama3_1t: "llama3-1t-A",
};

for (const [name, id] of Object.entries(BUILT_IN)) {
  Deno.test(`the built-in workload ${name} is of the class ${id}`, async () => {
    const { text } = await readWorkloadFile(name);
    assertEquals(publishedClass(classOf(text) ?? "")?.id, id);
  });
}

Deno.test("comparabilityClass() of unet3d with a checkpoint at its end is of the same declared class", () => {
  const hash = classOf(UNET3D_B200, ["++workload.workflow.checkpoint=True"]);
  assertEquals(hash, "f636f5a57473fca2");
  assertEquals(publishedClass(hash ?? "")?.id, "unet3d-b200-A");
});

Deno.test("comparabilityClass() does not depend on what a site may choose", () => {
  assertEquals(
    classOf(UNET3D_B200, [
      "dataset.num_files_train=148000",
      "dataset.num_subfolders_train=14",
      "dataset.data_folder=/mnt/x",
      "checkpoint.checkpoint_folder=/mnt/y",
      "reader.read_threads=32",
      "reader.prefetch_size=8",
      "reader.odirect=true",
      "storage.storage_type=direct_fs",
    ]),
    "0d3ad0dec188becd",
  );
});

for (
  const word of [
    "reader.batch_size=8",
    "train.epochs=4",
    "train.computation_time=0.161",
    "dataset.record_length_bytes=1000",
    "metric.au=0.8",
    "~reader.file_shuffle",
  ]
) {
  Deno.test(`comparabilityClass() is another one after ${word}`, () => {
    const hash = classOf(UNET3D_B200, [word]);
    assertMatch(hash ?? "", /^[0-9a-f]{16}$/);
    assertNotEquals(hash, "0d3ad0dec188becd");
  });
}

Deno.test("comparabilityClass() of a writing and of a reading run of checkpoints is one", async () => {
  const { text } = await readWorkloadFile("llama3_8b");
  for (
    const words of [[], ["checkpoint.num_checkpoints_read=0"], [
      "checkpoint.num_checkpoints_write=0",
    ]]
  ) {
    assertEquals(classOf(text, words), "68df04b7240e3fb0");
  }
});

Deno.test("comparabilityClass() of scaled checkpoints and of a run that only generates is null", async () => {
  const { text } = await readWorkloadFile("llama3_8b");
  assertEquals(classOf(text, ["checkpoint.scale=0.01"]), null);
  assertEquals(
    classOf(UNET3D_B200, [
      "workflow.generate_data=true",
      "workflow.train=false",
    ]),
    null,
  );
});

/** Values and how Python's `json.dumps` of the canonical value looks. */
const CANONICAL = [
  // [parameters, parameters of the same class]
  [{ train: { epochs: 5 } }, { train: { epochs: "5" } }],
  [{ train: { epochs: 5 } }, { train: { epochs: 5.0 } }],
  [{ train: { epochs: 5 } }, { train: { epochs: " +5 " } }],
  [{ workflow: { train: true } }, { workflow: { train: "True" } }],
  [{ metric: { au: 0.9 } }, { metric: { au: "0.90" } }],
  [{ metric: { au: 0.00001 } }, { metric: { au: "1e-05" } }],
  [{ model: { name: "x" } }, { model: { name: " x " } }],
] as const;

Deno.test("coreConfig() takes values by what they mean", () => {
  for (const [one, other] of CANONICAL) {
    assertEquals(coreConfig(one, "training"), coreConfig(other, "training"));
  }
});

Deno.test("coreConfig() hashes what Python's json.dumps writes", () => {
  // Python 3.11: hashlib.sha256(json.dumps(…, sort_keys=True,
  // separators=(",", ":")).encode()).hexdigest()[:16]
  assertEquals(
    coreConfig({
      model: { a: [1, 2.5, "é\x7f", null, 0.00001], b: 1e22, c: {} },
      framework: "pytorch",
    }, "training"),
    {
      allowList: "training@1",
      hash: "e35a761284a07121",
      keys: ["framework", "model.a", "model.b"],
    },
  );
});

Deno.test("coreConfig() of parameters that make no workload is null", () => {
  assertEquals(
    coreConfig({ dataset: { num_files_train: 3 } }, "training"),
    null,
  );
});

Deno.test("PUBLISHED_CLASSES has 16 digits a hash, and each once", () => {
  const hashes = PUBLISHED_CLASSES.flatMap((each) => each.hashes);
  for (const hash of hashes) assertMatch(hash, /^[0-9a-f]{16}$/);
  assertEquals(new Set(hashes).size, hashes.length);
});
