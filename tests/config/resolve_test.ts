import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ConfigError, EXIT_USAGE } from "../../lib/errors.ts";
import { problemsOf, resolveGiven } from "./resolving.ts";

Deno.test("resolveWorkload() reports all problems at once", () => {
  const problems = problemsOf({
    yaml: "reader:\n  read_threds: 3\n  batch_size: 0\n" +
      "dataset: {format: npzz, num_files_train: many}\n" +
      "train: {computation_time: abc}\n",
    words: ["++workload.reader.read_threads=-1", "metric.au=2"],
    environment: { DLIO_LOG_LEVEL: "loud" },
  });
  assertEquals(problems, [
    "Cannot use reader.read_threds (from file w.yaml:2): there is no such " +
    'setting; did you mean "reader.read_threads"',
    'Cannot use dataset.format = "npzz" (from file w.yaml:4): it must be ' +
    "one of tfrecord, hdf5, csv, npz, npy, jpeg, png, indexed_binary, " +
    "mmap_indexed_binary, arrow, megatron, safetensors, raw, synthetic, " +
    'parquet, mds, webdataset; did you mean "npz"',
    'Cannot use dataset.num_files_train = "many" (from file w.yaml:4): it ' +
    "must be an integer from 0 to 1000000000000, or all",
    "Cannot use reader.batch_size = 0 (from file w.yaml:3): it must be an " +
    "integer from 1 to 1000000000",
    "Cannot use reader.read_threads = -1 (from " +
    "++workload.reader.read_threads=-1): it must be an integer from 0 to " +
    "4096",
    'Cannot use train.computation_time = "abc" (from file w.yaml:5): it ' +
    "must be a number of seconds or a map of a distribution",
    'Cannot use output.log_level = "loud" (from env DLIO_LOG_LEVEL): it ' +
    "must be one of debug, info, warning, error, critical",
    "Cannot use metric.au = 2 (from metric.au=2): it must be a number from " +
    "0 to 1",
  ]);
});

Deno.test("resolveWorkload() throws with the exit code of wrong usage", () => {
  const error = assertThrows(
    () => resolveGiven({ words: ["train.epochs=x"] }),
    ConfigError,
  );
  assertEquals(error.exitCode, EXIT_USAGE);
});

Deno.test("resolveWorkload() reports other sources beside a broken file", () => {
  const problems = problemsOf({ yaml: "a: [", words: ["train.epochs=x"] });
  assertEquals(problems.length, 2);
});

Deno.test("resolveWorkload() refuses every wrong type", () => {
  const cases: [string, string][] = [
    ["reader.batch_size=1.5", "it must be an integer from 1"],
    ["reader.batch_size=[1]", "it must be an integer from 1"],
    ["reader.batch_size=null", "it must be an integer from 1"],
    ["reader.batch_size={a: 1}", "it must be an integer from 1"],
    ["reader.batch_size=1e30", "it must be an integer from 1"],
    ["reader.batch_size.deep=1", "it must be an integer from 1"],
    ["workflow.train=maybe", "it must be true or false"],
    ["workflow.train=2", "it must be true or false"],
    ["dataset.record_length_bytes=4K", "it must be a size such as"],
    ["dataset.record_length_bytes=nan", "it must be a size such as"],
    ["dataset.data_folder=/${model.name}", "Stoker does not interpolate"],
    ["dataset.compression=[off]", "it must be one of none"],
    ["dataset.format=constructor", "it must be one of tfrecord"],
    ["dataset.record_length_bytes=-5", "it must be a size such as"],
    ["dataset.record_dims=[4,x]", "it must be a list of integers >= 1"],
    ["dataset.record_dims=[4,0]", "it must be a list of integers >= 1"],
    ["dataset.data_folder=''", "it must be a text that is not empty"],
    ["dataset.data_folder=[a]", "it must be a text that is not empty"],
    ["reader.transfer_size=soon", "it must be an integer from 1"],
    ["checkpoint.time_between_checkpoints=5x", "it must be a duration"],
    ["storage.storage_options=[1]", "it must be a map"],
    ["storage.storage_options=5", "it must be a map"],
    ["profiling.iostat_devices=[1]", "it must be a list of texts"],
    ["dataset.parquet.columns=5", "it must be a list of maps"],
    ["dataset.parquet.columns=[{dtype: float}]", "its dtype must be one of"],
    ["dataset.parquet.columns=[{size: 0}]", "its size must be an integer"],
    ["checkpoint.ksm={madv_mergeable_id: x}", "it must be an integer"],
    ["model.parallelism.zero_stage=4", "it must be an integer from 0 to 3"],
    ["model.model_datatype=fp8", 'did you mean "fp16"'],
    ["reader=[1]", "it must be a map"],
  ];
  for (const [word, rule] of cases) {
    const problems = problemsOf({ words: [word] });
    assertEquals(problems.length, 1, `${word}: ${problems.join(" | ")}`);
    assert(problems[0]!.includes(rule), `${word}: ${problems[0]}`);
    assert(problems[0]!.includes(`(from ${word})`), problems[0]!);
  }
});

