/**
 * Every built-in workload against the parameters that MLPerf Storage and DLIO
 * publish: https://github.com/mlcommons/storage, `configs/dlio/workload/`.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  listBuiltInWorkloads,
  readWorkloadFile,
} from "../../lib/cli/line/workload_files.ts";
import { locatedFileCount } from "../../lib/config/file_count.ts";
import type { Workload } from "../../lib/config/workload.ts";
import {
  type ResolvedWorkload,
  resolveWorkload,
} from "../../lib/config/resolve.ts";

async function resolveBuiltIn(name: string): Promise<ResolvedWorkload> {
  const { path, text } = await readWorkloadFile(name);
  return resolveWorkload({ yaml: { path, text } }, { cpuCount: 2 });
}

const FLUX_BYTES = 4 * (524328 + 409 + 8232 + 8232 + 7);

/** The published parameters; "-" stands for "not stated there". */
const TRAINING = `
unet3d_v100|pytorch|npz|168|1|146600628|68341808|2097152|4|4|1.3604|5|.90
unet3d_a100|pytorch|npz|168|1|146600628|68341808|2097152|7|4|0.636|5|.90
unet3d_h100|pytorch|npz|168|1|146600628|68341808|2097152|7|4|0.323|5|.90
unet3d_b200|pytorch|npz|7200|1|146600628|68341808|2097152|7|4|0.162|5|.90
unet3d_v100_s3|pytorch|npz|168|1|146600628|0|2097152|4|4|1.3604|5|.90
unet3d_a100_s3|pytorch|npz|168|1|146600628|0|2097152|7|4|0.636|5|.90
unet3d_h100_s3|pytorch|npz|168|1|146600628|0|2097152|7|4|0.323|5|.90
resnet50_v100|tensorflow|tfrecord|1024|1251|114660.07|0|150528|64|8|0.098|5|.90
resnet50_a100|tensorflow|tfrecord|1024|1251|114660.07|0|150528|400|8|0.435|5|.90
resnet50_h100|tensorflow|tfrecord|1024|1251|114660.07|0|150528|400|8|0.224|5|.90
cosmoflow_v100|tensorflow|tfrecord|524288|1|2828486|71311|0|1|4|0.00936|5|.70
cosmoflow_a100|tensorflow|tfrecord|524288|1|2828486|71311|0|1|4|0.00551|5|.70
cosmoflow_h100|tensorflow|tfrecord|524288|1|2828486|71311|0|1|4|0.00350|5|.70
retinanet_b200|pytorch|jpeg|1170301|1|322957|0|0|24|8|0.04755|8|.85
retinanet_mi355|pytorch|jpeg|1170301|1|322957|0|0|32|8|0.0634|8|.85
flux_b200|pytorch|parquet|4296|288|${FLUX_BYTES}|0|0|48|8|1.35|1|.90
flux_mi355|pytorch|parquet|4296|288|${FLUX_BYTES}|0|0|72|8|2.025|1|.90
dlrm_b200|pytorch|parquet|1024|4718592|761|0|0|16384|4|0.000375|1|.70
dlrm_mi355|pytorch|parquet|1024|4718592|761|0|0|16384|4|0.00056|1|.70
dlrm_indexed|pytorch|indexed_binary|1|1024|671088640|0|0|1|1|0.064296|1|.90
bert_v100|tensorflow|tfrecord|500|313532|2500|0|0|48|1|0.968|1|.90
megatron_deepspeed|pytorch|mmap_indexed_binary|1|277203535|2048|0|0|16|1|2.44|3|.90
default|pytorch|npz|64|1|4096|0|0|4|1|1.00|10|.90
`.trim().split("\n").map((line) => line.split("|"));

const CHECKPOINTING = `
llama3_8b|32|1|1|3|128256|4096|14336|32|8
llama3_70b|80|8|1|3|128256|8192|28672|128|8
llama3_405b|126|8|32|1|128256|16384|53248|128|8
llama3_1t|128|8|64|1|128256|25872|98304|192|32
llama_7b|32|1|1|1|32000|4096|11008|32|32
llama_7b_zero3|32|1|1|3|32000|4096|11008|32|32
llama_70b|80|8|4|1|128256|8192|28672|128|8
`.trim().split("\n").map((line) => line.split("|"));

/** Model and the workload whose dataset it is. */
const DATAGEN: Readonly<Record<string, string>> = {
  unet3d: "unet3d_h100",
  resnet50: "resnet50_h100",
  cosmoflow: "cosmoflow_h100",
  retinanet: "retinanet_b200",
  flux: "flux_b200",
  dlrm: "dlrm_b200",
};

Deno.test("workloads/ has every published workload, quick, and no other", async () => {
  const expected = [
    ...TRAINING.map(([name]) => name!),
    ...CHECKPOINTING.map(([name]) => name!),
    ...Object.keys(DATAGEN).map((model) => `${model}_datagen`),
    "quick",
  ];
  assertEquals(await listBuiltInWorkloads(), expected.sort());
});

