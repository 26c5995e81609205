import { assert, assertEquals } from "@std/assert";
import { problemsOf, resolveGiven } from "./resolving.ts";

interface Case {
  readonly words: readonly string[];
  readonly accelerators?: number;
  /** Key that the message begins with, and a part of the rule. */
  readonly key: string;
  readonly rule: string;
  /** One word more, or the accelerators, that make it right. */
  readonly cure: string | number;
}

const SUBSET = [
  "workflow.checkpoint=true",
  "checkpoint.mode=subset",
  "model.parallelism.tensor=4",
];

const CASES: readonly Case[] = [
  {
    words: ["dataset.num_files_generated=7"],
    key: "dataset.num_files_generated",
    rule: "cannot read more files than were generated",
    cure: "dataset.num_files_generated=8",
  },
  {
    words: [
      "workflow.evaluation=true",
      "dataset.num_files_eval=1",
      "evaluation.epochs_between_evals=0",
    ],
    key: "evaluation.epochs_between_evals",
    rule: "must be an integer >= 1",
    cure: "workflow.evaluation=false",
  },
  {
    words: ["workflow.checkpoint=true", "checkpoint.checkpoint_after_epoch=0"],
    key: "checkpoint.checkpoint_after_epoch",
    rule: "must be an integer >= 1",
    cure: "checkpoint.steps_between_checkpoints=5",
  },
  {
    words: [
      "workflow.checkpoint=true",
      "checkpoint.steps_between_checkpoints=0",
    ],
    key: "checkpoint.steps_between_checkpoints",
    rule: "or -1 for checkpoints after epochs",
    cure: "checkpoint.steps_between_checkpoints=-1",
  },
  {
    words: ["workflow.checkpoint=true", "checkpoint.keep_checkpoints=0"],
    key: "checkpoint.keep_checkpoints",
    rule: "or -1 to keep all",
    cure: "checkpoint.keep_checkpoints=1",
  },
  {
    words: [
      "workflow.train=false",
      "workflow.checkpoint=true",
      "checkpoint.keep_checkpoints=1",
      "checkpoint.num_checkpoints_write=3",
      "checkpoint.num_checkpoints_read=2",
    ],
    key: "checkpoint.keep_checkpoints",
    rule: "no more checkpoints can be read than are kept",
    cure: "checkpoint.keep_checkpoints=2",
  },
  {
    words: ["workflow.checkpoint=true", "checkpoint.chunk_size=5000"],
    key: "checkpoint.chunk_size",
    rule: "a multiple of 4096",
    cure: "checkpoint.chunk_size=8KiB",
  },
  {
    words: ["dataset.record_dims=[4]", "dataset.record_length_bytes_stdev=1"],
    key: "dataset.record_length_bytes_stdev",
    rule: "standard deviation must be 0",
    cure: "dataset.record_length_bytes_stdev=0",
  },
  {
    words: ["dataset.format=jpeg", "dataset.record_element_type=float32"],
    key: "dataset.record_element_type",
    rule: "samples of an image format are uint8",
    cure: "dataset.record_element_type=uint8",
  },
  {
    words: ["dataset.format=png", "dataset.record_dims=[4,4,4]"],
    key: "dataset.record_dims",
    rule: "at most 2 dimensions",
    cure: "dataset.record_dims=[4,4]",
  },
  {
    words: ["dataset.hdf5.num_dset_per_record=2", "dataset.record_dims=[5,4]"],
    key: "dataset.hdf5.num_dset_per_record",
    rule: "must divide the first of record_dims",
    cure: "dataset.record_dims=[6,4]",
  },
  {
    words: ["dataset.hdf5.num_dset_per_record=2"],
    key: "dataset.hdf5.num_dset_per_record",
    rule: "which must be set",
    cure: "dataset.record_dims=[6,4]",
  },
  {
    words: ["dataset.parquet.partition_by=b"],
    key: "dataset.parquet.partition_by",
    rule: "must be the name of a column",
    cure: "dataset.parquet.columns=[{name: b}]",
  },
  {
    words: ["dataset.parquet.columns=[{name: a},{name: a}]"],
    key: "dataset.parquet.columns",
    rule: "a name of its own",
    cure: "dataset.parquet.columns=[{name: a},{name: b}]",
  },
  {
    words: ["dataset.parquet.columns=[{name: a, read: false}]"],
    key: "dataset.parquet.columns",
    rule: "at least one column must be read",
    cure: "dataset.parquet.columns=[{name: a}]",
  },
  {
    words: ["storage.storage_type=s3", "storage.storage_root=/data"],
    key: "storage.storage_root",
    rule: "the name of a bucket",
    cure: "storage.storage_root=data",
  },
  {
    words: ["dataset.num_files_train=0"],
    key: "dataset.num_files_train",
    rule: "training needs at least 1 file",
    cure: "dataset.num_files_train=1",
  },
  {
    words: ["workflow.evaluation=true"],
    key: "dataset.num_files_eval",
    rule: "evaluation needs at least 1 file",
    cure: "dataset.num_files_eval=1",
  },
  {
    words: ["framework=pytorch", "reader.data_loader=tensorflow"],
    key: "reader.data_loader",
    rule: "does not feed the other",
    cure: "reader.data_loader=pytorch",
  },
  {
    words: ["train.total_training_steps=3", "reader.batch_size=2"],
    accelerators: 2,
    key: "train.total_training_steps",
    rule: "an epoch has only 2 (8 samples, 2 accelerators, batch 2)",
    cure: 1,
  },
  {
    words: ["reader.batch_size=5"],
    accelerators: 2,
    key: "reader.batch_size",
    rule: "at least 1 step, not 0 (8 samples, 2 accelerators, batch 5)",
    cure: "reader.batch_size=4",
  },
  {
    words: [
      "workflow.checkpoint=true",
      "model.num_layers=2",
      "model.parallelism.pipeline=4",
    ],
    key: "model.num_layers",
    rule: "at least 1 layer",
    cure: "model.num_layers=4",
  },
  {
    words: [
      "workflow.checkpoint=true",
      "model.parallelism.zero_stage=3",
      "model.parallelism.pipeline=2",
    ],
    key: "model.parallelism.zero_stage",
    rule: "does not go with pipeline parallelism",
    cure: "model.parallelism.zero_stage=1",
  },
  {
    words: ["workflow.checkpoint=true", "model.parallelism.data=2"],
    key: "model.parallelism.data",
    rule: "must be -1",
    cure: "checkpoint.mode=subset",
  },
  {
    words: [
      "workflow.checkpoint=true",
      "model.parallelism.tensor=2",
      "model.parallelism.pipeline=2",
    ],
    accelerators: 6,
    key: "model.parallelism.tensor",
    rule: "their product 4 must divide the 6 accelerators",
    cure: 8,
  },
  {
    words: SUBSET,
    key: "model.parallelism.data",
    rule: "mode subset needs it",
    cure: "model.parallelism.data=2",
  },
  {
    words: [...SUBSET, "model.parallelism.data=1"],
    accelerators: 8,
    key: "model.parallelism.data",
    rule: "data * tensor * pipeline = 4 must be >= the 8 accelerators",
    cure: 4,
  },
  {
    words: [
      "workflow.checkpoint=true",
      "checkpoint.num_checkpoints_write=1",
      "checkpoint.num_checkpoints_read=2",
    ],
    key: "checkpoint.num_checkpoints_read",
    rule: "no more checkpoints can be read",
    cure: "checkpoint.num_checkpoints_read=1",
  },
  {
    words: ["workflow.checkpoint=true", "checkpoint.ksm={}"],
    key: "checkpoint.ksm",
    rule: "randomize_tensor must be false",
    cure: "checkpoint.randomize_tensor=false",
  },
];

