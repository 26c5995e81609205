import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  dataParallelism,
  parallelismProblems,
  parallelRank,
} from "../../lib/checkpoint/parallel_rank.ts";
import type { ParallelismSettings } from "../../lib/checkpoint/parallel_rank.ts";

const SETTINGS: ParallelismSettings = {
  tensor: 8,
  pipeline: 32,
  data: -1,
  zeroStage: 1,
  mode: "default",
  layerCount: 126,
};

Deno.test("parallelRank() splits rank 300 of 8 x 32 x 2 as DLIO does", () => {
  const parallelism = {
    tensor: 8,
    pipeline: 32,
    data: 2,
    zeroStage: 1,
  } as const;
  assertEquals(parallelRank(300, parallelism), {
    rank: 300,
    tensor: 4,
    pipeline: 5,
    data: 1,
    model: 44,
  });
});

Deno.test("parallelRank() gives every rank its own place", () => {
  const direction = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(direction, direction, direction, (tensor, pipeline, data) => {
      const places = new Set<string>();
      const parallelism = { tensor, pipeline, data, zeroStage: 0 } as const;
      for (let rank = 0; rank < tensor * pipeline * data; rank++) {
        const place = parallelRank(rank, parallelism);
        assert(place.tensor < tensor);
        assert(place.pipeline < pipeline);
        assert(place.data < data);
        assertEquals(place.model, place.pipeline * tensor + place.tensor);
        places.add(`${place.tensor} ${place.pipeline} ${place.data}`);
      }
      assertEquals(places.size, tensor * pipeline * data);
    }),
    { seed: 1 },
  );
});

Deno.test("dataParallelism() divides the accelerators in mode default", () => {
  assertEquals(dataParallelism(SETTINGS, 512), 2);
});

Deno.test("dataParallelism() is the setting in mode subset", () => {
  const settings = { ...SETTINGS, mode: "subset", data: 2 } as const;
  assertEquals(dataParallelism(settings, 8), 2);
});

Deno.test("parallelismProblems() accepts the published settings", () => {
  assertEquals(parallelismProblems(SETTINGS, 512), []);
  const subset = { ...SETTINGS, mode: "subset", data: 2 } as const;
  assertEquals(parallelismProblems(subset, 8), []);
});

const REFUSED: [string, Partial<ParallelismSettings>, number, string][] = [
  ["a number of accelerators that does not divide", {}, 8, "multiple of"],
  ["fewer layers than stages", { layerCount: 16 }, 512, "must be <="],
  ["ZeRO 3 with stages", { zeroStage: 3 }, 512, "must be < 3"],
  ["data in mode default", { data: 2 }, 512, "must be -1"],
  ["subset without data", { mode: "subset" }, 8, "must be >= 1"],
  [
    "a subset larger than the whole",
    { mode: "subset", data: 2 },
    513,
    "no more than data x tensor x pipeline = 512",
  ],
];

for (const [what, change, accelerators, rule] of REFUSED) {
  Deno.test(`parallelismProblems() refuses ${what}`, () => {
    const problems = parallelismProblems(
      { ...SETTINGS, ...change },
      accelerators,
    );
    assertEquals(problems.length, 1);
    assert(problems[0]!.includes(rule), problems[0]);
  });
}

Deno.test("parallelismProblems() names all problems at once", () => {
  const settings = {
    ...SETTINGS,
    layerCount: 3,
    zeroStage: 3,
    data: 1,
  } as const;
  assertEquals(parallelismProblems(settings, 7).length, 4);
});
