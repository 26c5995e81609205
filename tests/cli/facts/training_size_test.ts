/** Tests of lib/cli/facts/training_size.ts. */
import { assertEquals } from "@std/assert";
import {
  trainingRules,
  trainingSize,
} from "../../../lib/cli/facts/training_size.ts";
import { builtIn } from "../built_in.ts";

const GIB = 2 ** 30;

Deno.test("trainingSize() gives the number of mlpstorage", () => {
  const hosts = { accelerators: 16, memoryBytes: 2 * 128 * GIB };
  const size = trainingSize(builtIn("unet3d_a100"), hosts);
  assertEquals(size.memoryFileCount, 9375);
  assertEquals(size.stepsFileCount, 56_000);
  assertEquals(size.fileCount, 56_000);
  assertEquals((size.datasetBytes / GIB).toFixed(2), "7645.82");
  assertEquals(size.decidedBy, "steps");
  assertEquals(trainingRules(size, hosts), [
    "steps decides: 56000 files for 500 steps x 16 accelerators x batch 7 " +
    "at 1 samples per file",
    "memory: 9375 files for 5 x 274877906944 bytes of memory at 146600628 " +
    "bytes per file",
  ]);
});

Deno.test("trainingSize() lets memory decide where it is large", () => {
  const hosts = { accelerators: 1, memoryBytes: 1024 * GIB };
  const size = trainingSize(builtIn("unet3d_a100"), hosts);
  assertEquals(size.decidedBy, "memory");
  assertEquals(size.fileCount, Math.floor(5 * 1024 * GIB / 146_600_628));
});

Deno.test("trainingSize() counts samples of files that hold many", () => {
  const workload = builtIn("resnet50_h100");
  const size = trainingSize(workload, { accelerators: 8, memoryBytes: 1 });
  assertEquals(size.fileCount, Math.floor(500 * 8 * 400 / 1251));
  assertEquals(size.sampleCount, size.fileCount * 1251);
  assertEquals(size.datasetBytes % 1, 0);
  assertEquals(size.givenFileCount, 1024);
});

Deno.test("trainingSize() advises sub-folders beyond 10000 files", () => {
  const subfolders = (samples: number) =>
    trainingSize(builtIn("quick", ["reader.batch_size=1"]), {
      accelerators: samples / 500,
      memoryBytes: 1,
    }).subfolderCount;
  assertEquals([10_000, 10_500, 30_000].map(subfolders), [0, 1, 3]);
});

Deno.test("trainingSize() needs at least one file", () => {
  const workload = builtIn("quick", ["dataset.num_samples_per_file=100000"]);
  const size = trainingSize(workload, { accelerators: 1, memoryBytes: 1 });
  assertEquals([size.stepsFileCount, size.fileCount], [0, 1]);
});
