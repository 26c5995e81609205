import { assert, assertEquals, assertThrows } from "@std/assert";
import { BlendOrder } from "../../lib/sampling/blend_order.ts";
import { EvenBlendOrder } from "../../lib/sampling/even_blend.ts";

const PLAIN = { weights: [], sampleSeed: null, changesWithEpoch: true };

function filesOf(order: BlendOrder, count: number): number[] {
  return Array.from({ length: count }, (_, at) => order.fileAt(at));
}

Deno.test("BlendOrder chooses the files that Megatron's helpers choose", () => {
  // helpers_cpp.build_blending_indices() of megatron-core 0.16.1 says these.
  const weighted = new BlendOrder({
    ...PLAIN,
    counts: [100, 100, 100],
    weights: [50, 30, 20],
  });
  assertEquals(filesOf(weighted, 20).join(""), "01201020100120102010");
  // And build_exhaustive_blending_indices() these.
  const exhaustive = new BlendOrder({ ...PLAIN, counts: [7, 2, 4] });
  assertEquals(filesOf(exhaustive, 13).join(""), "0210200201020");
});

Deno.test("BlendOrder without weights gives every sample of every file once", () => {
  const counts = [50, 7, 23, 1];
  const order = new BlendOrder({ ...PLAIN, counts, sampleSeed: 3 });
  for (const epoch of [1, 2]) {
    order.begin(epoch);
    const seen = new Set<string>();
    for (let at = 0; at < 81; at++) {
      const file = order.fileAt(at);
      seen.add(`${file} ${order.sampleAt(at, file)}`);
    }
    const wanted = counts.flatMap((count, file) =>
      Array.from({ length: count }, (_, sample) => `${file} ${sample}`)
    );
    assertEquals([...seen].sort(), wanted.sort());
  }
  assertThrows(() => order.fileAt(81), RangeError);
});

Deno.test("BlendOrder gives a heavy file's samples again in another order", () => {
  const order = new BlendOrder({
    counts: [10, 90],
    weights: [1, 1],
    sampleSeed: 3,
    changesWithEpoch: true,
  });
  const first: number[] = [];
  for (let at = 0; at < 100; at++) {
    const file = order.fileAt(at);
    const sample = order.sampleAt(at, file);
    if (file === 0) first.push(sample);
  }
  assertEquals(first.length, 50);
  const passes = [0, 1, 2, 3, 4].map((pass) =>
    first.slice(10 * pass, 10 * pass + 10)
  );
  for (const pass of passes) {
    assertEquals([...pass].sort((a, b) => a - b), [...Array(10).keys()]);
  }
  assert(passes[0]!.join() !== passes[1]!.join());
});

Deno.test("BlendOrder answers the same in any sequence of positions", () => {
  const settings = {
    counts: [100_000, 60_000, 30_000],
    weights: [],
    sampleSeed: 1,
    changesWithEpoch: true,
  };
  const forward = new BlendOrder(settings);
  const known = new Map<number, string>();
  for (let at = 0; at < 190_000; at++) {
    const file = forward.fileAt(at);
    known.set(at, `${file} ${forward.sampleAt(at, file)}`);
  }
  const from = new BlendOrder(settings, 120_000);
  for (const at of [120_000, 120_001, 189_999, 5, 70_000, 69_999, 131_072, 0]) {
    for (const order of [forward, from]) {
      const file = order.fileAt(at);
      assertEquals(`${file} ${order.sampleAt(at, file)}`, known.get(at));
    }
  }
});

Deno.test("EvenBlendOrder gives the order of equal files without going there", () => {
  for (
    const [fileCount, samplesPerFile] of [[1, 40], [3, 13], [7, 6]] as const
  ) {
    for (const sampleSeed of [null, 5]) {
      const settings = { sampleSeed, changesWithEpoch: true };
      const blend = new BlendOrder({
        ...settings,
        weights: [],
        counts: new Array<number>(fileCount).fill(samplesPerFile),
      });
      const even = new EvenBlendOrder({
        ...settings,
        fileCount,
        samplesPerFile,
      });
      for (const epoch of [1, 2]) {
        blend.begin(epoch);
        even.begin(epoch);
        for (let at = 0; at < fileCount * samplesPerFile; at++) {
          const file = blend.fileAt(at);
          assertEquals(even.fileAt(at), file);
          assertEquals(even.sampleAt(at, file), blend.sampleAt(at, file));
        }
      }
      assertThrows(
        () => even.sampleAt(fileCount * samplesPerFile, 0),
        RangeError,
      );
    }
  }
});
