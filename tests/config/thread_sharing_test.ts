import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../lib/errors.ts";
import { resolveGiven } from "./resolving.ts";

/** Accelerators and readers per thread on 2 CPUs, and where they came from. */
function threadsOf(accelerators: number, ...words: string[]) {
  const { workload, origins } = resolveGiven({
    words: ["reader.read_threads=2", "dataset.num_files_train=4096", ...words],
    context: { accelerators, cpuCount: 2 },
  });
  const { accelerators_per_thread, readers_per_thread } = workload.reader;
  return {
    per: [accelerators_per_thread, readers_per_thread],
    origins: ["accelerators_per_thread", "readers_per_thread"]
      .map((name) => origins.get(`reader.${name}`)?.kind),
  };
}

Deno.test("one accelerator per CPU has a thread of its own, and readers of two have", () => {
  const auto = ["auto" as const, "auto" as const];
  assertEquals(threadsOf(2), { per: [1, 1], origins: auto });
  const many = "reader.read_threads=20";
  assertEquals(threadsOf(3, many), { per: [2, 1], origins: auto });
  assertEquals(threadsOf(4, many), { per: [2, 1], origins: auto });
  assertEquals(threadsOf(5, many), { per: [3, 4], origins: auto });
  // Three and two accelerators; ten readers in as many threads.
  assertEquals(threadsOf(5), { per: [3, 1], origins: auto });
});

Deno.test("beyond that every CPU has one thread of accelerators and 16 that read files", () => {
  assertEquals(threadsOf(64).per, [32, 4]);
  assertEquals(threadsOf(256).per, [128, 16]);
});

Deno.test("where reads do not block there are 2 threads of readers per CPU", () => {
  const s3 = [
    "storage.storage_type=s3",
    "storage.storage_root=bucket",
    "storage.storage_options.endpoint_url=http://localhost:1",
    "storage.storage_options.access_key_id=a",
    "storage.storage_options.secret_access_key=b",
  ];
  assertEquals(threadsOf(64, ...s3).per, [32, 32]);
  const free = "storage.storage_type=null";
  assertEquals(threadsOf(64, free).per, [32, 32]);
  assertEquals(
    threadsOf(64, free, "storage.storage_options.latency=0.001").per,
    [32, 4],
  );
});

Deno.test("what is said counts, and readers of accelerators with own threads have their own", () => {
  const said = "reader.accelerators_per_thread";
  assertEquals(threadsOf(64, `${said}=1`), {
    per: [1, 1],
    origins: ["override", "auto"],
  });
  assertEquals(threadsOf(4, `${said}=2`).per, [2, 1]);
  assertEquals(threadsOf(64, "reader.readers_per_thread=1").per, [32, 1]);
});

Deno.test("readers with many reads in flight have 2 threads per CPU, or as many as are asked for", () => {
  const uring = "reader.io_engine=uring";
  assertEquals(threadsOf(64, uring).per, [32, 32]);
  assertEquals(threadsOf(64, uring, "reader.readers_per_thread=4").per, [
    32,
    4,
  ]);
  assertEquals(threadsOf(2, uring, "reader.readers_per_thread=4").per, [1, 4]);
  // This host may not have it: then as many threads as reads that block.
  assertEquals(threadsOf(64, "reader.io_engine=auto").per, [32, 4]);
});

Deno.test("an accelerator that reads by itself has its own thread, and no other can be asked for", () => {
  const inline = "reader.read_threads=0";
  assertEquals(threadsOf(64, inline).per, [1, 1]);
  const error = assertThrows(
    () => threadsOf(64, inline, "reader.accelerators_per_thread=4"),
    ConfigError,
  );
  assertEquals(error.message.includes("must have one of its own"), true);
  // Without reads there is nothing that blocks.
  const synthetic = "reader.data_loader=synthetic";
  assertEquals(threadsOf(64, inline, synthetic).per[0], 32);
});
