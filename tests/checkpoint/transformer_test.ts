import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  layerTensors,
  optimizerTensors,
  parameterCount,
  stageLayers,
} from "../../lib/checkpoint/transformer.ts";
import { DATATYPE_BYTES } from "../../lib/checkpoint/model_spec.ts";
import type { TensorSpec } from "../../lib/checkpoint/model_spec.ts";
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

function bytesOf(tensors: readonly TensorSpec[]): number {
  return tensors.reduce(
    (sum, { datatype, elementCount }) =>
      sum + elementCount * DATATYPE_BYTES[datatype],
    0,
  );
}

Deno.test("parameterCount() equals DLIO's", () => {
  assertEquals(parameterCount(LLAMA3_8B), 8_030_261_248);
  assertEquals(parameterCount(LLAMA3_70B), 69_882_617_856);
  assertEquals(parameterCount(LLAMA3_405B), 405_853_388_800);
  assertEquals(parameterCount(LLAMA3_1T), 1_183_035_102_480);
});

Deno.test("parameterCount() is 0 without layers", () => {
  assertEquals(parameterCount(UNET3D), 0);
});

Deno.test("parameterCount() is what an unshared model's layers add up to", () => {
  let elements = 0;
  for (let layer = 0; layer <= TINY.layerCount + 2; layer++) {
    for (const tensor of layerTensors(TINY, ALONE, layer)) {
      elements += tensor.elementCount;
    }
  }
  assertEquals(elements, parameterCount(TINY));
});

Deno.test("stageLayers() gives llama3_405b's stages as DLIO does", () => {
  const stage = (index: number) => stageLayers(LLAMA3_405B, 32, index);
  assertEquals(stage(0), { firstLayer: 0, lastLayer: 4 });
  assertEquals(stage(1), { firstLayer: 5, lastLayer: 8 });
  // 126 = 32 x 3 + 30: the last two stages hold three blocks
  assertEquals(stage(29), { firstLayer: 117, lastLayer: 120 });
  assertEquals(stage(30), { firstLayer: 121, lastLayer: 123 });
  assertEquals(stage(31), { firstLayer: 124, lastLayer: 128 });
});

Deno.test("stageLayers() covers every layer once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 64 }),
      (layerCount, stages) => {
        fc.pre(stages <= layerCount);
        const model = { ...TINY, layerCount };
        let nextLayer = 0;
        for (let stage = 0; stage < stages; stage++) {
          const range = stageLayers(model, stages, stage);
          assertEquals(range.firstLayer, nextLayer);
          nextLayer = range.lastLayer + 1;
        }
        assertEquals(nextLayer, layerCount + 3);
      },
    ),
    { seed: 2 },
  );
});

Deno.test("stageLayers() of predefined layers holds blocks only", () => {
  assertEquals(stageLayers(MEGATRON, 8, 0), { firstLayer: 1, lastLayer: 5 });
  assertEquals(stageLayers(MEGATRON, 8, 7), { firstLayer: 36, lastLayer: 40 });
});

Deno.test("stageLayers() is empty without layers", () => {
  assertEquals(stageLayers(UNET3D, 1, 0), { firstLayer: 0, lastLayer: -1 });
});

Deno.test("layerTensors() has llama3_405b's file sizes", () => {
  const parallelism = {
    tensor: 8,
    pipeline: 32,
    data: 2,
    zeroStage: 1,
  } as const;
  const layerBytes = (layer: number) =>
    bytesOf(layerTensors(LLAMA3_405B, parallelism, layer));
  assertEquals(layerBytes(0), 525_336_576);
  assertEquals(layerBytes(1), 796_983_296);
  assertEquals(layerBytes(126), 796_983_296);
  assertEquals(layerBytes(127), 525_336_576);
  assertEquals(layerBytes(128), 32_768);
});

Deno.test("layerTensors() has llama3_1t's file sizes", () => {
  const parallelism = {
    tensor: 8,
    pipeline: 64,
    data: 2,
    zeroStage: 1,
  } as const;
  const layerBytes = (layer: number) =>
    bytesOf(layerTensors(LLAMA3_1T, parallelism, layer));
  assertEquals(layerBytes(0), 829_559_808);
  assertEquals(layerBytes(64), 2_297_744_064);
  assertEquals(layerBytes(130), 51_744);
});

