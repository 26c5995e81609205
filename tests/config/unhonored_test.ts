import { assert, assertEquals } from "@std/assert";
import { problemsOf, resolveGiven } from "./resolving.ts";

Deno.test("findUnhonored() refuses what Stoker cannot do and says why", () => {
  const cases: [string[], string][] = [
    [["reader.reader_classname=a.B"], "Stoker runs no Python"],
    [["reader.data_loader_classname=a.B"], "Stoker runs no Python"],
    [
      [
        "workflow.checkpoint=true",
        "checkpoint.checkpoint_mechanism_classname=a.B",
      ],
      "Stoker runs no Python",
    ],
    [["reader.data_loader=custom"], "Stoker runs no Python"],
    [["reader.data_loader=none"], "nothing would be read"],
    [["reader.data_loader=native_dali"], "DALI's own readers"],
    [
      ["storage.storage_options.region=${AWS_REGION}"],
      "Stoker does not interpolate",
    ],
    [["reader.read_type=memory"], "would measure memory"],
    [
      ["dataset.parquet.decode=true", "reader.io_engine=uring"],
      "one range after another",
    ],
    [
      [
        "dataset.format=mds",
        "reader.shard_cache_folder=/tmp/copies",
        "reader.io_engine=uring",
      ],
      "copied shards",
    ],
    [
      ["storage.storage_type=null", "reader.io_engine=uring"],
      "storage_type direct_fs or local_fs",
    ],
    [
      ["workflow.profiling=true", "profiling.profiler=darshan"],
      "these profilers are Python's",
    ],
    [
      ["workflow.profiling=true", "profiling.profiler=tensorboard"],
      "these profilers are Python's",
    ],
  ];
  for (const [words, rule] of cases) {
    const problems = problemsOf({ words });
    assertEquals(problems.length, 1, problems.join(" | "));
    assert(problems[0]!.includes(rule), problems[0]!);
    assert(problems[0]!.includes(words.at(-1)!), problems[0]!);
  }
});

Deno.test("findUnhonored() minds a profiler only when it would run", () => {
  resolveGiven({ words: ["profiling.profiler=darshan"] });
});

Deno.test("findInert() warns where a setting has no effect", () => {
  const words = [
    "reader.pin_memory=false",
    "reader.multiprocessing_context=fork",
    "reader.dont_use_mmap=true",
    "reader.computation_threads=8",
    "reader.shuffle_size=2",
    "reader.file_access=shared",
    "reader.data_loader_sampler=index",
    "reader.transformed_record_dims=[4]",
    "dataset.enable_chunking=true",
    "dataset.record_element_bytes=1",
    "dataset.data_gen_method=numpy",
    "dataset.parquet.use_s3dlio_gen=true",
  ];
  const { warnings } = resolveGiven({ words });
  assertEquals(warnings.length, words.length, warnings.join("\n"));
  for (const word of words) {
    const found = warnings.find((each) => each.includes(`(from ${word})`));
    assert(/ has no effect(:|, as in DLIO)/.test(found ?? ""), word);
  }
});

Deno.test("findInert() is silent about defaults that are spelled out", () => {
  const words = ["reader.pin_memory=true", "reader.file_access=multi"];
  assertEquals(resolveGiven({ words }).warnings, []);
});

Deno.test("resolveWorkload() says that dali reads as pytorch does", () => {
  const { warnings } = resolveGiven({ words: ["reader.data_loader=dali"] });
  assertEquals(warnings.length, 1);
  assert(warnings[0]!.includes("reads as pytorch does"));
});