Deno.test("resolveWorkload() accepts the spellings of published files", () => {
  const { workload, warnings } = resolveGiven({
    yaml: "framework: PyTorch\n" +
      "workflow: {train: on, evaluation: off, checkpoint: No, " +
      "generate_data: 'Yes'}\n" +
      "data_reader: {batch_size: '1e3', file_shuffle: off, " +
      "sample_shuffle: false, transfer_size: 256KiB}\n" +
      "storage: {storage_type: parallel_fs}\n" +
      "dataset: {compression: off, record_length_bytes: 1.5MiB, " +
      "skip_listing: 'yes', data_folder: data/x//, num_files_train: 1_000}\n" +
      "model: {name: 8}\ncheckpoint: {time_between_checkpoints: 5m}\n",
  });
  assertEquals(workload.framework, "pytorch");
  assertEquals(workload.workflow.train, true);
  assertEquals(workload.workflow.evaluation, false);
  assertEquals(workload.workflow.generate_data, true);
  assertEquals(workload.reader.batch_size, 1000);
  assertEquals(workload.reader.file_shuffle, "off");
  assertEquals(workload.reader.sample_shuffle, "off");
  assertEquals(workload.reader.transfer_size, 262144);
  assertEquals(workload.storage.storage_type, "local_fs");
  assertEquals(workload.dataset.compression, "none");
  assertEquals(workload.dataset.record_length_bytes, 1572864);
  assertEquals(workload.dataset.skip_listing, true);
  assertEquals(workload.dataset.data_folder, "data/x");
  assertEquals(workload.model.name, "8");
  assertEquals(workload.checkpoint.time_between_checkpoints, 300);
  assertEquals(warnings, []);
});

Deno.test("resolveWorkload() lets data_reader win, and overrides over it", () => {
  const yaml = "data_reader: {batch_size: 2, prefetch_size: 3}\n" +
    "reader: {batch_size: 5, prefetch_size: 7, read_threads: 6}\n";
  const { reader } = resolveGiven({
    yaml,
    words: ["++workload.data_reader.prefetch_size=9"],
  }).workload;
  assertEquals(
    [reader.batch_size, reader.prefetch_size, reader.read_threads],
    [2, 9, 6],
  );
});

Deno.test("resolveWorkload() honors model_size unless the bytes are given", () => {
  const size = (yaml: string) =>
    resolveGiven({ yaml }).workload.model.model_size_bytes;
  assertEquals(size("model: {model_size: 499153191}"), 499153191);
  assertEquals(size("model: {model_size_bytes: 5, model_size: 7}"), 5);
});

Deno.test("resolveWorkload() tolerates a section that is a scalar", () => {
  const { workload, warnings } = resolveGiven({
    yaml: "train: 5\nreader: {}\nmetric:\n",
  });
  assertEquals(workload.train.epochs, 1);
  assertEquals(warnings, [
    "train = 5 (from file w.yaml:1) is ignored: the section train is a map",
  ]);
});

Deno.test("resolveWorkload() warns once for each key that DLIO ignores", () => {
  const { warnings } = resolveGiven({
    yaml: "hydra: {run: {dir: x, y: z}}\nlogging: {verbosity: 1}\n" +
      "data_loader: {batch_size: 4}\nworkflow: {debug: true}\n" +
      "dataset: {storage_root: x, eval_num_samples_per_file: 1}\n" +
      "train: {batch_size: 7}\n",
  });
  assertEquals(
    warnings.map((each) => each.split(" ")[0]).sort(),
    [
      "data_loader",
      "dataset.eval_num_samples_per_file",
      "dataset.storage_root",
      "hydra",
      "logging",
      "train.batch_size",
      "workflow.debug",
    ],
  );
  assert(warnings.every((each) => each.includes(" is ignored, as in DLIO")));
});

Deno.test("resolveWorkload() names the setting that replaced a legacy key", () => {
  const warnings = (yaml: string) => resolveGiven({ yaml }).warnings;
  assertEquals(warnings("train: {batch_size: 5}"), [
    "train.batch_size (from file w.yaml:1) is ignored, as in DLIO; the " +
    "setting is reader.batch_size",
  ]);
  assertEquals(
    warnings("train: {batch_size: 5}\nreader: {batch_size: 5}"),
    ["train.batch_size (from file w.yaml:1) is ignored, as in DLIO"],
  );
});