Deno.test("workloads/ all resolve, start with a comment and fit the width", async () => {
  for (const name of await listBuiltInWorkloads()) {
    const { text } = await readWorkloadFile(name);
    const lines = text.split("\n");
    assert(lines[0]!.startsWith("# ") && lines[1]!.startsWith("# "), name);
    assert(lines.every((line) => line.length <= 80), name);
    const { warnings } = await resolveBuiltIn(name);
    // Only those that repeat a published setting without effect.
    for (const each of warnings) {
      assert(/^reader\.(computation_threads|shuffle_size) /.test(each), each);
    }
  }
});

Deno.test("workloads/ have the published training parameters", async () => {
  for (const row of TRAINING) {
    const [name, framework, format, ...numbers] = row as string[];
    const { workload } = await resolveBuiltIn(name!);
    const { dataset, reader, train, metric } = workload;
    assertEquals(workload.framework, framework, name);
    assertEquals(reader.data_loader, framework, name);
    assertEquals(dataset.format, format, name);
    assert(train.computation_time.type === "constant", name);
    assertEquals(
      [
        dataset.num_files_train,
        dataset.num_samples_per_file,
        dataset.record_length_bytes,
        dataset.record_length_bytes_stdev,
        dataset.record_length_bytes_resize,
        reader.batch_size,
        reader.read_threads,
        train.computation_time.mean,
        train.epochs,
        metric.au,
      ],
      numbers.map(Number),
      name,
    );
    assertEquals(workload.workflow.generate_data, false, name);
    assertEquals(workload.workflow.train, true, name);
    const model = name!.replace(/_(v100|a100|h100|b200|mi355)(_s3)?$/, "");
    assertEquals(workload.model.name, model, name);
    assertEquals(dataset.data_folder, `data/${model}`, name);
  }
});

Deno.test("workloads/ shuffle as published", async () => {
  const expected: Readonly<Record<string, string>> = {
    unet3d: "seed seed",
    cosmoflow: "seed seed",
    retinanet: "seed seed",
    bert: "seed seed",
    megatron: "seed seed",
    flux: "seed off",
    dlrm: "seed off",
    dlrm_indexed: "off random",
  };
  for (const [name] of TRAINING) {
    const { reader } = (await resolveBuiltIn(name!)).workload;
    const wanted = expected[name!] ?? expected[name!.split("_")[0]!];
    assertEquals(
      `${reader.file_shuffle} ${reader.sample_shuffle}`,
      wanted ?? "off off",
      name,
    );
  }
});

/** Dotted settings beyond the table, per name or beginning of names. */
const MORE: readonly [RegExp, (workload: Workload) => unknown, unknown][] = [
  [
    /^unet3d_[vah]100/,
    ({ model, workflow, checkpoint }) => [
      model.model_size_bytes,
      workflow.checkpoint,
      checkpoint.checkpoint_after_epoch,
      checkpoint.epochs_between_checkpoints,
    ],
    [499153191, true, 5, 2],
  ],
  [/^unet3d_b200/, ({ workflow }) => workflow.checkpoint, false],
  [
    /_s3$/,
    ({ storage }) => storage.storage_type,
    "s3",
  ],
  [/^resnet50_.100/, ({ reader }) => reader.computation_threads, 8],
  [/^cosmoflow_.100/, ({ reader }) => reader.shuffle_size, 2],
  [
    /^dlrm_(b200|mi355)/,
    ({ reader, dataset }) => [
      reader.prefetch_size,
      dataset.parquet.row_group_size,
    ],
    [2, 6144],
  ],
  [/^dlrm_indexed/, ({ dataset }) => dataset.num_files_eval, 1],
  [
    /^bert_v100/,
    ({ model, dataset, reader, train, workflow, checkpoint }) => [
      model.model_size_bytes,
      dataset.file_prefix,
      reader.transfer_size,
      train.total_training_steps,
      train.seed_change_epoch,
      workflow.checkpoint,
      checkpoint.steps_between_checkpoints,
    ],
    [4034713312, "part", 262144, 1000, false, true, 250],
  ],
  [
    /^megatron/,
    ({ model, train, checkpoint }) => [
      model.parallelism,
      model.num_layers,
      model.layer_parameters,
      model.optimization_groups,
      model.model_size_bytes,
      train.total_training_steps,
      checkpoint.steps_between_checkpoints,
      checkpoint.type,
    ],
    [
      { tensor: 4, pipeline: 8, data: -1, zero_stage: 1 },
      40,
      [52583936, 209715200],
      [1009254400, 865075200, 793600],
      30102,
      1000,
      1000,
      "all_ranks",
    ],
  ],
  [
    /^default$/,
    ({ dataset, reader, workflow, evaluation }) => [
      dataset.num_files_eval,
      dataset.num_subfolders_train,
      dataset.num_subfolders_eval,
      reader.batch_size_eval,
      workflow.evaluation,
      evaluation,
    ],
    [8, 2, 2, 1, true, {
      eval_time: { type: "constant", mean: 0.5 },
      eval_after_epoch: 1,
      epochs_between_evals: 1,
    }],
  ],
];

