import { assertEquals } from "@std/assert";
import { trainingFiles } from "../../../lib/rules/sizing/training_files.ts";

const UNET3D = { batchSize: 7, samplesPerFile: 1, recordBytes: 146_600_628 };

Deno.test("trainingFiles() of a published run: 16 b200 on 4 hosts of 768 GiB", () => {
  assertEquals(
    trainingFiles({
      ...UNET3D,
      accelerators: 16,
      memoryBytes: 4 * 768 * 2 ** 30,
    }),
    {
      fileCount: 112_501,
      stepsFileCount: 56_000,
      memoryFileCount: 112_501,
      decidedBy: "memory",
    },
  );
});

Deno.test("trainingFiles() rounds up, so that a part of a file is a file", () => {
  const { fileCount, decidedBy } = trainingFiles({
    accelerators: 1,
    batchSize: 1,
    samplesPerFile: 3,
    recordBytes: 1000,
    memoryBytes: 0,
  });
  assertEquals([fileCount, decidedBy], [167, "steps"]);
});