Deno.test("resolveWorkload() makes unknown keys warnings where allowed", () => {
  const yaml = "nonsense: 1\n" +
    "dataset: {parquet: {columns: [{name: a, colour: red}]}}\n";
  assertEquals(problemsOf({ yaml }), [
    "Cannot use nonsense (from file w.yaml:1): there is no such setting",
    "Cannot use dataset.parquet.columns[0] (from file w.yaml:2): there is " +
    "no colour",
  ]);
  const { workload, warnings } = resolveGiven({
    yaml,
    context: { allowUnknown: true },
  });
  assertEquals(workload.dataset.parquet.columns, [
    { name: "a", dtype: "float32", size: 1, read: true },
  ]);
  assertEquals(warnings.length, 2);
});

Deno.test("resolveWorkload() reports the removal of an unknown key", () => {
  assertEquals(problemsOf({ words: ["~workload.train.epoch"] }), [
    "Cannot use train.epoch (from ~workload.train.epoch): there is no such " +
    'setting; did you mean "train.epochs"',
  ]);
});

Deno.test("resolveWorkload() reads every column but those that say otherwise", () => {
  const read = (columns: string) =>
    resolveGiven({ yaml: `dataset: {parquet: {columns: ${columns}}}` })
      .workload.dataset.parquet.columns.map((column) => column.read);
  assertEquals(read("[{name: a}, {name: b}]"), [true, true]);
  assertEquals(read("[{name: a, read: true}, {name: b}]"), [true, true]);
  assertEquals(read("[{name: a, read: off}, {name: b}]"), [false, true]);
});

Deno.test("resolveWorkload() freezes everything", () => {
  const { workload } = resolveGiven({
    yaml: "storage: {storage_options: {a: {b: [1]}}}\n" +
      "dataset: {record_dims: [2, 3], parquet: {columns: [{name: a}]}}\n",
  });
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    assert(Object.isFrozen(value), path);
    for (const [key, each] of Object.entries(value)) {
      visit(each, `${path}.${key}`);
    }
  };
  visit(workload, "workload");
});

Deno.test("resolveWorkload() shares nothing between two results", () => {
  const first = resolveGiven({}).workload;
  const second = resolveGiven({}).workload;
  assert(first.dataset.record_dims !== second.dataset.record_dims);
  assertEquals(first, second);
});

Deno.test("resolveWorkload() takes the record length from record_dims", () => {
  const { workload, origins, warnings } = resolveGiven({
    yaml: "dataset: {record_dims: [4, 5], record_element_type: float32, " +
      "record_length_bytes: 7}",
  });
  assertEquals(workload.dataset.record_length_bytes, 80);
  assertEquals(origins.get("dataset.record_length_bytes"), {
    kind: "derived",
    key: "dataset.record_dims",
  });
  assertEquals(warnings, [
    "dataset.record_length_bytes = 7 (from file w.yaml:1) is replaced by 80: " +
    "dataset.record_dims fixes the size of a sample",
  ]);
});

Deno.test("resolveWorkload() takes the data loader from the framework", () => {
  assertEquals(
    resolveGiven({ words: ["framework=pytorch"] }).workload.reader.data_loader,
    "pytorch",
  );
  assertEquals(
    resolveGiven({ words: ["reader.data_loader=synthetic"] }).workload.reader
      .data_loader,
    "synthetic",
  );
});

Deno.test("resolveWorkload() shows numbers that JSON cannot", () => {
  assertEquals(problemsOf({ yaml: "metric: {au: .nan}" }), [
    "Cannot use metric.au = NaN (from file w.yaml:1): it must be a number " +
    "from 0 to 1",
  ]);
});

Deno.test("resolveWorkload() sends nobody after a consequence", () => {
  // num_files_train falls back to its default, which has too few samples.
  assertEquals(
    problemsOf({
      words: ["dataset.num_files_train=x", "train.total_training_steps=1000"],
    }).length,
    1,
  );
});

Deno.test("resolveWorkload() resolves or throws ConfigError on any YAML", () => {
  const leaf = fc.oneof(
    fc.integer(),
    fc.string({ maxLength: 8 }),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom("npz", "pytorch", "4KiB", "off"),
    fc.array(fc.integer(), { maxLength: 3 }),
  );
  const section = fc.dictionary(
    fc.constantFrom("format", "batch_size", "name", "epochs", "ksm", "x", ""),
    fc.oneof(leaf, fc.dictionary(fc.string({ maxLength: 4 }), leaf)),
    { maxKeys: 4 },
  );
  const tree = fc.dictionary(
    fc.constantFrom(
      "dataset",
      "reader",
      "model",
      "train",
      "checkpoint",
      "",
      "y",
    ),
    fc.oneof(leaf, section),
    { maxKeys: 4 },
  );
  fc.assert(
    fc.property(tree, (each) => {
      try {
        resolveGiven({ yaml: JSON.stringify(each) });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
