import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { transferThreadsOf } from "../../lib/config/transfer_threads.ts";
import { ConfigError } from "../../lib/errors.ts";
import { resolveGiven } from "./resolving.ts";

const OPTION = "storage.storage_options.transfer_threads";
const S3 = [
  "storage.storage_type=s3",
  "storage.storage_root=bucket",
  "storage.storage_options.endpoint_url=http://localhost:1",
  "storage.storage_options.access_key_id=a",
  "storage.storage_options.secret_access_key=b",
  "reader.read_threads=1",
  "reader.batch_size=4",
  "dataset.num_files_train=4096",
];

function resolved(
  words: readonly string[],
  context: { cpuCount?: number; accelerators?: number } = {},
) {
  return resolveGiven({
    words: [...words],
    context: { accelerators: 1, cpuCount: 16, ...context },
  });
}

/** Threads, and the words of their origin. */
function sized(
  words: readonly string[],
  context: { cpuCount?: number; accelerators?: number } = {},
) {
  const { workload, origins } = resolved([...S3, ...words], context);
  const origin = origins.get(OPTION);
  return [
    transferThreadsOf(workload),
    origin?.kind === "auto" ? origin.reason : origin?.kind,
  ];
}

Deno.test("half of the CPUs are divided among the readers of an object store", () => {
  assertEquals(sized([]), [
    8,
    "16 CPUs / 2 / 1 reader of this host, at most 8",
  ]);
  assertEquals(sized([], { cpuCount: 2 }), [
    1,
    "2 CPUs / 2 / 1 reader of this host, at most 8",
  ]);
  assertEquals(sized([], { cpuCount: 12, accelerators: 2 }), [
    3,
    "12 CPUs / 2 / 2 readers of this host, at most 8",
  ]);
  assertEquals(sized(["reader.read_threads=8"])[0], 1);
});

Deno.test("there are no more threads than reads that a reader has under way", () => {
  assertEquals(sized(["reader.batch_size=1", "reader.prefetch_size=3"]), [
    3,
    "16 CPUs / 2 / 1 reader of this host, at most 3",
  ]);
  assertEquals(sized(["storage.storage_options.prefetch_window=2"])[0], 2);
});

Deno.test("a reader fetches alone where it must, and says why", () => {
  assertEquals(sized(["reader.read_threads=0"]), [
    1,
    "the accelerator reads by itself (reader.read_threads)",
  ]);
  assertEquals(
    sized(["reader.accelerators_per_thread=2", "reader.readers_per_thread=2"], {
      accelerators: 4,
    }),
    [1, "readers share threads (reader.readers_per_thread)"],
  );
});

Deno.test("what is said of transfer threads counts; null and nothing are sized", () => {
  assertEquals(sized([`${OPTION}=1`]), [1, "override"]);
  assertEquals(sized([`${OPTION}=5`], { cpuCount: 2 }), [5, "override"]);
  assertEquals(sized([`${OPTION}=null`])[0], 8);
});

Deno.test("AIStore has transfer threads too, files have none", () => {
  const ais = [
    "storage.storage_type=aistore",
    "storage.storage_root=bucket",
    "storage.storage_options.endpoint_url=http://localhost:1",
    "reader.read_threads=1",
    "reader.batch_size=4",
    "dataset.num_files_train=4096",
  ];
  assertEquals(transferThreadsOf(resolved(ais).workload), 8);
  const files = resolved(["reader.read_threads=1"]);
  assertEquals(transferThreadsOf(files.workload), 1);
  assertEquals(files.origins.has(OPTION), false);
});

for (
  const [what, words, rule] of [
    [
      "the accelerator reads by itself",
      ["reader.read_threads=0"],
      "it must be 1 where the accelerator reads by itself",
    ],
    [
      "readers share threads",
      ["reader.readers_per_thread=2"],
      "it must be 1 where readers share threads",
    ],
    [
      "whole shards are copied",
      ["dataset.format=mds", "reader.shard_cache_folder=/tmp/shards"],
      "it must be 1 where whole shards are copied first",
    ],
    [
      "a reader has fewer reads under way",
      ["storage.storage_options.prefetch_window=2"],
      "it must be <= storage.storage_options.prefetch_window, which is 2",
    ],
  ] as const
) {
  Deno.test(`transfer threads are refused where ${what}`, () => {
    const error = assertThrows(
      () => resolved([...S3, ...words, `${OPTION}=3`]),
      ConfigError,
    );
    assertStringIncludes(error.message, `Cannot use ${OPTION} = 3`);
    assertStringIncludes(error.message, rule);
  });
}

Deno.test("transfer threads are refused where only checkpoints are in an object store", () => {
  const error = assertThrows(
    () =>
      resolved([
        "checkpoint.checkpoint_folder=s3://bucket/checkpoints",
        "workflow.checkpoint=true",
        "storage.storage_options.endpoint_url=http://localhost:1",
        "storage.storage_options.access_key_id=a",
        "storage.storage_options.secret_access_key=b",
        `${OPTION}=3`,
      ]),
    ConfigError,
  );
  assertStringIncludes(
    error.message,
    "only a dataset in an object store is read by such threads: " +
      "storage_type aistore or s3",
  );
});
