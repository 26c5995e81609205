import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { checkpointFiles } from "../../lib/checkpoint/checkpoint_files.ts";
import type { CheckpointLayout } from "../../lib/checkpoint/checkpoint_files.ts";
import { ALONE, LLAMA3_405B, MEGATRON, TINY, UNET3D } from "./models.ts";

function namesOf(layout: CheckpointLayout, rank: number): string[] {
  return checkpointFiles(layout, rank).map((file) => file.name);
}

Deno.test("checkpointFiles() without ZeRO are written by copy 0", () => {
  const layout = {
    model: TINY,
    parallelism: { tensor: 2, pipeline: 2, data: 2, zeroStage: 0 },
  } as const;
  assertEquals(namesOf(layout, 3), [
    "zero_pp_rank_0_mp_rank_3_model_states.pt",
    "zero_pp_rank_0_mp_rank_3_optim_states.pt",
  ]);
  for (let rank = 4; rank < 8; rank++) assertEquals(namesOf(layout, rank), []);
});

Deno.test("checkpointFiles() without ZeRO are written by all with all_ranks", () => {
  const layout = {
    model: TINY,
    parallelism: { tensor: 2, pipeline: 2, data: 2, zeroStage: 0 },
    type: "all_ranks",
  } as const;
  assertEquals(namesOf(layout, 7), [
    "zero_pp_rank_1_mp_rank_3_model_states.pt",
    "zero_pp_rank_1_mp_rank_3_optim_states.pt",
  ]);
});

for (const zeroStage of [1, 2] as const) {
  Deno.test(`checkpointFiles() of ZeRO ${zeroStage} write the model once`, () => {
    const layout = {
      model: TINY,
      parallelism: { tensor: 2, pipeline: 1, data: 2, zeroStage },
    };
    assertEquals(namesOf(layout, 1), [
      "model_1_model_states.pt",
      "zero_pp_rank_0_mp_rank_1_optim_states.pt",
    ]);
    assertEquals(namesOf(layout, 3), [
      "zero_pp_rank_1_mp_rank_1_optim_states.pt",
    ]);
  });

  Deno.test(`checkpointFiles() of ZeRO ${zeroStage} with stages are layers`, () => {
    const layout = {
      model: TINY,
      parallelism: { tensor: 2, pipeline: 2, data: 2, zeroStage },
    };
    assertEquals(namesOf(layout, 2), [
      "layer_4-model_2_model_states.pt",
      "layer_5-model_2_model_states.pt",
      "layer_6-model_2_model_states.pt",
      "layer_7-model_2_model_states.pt",
      "zero_pp_rank_0_mp_rank_2_optim_states.pt",
    ]);
    assertEquals(namesOf(layout, 6), [
      "zero_pp_rank_1_mp_rank_2_optim_states.pt",
    ]);
  });
}

Deno.test("checkpointFiles() of ZeRO 3 are written by every rank", () => {
  const layout = {
    model: TINY,
    parallelism: { tensor: 2, pipeline: 1, data: 3, zeroStage: 3 },
  } as const;
  assertEquals(namesOf(layout, 5), [
    "zero_pp_rank_2_mp_rank_1_model_states.pt",
    "zero_pp_rank_2_mp_rank_1_optim_states.pt",
  ]);
});

Deno.test("checkpointFiles() of unet3d are one blob of rank 0", () => {
  const layout = { model: UNET3D, parallelism: { ...ALONE, data: 4 } };
  const [file, ...others] = checkpointFiles(layout, 0);
  assertEquals(others, []);
  assertEquals(file!.name, "model_states-0.pt");
  assertEquals(file!.byteCount, 499_153_191);
  assertEquals(file!.kind, "blob");
  assertEquals(checkpointFiles(layout, 1), []);
});

Deno.test("checkpointFiles() of a blob are every rank's with all_ranks", () => {
  const layout = {
    model: UNET3D,
    parallelism: { ...ALONE, data: 4 },
    type: "all_ranks",
  } as const;
  assertEquals(namesOf(layout, 3), ["model_states-3.pt"]);
});

Deno.test("checkpointFiles() have no blob for a transformer", () => {
  const layout = { model: TINY, parallelism: ALONE };
  assertEquals(checkpointFiles(layout, 0).map((file) => file.kind), [
    "model",
    "optimizer",
  ]);
});

Deno.test("checkpointFiles() of megatron_deepspeed are blob, layers, groups", () => {
  const layout = {
    model: MEGATRON,
    parallelism: { tensor: 4, pipeline: 8, data: 2, zeroStage: 1 },
    type: "all_ranks",
  } as const;
  const files = checkpointFiles(layout, 5);
  assertEquals(files.map((file) => [file.name, file.byteCount]), [
    ["model_states-5.pt", 30102],
    ["layer_6-model_5_model_states.pt", 65_574_784],
    ["layer_7-model_5_model_states.pt", 65_574_784],
    ["layer_8-model_5_model_states.pt", 65_574_784],
    ["layer_9-model_5_model_states.pt", 65_574_784],
    ["layer_10-model_5_model_states.pt", 65_574_784],
    ["zero_pp_rank_0_mp_rank_5_optim_states.pt", 5_625_369_600],
  ]);
});

Deno.test("checkpointFiles() of llama3_405b's last stage end with the norm", () => {
  const layout = {
    model: LLAMA3_405B,
    parallelism: { tensor: 8, pipeline: 32, data: 2, zeroStage: 1 },
  } as const;
  assertEquals(
    checkpointFiles(layout, 255).slice(-3).map((f) => [f.name, f.byteCount]),
    [
      ["layer_127-model_255_model_states.pt", 525_336_576],
      ["layer_128-model_255_model_states.pt", 32_768],
      ["zero_pp_rank_0_mp_rank_255_optim_states.pt", 9_513_171_840],
    ],
  );
});

Deno.test("checkpointFiles() take another extension", () => {
  const layout = { model: UNET3D, parallelism: ALONE, extension: "pb" };
  assertEquals(namesOf(layout, 0), ["model_states-0.pb"]);
});

Deno.test("checkpointFiles() scale every file, rounded up", () => {
  const layout = { model: UNET3D, parallelism: ALONE, scale: 1e-4 };
  // 49915.3191
  assertEquals(checkpointFiles(layout, 0)[0]!.byteCount, 49_916);
});

Deno.test("checkpointFiles() never share a name between ranks", () => {
  const direction = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(
      direction,
      direction,
      direction,
      fc.constantFrom(0, 1, 2, 3),
      fc.constantFrom("rank_zero", "all_ranks"),
      fc.boolean(),
      (tensor, pipeline, data, zeroStage, type, isTransformer) => {
        const layout = {
          model: { ...TINY, isTransformer },
          parallelism: { tensor, pipeline, data, zeroStage },
          type,
        } as CheckpointLayout;
        const names: string[] = [];
        for (let rank = 0; rank < tensor * pipeline * data; rank++) {
          names.push(...namesOf(layout, rank));
        }
        assertEquals(new Set(names).size, names.length);
      },
    ),
    { seed: 3 },
  );
});
