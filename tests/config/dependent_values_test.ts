import { assertEquals } from "@std/assert";
import {
  autoReadThreads,
  autoWriteThreads,
  readThreadsReason,
  recordBytes,
  writeThreadsReason,
} from "../../lib/config/dependent_values.ts";
import { resolveGiven } from "./resolving.ts";

function sizing(
  cpuCount: number,
  acceleratorsOnHost = 1,
  maxThreads: number | null = null,
) {
  return { cpuCount, acceleratorsOnHost, maxThreads };
}

Deno.test("autoReadThreads() shares the CPUs, at most 8 each", () => {
  assertEquals(autoReadThreads(sizing(4)), 4);
  assertEquals(autoReadThreads(sizing(64)), 8);
  assertEquals(autoReadThreads(sizing(7, 2)), 3);
  assertEquals(autoReadThreads(sizing(2, 8)), 1);
  assertEquals(autoReadThreads(sizing(64, 1, 16)), 16);
});

Deno.test("autoWriteThreads() keeps storage busy whose writes wait for it", () => {
  assertEquals(autoWriteThreads(sizing(64), false), 32);
  assertEquals(autoWriteThreads(sizing(2), false), 2);
  assertEquals(autoWriteThreads(sizing(2), true), 8);
  assertEquals(autoWriteThreads(sizing(10), true), 20);
  assertEquals(autoWriteThreads(sizing(64), true), 32);
  assertEquals(autoWriteThreads(sizing(64, 1, 4), false), 4);
});

Deno.test("the reason of a sized number has all that it was sized by", () => {
  assertEquals(
    readThreadsReason(sizing(1, 1, 3)),
    "1 CPU / 1 accelerator of this host, at most 3 (DLIO_MAX_AUTO_THREADS)",
  );
  assertEquals(
    writeThreadsReason(sizing(8, 2), true),
    "2 x 8 CPUs / 2 accelerators of this host, at most 32, but at least 8 " +
      "as writes wait for the storage",
  );
});

Deno.test("recordBytes() is the product of dims times the element's bytes", () => {
  assertEquals(recordBytes([4, 5], "uint8"), 20);
  assertEquals(recordBytes([4, 5], "float64"), 160);
  assertEquals(recordBytes([], "int16"), 2);
});

Deno.test("resolveWorkload() sizes threads only where none are given", () => {
  const auto = resolveGiven({ context: { accelerators: 2 } });
  assertEquals(auto.workload.reader.read_threads, 4);
  assertEquals(auto.workload.reader.write_threads, 4);
  assertEquals(auto.origins.get("reader.read_threads"), {
    kind: "auto",
    reason: "8 CPUs / 2 accelerators of this host, at most 8",
  });
  const one = resolveGiven({
    words: ["reader.read_threads=1", "reader.write_threads=1"],
  });
  assertEquals(one.workload.reader.read_threads, 1);
  assertEquals(one.workload.reader.write_threads, 1);
});

Deno.test("resolveWorkload() sizes by this host's share of accelerators", () => {
  const { workload } = resolveGiven({
    words: ["dataset.num_files_train=16"],
    context: { accelerators: 16, acceleratorsOnHost: 2 },
    environment: { DLIO_MAX_AUTO_THREADS: "3" },
  });
  assertEquals(workload.reader.read_threads, 3);
});

Deno.test("resolveWorkload() lets readers make single calls, past the page cache many if the host can", () => {
  const engineOf = (...words: string[]) =>
    resolveGiven({ words }).workload.reader.io_engine;
  assertEquals(engineOf(), "sync");
  assertEquals(engineOf("reader.odirect=true"), "auto");
  assertEquals(engineOf("storage.storage_type=direct_fs"), "auto");
  assertEquals(
    engineOf("reader.odirect=true", "reader.io_engine=sync"),
    "sync",
  );
  assertEquals(engineOf("reader.io_engine=uring"), "uring");
});