Deno.test("layerTensors() floors after each division", () => {
  const parallelism = {
    tensor: 5,
    pipeline: 1,
    data: 7,
    zeroStage: 3,
  } as const;
  // 24 x 50 x 2 / 5 = 480, / 7 = 68.57; 24 x 101 / 5 = 484.8, / 7 = 69.14
  assertEquals(layerTensors(TINY, parallelism, 1)[4]!.elementCount, 68);
  assertEquals(layerTensors(TINY, parallelism, 0)[0]!.elementCount, 69);
});

Deno.test("layerTensors() shares a layer between copies in ZeRO 3 only", () => {
  const bytes = ([0, 1, 2, 3] as const).map((zeroStage) =>
    bytesOf(layerTensors(TINY, { ...ALONE, data: 2, zeroStage }, 2))
  );
  assertEquals(bytes[0], bytes[1]);
  assertEquals(bytes[0], bytes[2]);
  assertEquals(bytes[0], bytes[3]! * 2);
});

Deno.test("layerTensors() uses the model's datatype", () => {
  const half = bytesOf(layerTensors(TINY, ALONE, 3));
  const model = { ...TINY, modelDatatype: "fp64" } as const;
  assertEquals(bytesOf(layerTensors(model, ALONE, 3)), 4 * half);
});

Deno.test("layerTensors() divides predefined layers by tensor", () => {
  const parallelism = { ...ALONE, tensor: 4 };
  assertEquals(
    layerTensors(MEGATRON, parallelism, 9).map((t) => t.elementCount),
    [13_145_984, 52_428_800],
  );
});

Deno.test("layerTensors() leaves empty tensors out", () => {
  const model = { ...MEGATRON, layerParameters: [0, 8, 3] };
  const tensors = layerTensors(model, { ...ALONE, tensor: 4 }, 1);
  assertEquals(tensors.map((tensor) => tensor.elementCount), [2]);
});

Deno.test("optimizerTensors() has the per-rank bytes of DLIO", () => {
  const optimizerBytes = (
    model: typeof TINY,
    tensor: number,
    pipeline: number,
    data: number,
    zeroStage: 1 | 3,
  ) => bytesOf(optimizerTensors(model, { tensor, pipeline, data, zeroStage }));
  assertEquals(optimizerBytes(LLAMA3_8B, 1, 1, 8, 3), 12_045_637_632);
  assertEquals(optimizerBytes(LLAMA3_70B, 8, 1, 8, 3), 13_103_482_368);
  assertEquals(optimizerBytes(LLAMA3_405B, 8, 32, 2, 1), 9_513_171_840);
  assertEquals(optimizerBytes(LLAMA3_1T, 8, 64, 2, 1), 13_865_244_924);
});

Deno.test("optimizerTensors() is shared by the copies from ZeRO 1 on", () => {
  const counts = ([0, 1, 2, 3] as const).map((zeroStage) => {
    const parallelism = { tensor: 2, pipeline: 2, data: 3, zeroStage };
    return optimizerTensors(TINY, parallelism)[0]!.elementCount;
  });
  const total = parameterCount(TINY);
  assertEquals(counts[0], Math.floor(total / 4));
  assertEquals(counts.slice(1), Array(3).fill(Math.floor(total / 12)));
});

Deno.test("optimizerTensors() of groups is each twice and all combined", () => {
  const tensors = optimizerTensors(MEGATRON, ALONE);
  assertEquals(tensors.map((tensor) => tensor.elementCount), [
    1009254400,
    1009254400,
    865075200,
    865075200,
    793600,
    793600,
    1875123200,
  ]);
  assertEquals(tensors.at(-1)!.name, "optimizer.combined");
});

Deno.test("optimizerTensors() is empty without parameters", () => {
  assertEquals(optimizerTensors(UNET3D, ALONE), []);
});
