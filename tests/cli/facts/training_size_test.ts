/** Tests of lib/cli/facts/training_size.ts. */
import { assertEquals } from "@std/assert";
import {
  trainingRules,
  trainingSize,
} from "../../../lib/cli/facts/training_size.ts";
import { builtIn } from "../built_in.ts";

const GIB = 2 ** 30;

Deno.test("trainingSize() gives the number of the rules", () => {
  const hosts = { accelerators: 16, memoryBytes: 2 * 128 * GIB };
  const size = trainingSize(builtIn("unet3d_a100"), hosts);
  assertEquals(size.memoryFileCount, 9376);
  assertEquals(size.stepsFileCount, 56_000);
  assertEquals(size.fileCount, 56_000);
  assertEquals((size.datasetBytes / GIB).toFixed(2), "7645.82");
  assertEquals(size.decidedBy, "steps");
  assertEquals(trainingRules(size, hosts), [
    "3.1.2, steps decides: 56000 files for 500 steps x 16 accelerators x batch 7 " +
    "at 1 samples per file",
    "memory: 9376 files for 5 x 274877906944 bytes of memory at 146600628 " +
    "bytes per file",
  ]);
});

Deno.test("trainingSize() lets memory decide where it is large", () => {
  const hosts = { accelerators: 1, memoryBytes: 1024 * GIB };
  const size = trainingSize(builtIn("unet3d_a100"), hosts);
  assertEquals(size.decidedBy, "memory");
  assertEquals(size.fileCount, Math.ceil(5 * 1024 * GIB / 146_600_628));
});

Deno.test("trainingSize() counts samples of files that hold many", () => {
  const workload = builtIn("resnet50_h100");
  const size = trainingSize(workload, { accelerators: 8, memoryBytes: 1 });
  assertEquals(size.fileCount, Math.ceil(500 * 8 * 400 / 1251));
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
  assertEquals([size.stepsFileCount, size.fileCount], [1, 1]);
});

/**
 * Every model and accelerator, accelerators, hosts, GiB of each: files and what
 * decides. Computed in exact fractions by Python from the workload files:
 * ceil(max(500 x batch x accelerators, 5 x memory / bytes of a sample) /
 * samples per file).
 */
const BY_HAND = `
bert_v100|16|4|512|14028|memory
bert_v100|8|1|64|439|memory
cosmoflow_a100|16|4|512|3887280|memory
cosmoflow_a100|8|1|64|121478|memory
cosmoflow_h100|16|4|512|3887280|memory
cosmoflow_h100|8|1|64|121478|memory
cosmoflow_v100|16|4|512|3887280|memory
cosmoflow_v100|8|1|64|121478|memory
dlrm_b200|16|4|512|3062|memory
dlrm_b200|8|1|64|96|memory
dlrm_mi355|16|4|512|3062|memory
dlrm_mi355|8|1|64|96|memory
flux_b200|16|4|512|17636|memory
flux_b200|8|1|64|667|steps
flux_mi355|16|4|512|17636|memory
flux_mi355|8|1|64|1000|steps
resnet50_a100|16|4|512|76654|memory
resnet50_a100|8|1|64|2396|memory
resnet50_h100|16|4|512|76654|memory
resnet50_h100|8|1|64|2396|memory
resnet50_v100|16|4|512|76654|memory
resnet50_v100|8|1|64|2396|memory
retinanet_b200|16|4|512|34045140|memory
retinanet_b200|8|1|64|1063911|memory
retinanet_mi355|16|4|512|34045140|memory
retinanet_mi355|8|1|64|1063911|memory
unet3d_a100|16|4|512|75001|memory
unet3d_a100|8|1|64|28000|steps
unet3d_a100_s3|16|4|512|75001|memory
unet3d_a100_s3|8|1|64|28000|steps
unet3d_b200|16|4|512|75001|memory
unet3d_b200|8|1|64|28000|steps
unet3d_h100|16|4|512|75001|memory
unet3d_h100|8|1|64|28000|steps
unet3d_h100_s3|16|4|512|75001|memory
unet3d_h100_s3|8|1|64|28000|steps
unet3d_v100|16|4|512|75001|memory
unet3d_v100|8|1|64|16000|steps
unet3d_v100_s3|16|4|512|75001|memory
unet3d_v100_s3|8|1|64|16000|steps
`.trim().split("\n").map((line) => line.split("|"));

for (const [name, count, hosts, gib, files, decidedBy] of BY_HAND) {
  Deno.test(`trainingSize() of ${name}, ${count} accelerators, ${hosts} x ${gib} GiB is what the rules compute`, () => {
    const size = trainingSize(builtIn(name!), {
      accelerators: Number(count),
      memoryBytes: Number(hosts) * Number(gib) * GIB,
    });
    assertEquals(
      [size.fileCount, size.decidedBy],
      [Number(files), decidedBy],
    );
  });
}

Deno.test("trainingSize() tells how long a run computes, and how long at the goal", () => {
  const { time } = trainingSize(builtIn("unet3d_b200"), {
    accelerators: 16,
    memoryBytes: 4 * 512 * GIB,
  });
  // 75001 samples / 16 / 7 = 669.7 steps, 0.162 s each, 5 epochs.
  assertEquals(time.stepsPerEpoch, 669);
  assertEquals(time.fullAuSeconds.toFixed(2), "541.89");
  assertEquals(time.goalSeconds.toFixed(1), "602.1");
});