Deno.test("workloads/ have the published parameters beyond the table", async () => {
  for (const name of await listBuiltInWorkloads()) {
    const { workload } = await resolveBuiltIn(name);
    for (const [names, pick, value] of MORE) {
      if (names.test(name)) assertEquals(pick(workload), value, name);
    }
  }
});

Deno.test("flux has its five columns", async () => {
  const { dataset } = (await resolveBuiltIn("flux_b200")).workload;
  assertEquals(dataset.compression, "none");
  assertEquals(
    dataset.parquet.columns.map(({ name, size }) => `${name} ${size}`),
    [
      "t5_encodings 524328",
      "clip_encodings 409",
      "mean 8232",
      "logvar 8232",
      "timestamp 7",
    ],
  );
  assert(dataset.parquet.columns.every(({ dtype }) => dtype === "float32"));
  assert(dataset.parquet.columns.every(({ read }) => read));
});

Deno.test("dlrm has 200 columns of 761 bytes, 40 of them read, 160 bytes", async () => {
  const bytesOf: Readonly<Record<string, number>> = {
    float16: 2,
    float32: 4,
    float64: 8,
    int8: 1,
  };
  for (const name of ["dlrm_b200", "dlrm_mi355", "dlrm_datagen"]) {
    const { columns } = (await resolveBuiltIn(name)).workload.dataset.parquet;
    const total = (each: typeof columns) =>
      each.reduce((sum, { dtype, size }) => sum + bytesOf[dtype]! * size, 0);
    const read = columns.filter((column) => column.read);
    assertEquals(columns.length, 200);
    assertEquals(columns[0]!.name, "feature_000");
    assertEquals(columns[199]!.name, "feature_199");
    assertEquals(total(columns), 761);
    assertEquals(read.length, 40);
    assertEquals(total(read), 160);
    assertEquals(read[0]!.name, "feature_011");
    assertEquals(read.at(-1)!.name, "feature_195");
  }
});

Deno.test("*_datagen generates the dataset of its model and does no more", async () => {
  for (const [model, trainedBy] of Object.entries(DATAGEN)) {
    const { workload } = await resolveBuiltIn(`${model}_datagen`);
    const { generate_data, train, checkpoint } = workload.workflow;
    assertEquals([generate_data, train, checkpoint], [true, false, false]);
    const trained = (await resolveBuiltIn(trainedBy)).workload;
    assertEquals(workload.dataset, trained.dataset, model);
    assertEquals(workload.model.name, model);
  }
});

Deno.test("workloads/ have the published checkpointing parameters", async () => {
  for (const row of CHECKPOINTING) {
    const [name, ...numbers] = row as string[];
    const { workload } = await resolveBuiltIn(name!);
    const { framework, model, workflow, checkpoint } = workload;
    const { parallelism, transformer } = model;
    assertEquals(
      [
        model.num_layers,
        parallelism.tensor,
        parallelism.pipeline,
        parallelism.zero_stage,
        transformer.vocab_size,
        transformer.hidden_size,
        transformer.ffn_hidden_size,
        transformer.num_attention_heads,
        transformer.num_kv_heads,
      ],
      numbers.map(Number),
      name,
    );
    assertEquals(
      [framework, model.type, model.model_datatype, model.optimizer_datatype],
      ["pytorch", "transformer", "fp16", "fp32"],
      name,
    );
    assertEquals([workflow.train, workflow.checkpoint], [false, true], name);
    assertEquals(
      [
        checkpoint.checkpoint_folder,
        checkpoint.num_checkpoints_write,
        checkpoint.num_checkpoints_read,
        checkpoint.time_between_checkpoints,
        checkpoint.fsync,
      ],
      [`checkpoints/${name}`, 10, 10, 5, true],
      name,
    );
  }
});

Deno.test("quick is about 336 MiB and computes for seconds only", async () => {
  const { dataset, reader, train, workflow, evaluation } =
    (await resolveBuiltIn("quick")).workload;
  const trainFiles = locatedFileCount(dataset.num_files_train);
  const files = trainFiles + locatedFileCount(dataset.num_files_eval);
  assertAlmostEquals(files * dataset.record_length_bytes / 2 ** 20, 336, 32);
  assertEquals(dataset.data_folder, "data/quick");
  assertEquals(train.epochs, 3);
  assertEquals(workflow.generate_data && workflow.evaluation, true);
  assert(train.computation_time.type === "constant");
  assert(evaluation.eval_time.type === "constant");
  const steps = trainFiles / reader.batch_size;
  assert(steps * train.epochs * train.computation_time.mean < 5);
});

Deno.test("training headers say what one accelerator demands", async () => {
  for (const [name] of TRAINING) {
    const { text } = await readWorkloadFile(name!);
    const { reader, train } = (await resolveBuiltIn(name!)).workload;
    assert(train.computation_time.type === "constant");
    const samplesPerSecond = reader.batch_size / train.computation_time.mean;
    const stated = Number(
      /^# (?:.*\s)?([\d.,]+) samples\/s/m.exec(text)?.[1]?.replaceAll(",", ""),
    );
    assertAlmostEquals(stated / samplesPerSecond, 1, 0.01, name);
  }
});