Deno.test("crossCheck() finds each broken rule and nothing else", () => {
  for (const { words, accelerators = null, key, rule } of CASES) {
    const problems = problemsOf({ words, context: { accelerators } });
    assertEquals(problems.length, 1, problems.join(" | "));
    assert(problems[0]!.startsWith(`Cannot use ${key} = `), problems[0]!);
    assert(problems[0]!.includes(rule), problems[0]!);
  }
});

Deno.test("crossCheck() is content once the rule holds", () => {
  for (const { words, accelerators = null, cure } of CASES) {
    const cured = typeof cure === "number"
      ? { words, context: { accelerators: cure } }
      : { words: [...words, cure], context: { accelerators } };
    resolveGiven(cured);
  }
});

Deno.test("crossCheck() says values and origins of all settings involved", () => {
  assertEquals(
    problemsOf({
      yaml: "framework: pytorch",
      words: ["reader.data_loader=tensorflow"],
    }),
    [
      'Cannot use reader.data_loader = "tensorflow" (from ' +
      'reader.data_loader=tensorflow) with framework = "pytorch" (from file ' +
      "w.yaml:1): the data loader of one framework does not feed the other",
    ],
  );
});

Deno.test("crossCheck() leaves the number of accelerators open if unknown", () => {
  resolveGiven({
    words: ["workflow.checkpoint=true", "model.parallelism.tensor=8"],
  });
});

Deno.test("crossCheck() judges only what a workflow or a command uses", () => {
  // Each breaks a rule of a run that trains, evaluates and checkpoints.
  const broken: readonly string[] = [
    "reader.batch_size=500",
    "train.total_training_steps=500",
    "framework=pytorch reader.data_loader=tensorflow",
    "reader.data_loader_classname=a.B",
    "reader.read_type=memory",
    "storage.storage_type=s3 storage.drop_caches=before_epoch",
    "dataset.parquet.columns=[{name:a,read:false}]",
    "workflow.evaluation=true dataset.num_files_eval=0",
    "workflow.checkpoint=true model.num_layers=2 model.parallelism.pipeline=4",
    "workflow.checkpoint=true model.parallelism.tensor=3",
    "workflow.checkpoint=true checkpoint.chunk_size=5000",
    "workflow.checkpoint=true checkpoint.checkpoint_mechanism_classname=a.B",
    "checkpoint.verify=true",
    "output.log_file=summary.json",
    "workflow.profiling=true profiling.profiler=darshan",
  ];
  for (const text of broken) {
    const words = text.split(" ");
    const context = { accelerators: 8 };
    assertEquals(problemsOf({ words, context }).length, 1, text);
    resolveGiven({ words, context: { purpose: "dataset" } });
    const { warnings } = resolveGiven({
      words,
      context: { ...context, purpose: "show" },
    });
    assertEquals(
      warnings.filter((each) => each.startsWith("A run would end: ")).length,
      1,
      text,
    );
  }
  // DLIO's own way to generate is a run.
  for (const text of broken.filter((each) => !each.startsWith("output"))) {
    if (/checkpoint|profiling/.test(text)) continue;
    resolveGiven({
      words: [
        ...text.split(" "),
        "workflow.generate_data=true",
        "workflow.train=false",
      ],
      context: { accelerators: 8 },
    });
  }
});

Deno.test("crossCheck() judges the sizes of checkpoints for datasize", () => {
  const words = ["workflow.checkpoint=true", "model.parallelism.tensor=3"];
  const context = { accelerators: 8, purpose: "sizes" } as const;
  assertEquals(problemsOf({ words, context }).length, 1);
  resolveGiven({ words: ["reader.batch_size=500"], context });
});
