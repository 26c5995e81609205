import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  checkpointTotals,
  rankCheckpointSize,
} from "../../lib/checkpoint/checkpoint_size.ts";
import type { CheckpointLayout } from "../../lib/checkpoint/checkpoint_files.ts";
import {
  ALONE,
  LLAMA3_1T,
  LLAMA3_405B,
  LLAMA3_70B,
  LLAMA3_8B,
  MEGATRON,
  TINY,
  UNET3D,
} from "./models.ts";

const GIB = 2 ** 30;

const LAYOUT_8B: CheckpointLayout = {
  model: LLAMA3_8B,
  parallelism: { tensor: 1, pipeline: 1, data: 8, zeroStage: 3 },
};
const LAYOUT_70B: CheckpointLayout = {
  model: LLAMA3_70B,
  parallelism: { tensor: 8, pipeline: 1, data: 8, zeroStage: 3 },
};
const LAYOUT_405B: CheckpointLayout = {
  model: LLAMA3_405B,
  parallelism: { tensor: 8, pipeline: 32, data: 2, zeroStage: 1 },
};
const LAYOUT_1T: CheckpointLayout = {
  model: LLAMA3_1T,
  parallelism: { tensor: 8, pipeline: 64, data: 2, zeroStage: 1 },
};

Deno.test("checkpointTotals() equals DLIO's sizes to the byte", () => {
  const rows: [CheckpointLayout, number, number, number, number][] = [
    [LAYOUT_8B, 8, 112_425_623_552, 14.958, 89.747],
    [LAYOUT_70B, 64, 978_406_572_032, 130.184, 781.028],
    [LAYOUT_405B, 512, 5_682_508_791_808, 756.015, 4536.234],
    [LAYOUT_1T, 1024, 16_564_174_094_592, 2203.661, 13222.928],
  ];
  for (const [layout, accelerators, totalBytes, model, optimizer] of rows) {
    const totals = checkpointTotals(layout, accelerators);
    assertEquals(totals.totalBytes, totalBytes);
    assertAlmostEquals(totals.modelBytes / GIB, model, 5e-4);
    assertAlmostEquals(totals.optimizerBytes / GIB, optimizer, 5e-4);
    assertEquals(totals.writingRankCount, accelerators);
  }
});

Deno.test("checkpointTotals() counts as many files as DLIO writes", () => {
  assertEquals(checkpointTotals(LAYOUT_8B, 8).fileCount, 16);
  assertEquals(checkpointTotals(LAYOUT_70B, 64).fileCount, 128);
  assertEquals(checkpointTotals(LAYOUT_405B, 512).fileCount, 1032 + 512);
  assertEquals(checkpointTotals(LAYOUT_1T, 1024).fileCount, 1048 + 1024);
});

Deno.test("checkpointTotals() of 8 ranks in mode subset equals DLIO's", () => {
  const gib = (layout: CheckpointLayout) =>
    checkpointTotals(layout, 8).totalBytes / GIB;
  assertAlmostEquals(gib(LAYOUT_70B), 113.902, 5e-4);
  assertAlmostEquals(gib(LAYOUT_405B), 98.545, 5e-4);
  assertAlmostEquals(gib(LAYOUT_1T), 143.724, 5e-4);
});

Deno.test("rankCheckpointSize() equals DLIO's", () => {
  const eight = rankCheckpointSize(LAYOUT_8B, 7);
  assertEquals(eight.modelBytes, 2_007_565_312);
  assertEquals(eight.optimizerBytes, 12_045_637_632);
  const seventy = rankCheckpointSize(LAYOUT_70B, 0);
  assertEquals(seventy.modelBytes, 2_184_120_320);
  assertEquals(seventy.optimizerBytes, 13_103_482_368);
  const first = rankCheckpointSize(LAYOUT_405B, 0);
  assertEquals(first.modelBytes, 3_713_269_760);
  assertEquals(first.fileCount, 6);
  const secondCopy = rankCheckpointSize(LAYOUT_405B, 256);
  assertEquals(secondCopy.modelBytes, 0);
  assertEquals(secondCopy.optimizerBytes, 9_513_171_840);
});

Deno.test("checkpointTotals() counts a ZeRO 2 model once", () => {
  const parallelism = {
    tensor: 1,
    pipeline: 1,
    data: 4,
    zeroStage: 2,
  } as const;
  const one = { ...parallelism, zeroStage: 1 } as const;
  assertEquals(
    checkpointTotals({ model: TINY, parallelism }, 4),
    checkpointTotals({ model: TINY, parallelism: one }, 4),
  );
});

Deno.test("checkpointTotals() counts predefined layers and groups", () => {
  const totals = checkpointTotals({
    model: MEGATRON,
    parallelism: { tensor: 4, pipeline: 8, data: 1, zeroStage: 1 },
    type: "all_ranks",
  }, 32);
  assertEquals(totals.modelBytes, 32 * (30102 + 5 * 65_574_784));
  assertEquals(totals.optimizerBytes, 32 * 5_625_369_600);
  assertEquals(totals.rankFilesMax, 7);
});

Deno.test("checkpointTotals() counts each blob that is written", () => {
  const layout = { model: UNET3D, parallelism: { ...ALONE, data: 8 } };
  assertEquals(checkpointTotals(layout, 8).totalBytes, 499_153_191);
  const all = { ...layout, type: "all_ranks" } as const;
  assertEquals(checkpointTotals(all, 8).totalBytes, 8 * 499_153_191);
});

Deno.test("checkpointTotals() names the largest rank", () => {
  const totals = checkpointTotals(LAYOUT_405B, 512);
  // stage 31 holds 3 blocks, the output projection and the norm
  assertEquals(totals.rankBytesMax, 3_713_269_760 + 9_513_171_840);
  assertEquals(totals.rankFilesMax, 6);
  assertEquals(totals.rankZero.totalBytes, totals.rankBytesMax);
});

Deno.test("checkpointTotals() of 512 ranks scaled by 1e-4 is 1e-4 of it", () => {
  const totals = checkpointTotals({ ...LAYOUT_405B, scale: 1e-4 }, 512);
  assertEquals(totals.fileCount, 1544);
  const roundedUpBytes = totals.totalBytes - 568_250_879.1808;
  assertEquals(roundedUpBytes > 0 && roundedUpBytes < 1544, true);
});
