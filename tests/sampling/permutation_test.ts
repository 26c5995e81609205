import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Permutation } from "../../lib/sampling/permutation.ts";

const HUGE = 1_700_000_000;
const LARGEST = 2 ** 53 - 1;

/** The whole permutation. */
function elements(size: number, seed: number): number[] {
  const permutation = new Permutation(size, seed);
  return Array.from({ length: size }, (_, i) => permutation.at(i));
}

function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (vs: readonly number[]) =>
    vs.reduce((sum, v) => sum + v, 0) / vs.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, i) => {
    const y = ys[i] as number;
    xy += (x - mx) * (y - my);
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
  });
  return xy / Math.sqrt(xx * yy);
}

Deno.test("a permutation visits every index once, at every size to 2000", () => {
  for (let size = 1; size <= 2000; size++) {
    const permutation = new Permutation(size, size * 7919);
    const seen = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      const element = permutation.at(i);
      if (!(element >= 0 && element < size) || seen[element] === 1) {
        throw new Error(`size ${size}: position ${i} gives ${element}`);
      }
      seen[element] = 1;
    }
  }
});

Deno.test("a permutation of a million visits every index once", () => {
  const size = 1_000_003;
  const permutation = new Permutation(size, 5);
  const seen = new Uint8Array(size);
  for (let i = 0; i < size; i++) seen[permutation.at(i)] = 1;
  assertEquals(seen.indexOf(0), -1);
});

for (const size of [HUGE, 2 ** 31 + 1, 2 ** 32, 2 ** 40 - 1, LARGEST]) {
  Deno.test(`a permutation of ${size} stays inside and never repeats`, () => {
    const permutation = new Permutation(size, 99);
    const seen = new Set<number>();
    const look = (position: number) => {
      const element = permutation.at(position);
      assert(Number.isSafeInteger(element) && element >= 0 && element < size);
      assert(!seen.has(element), `${element} came twice`);
      seen.add(element);
    };
    // Neighbors at both ends, where carries and masks would fail, and a sample
    // in between.
    for (let i = 0; i < 2000; i++) look(i);
    for (let i = 1; i <= 2000; i++) look(size - i);
    const stride = Math.floor(size / 20_000);
    for (let i = 1; i < 20_000; i++) look(2000 + i * stride - 1);
  });
}

Deno.test("any size and seed give each of the first positions its own element", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: LARGEST }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (size, seed) => {
        const permutation = new Permutation(size, seed);
        const count = Math.min(size, 50);
        const seen = new Set<number>();
        for (let i = 0; i < count; i++) seen.add(permutation.at(i));
        assertEquals(seen.size, count);
        assert([...seen].every((e) => e >= 0 && e < size));
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

Deno.test("the same seed gives the same permutation, another another one", () => {
  assertEquals(elements(1000, 1), elements(1000, 1));
  const [one, two] = [elements(1000, 1), elements(1000, 2)];
  const equalPlaces = one.filter((element, i) => element === two[i]).length;
  // Chance leaves one place equal on average.
  assert(equalPlaces < 8, `${equalPlaces} places are equal`);
});

Deno.test("reseed() becomes what a new permutation of that seed is", () => {
  const permutation = new Permutation(500, 1);
  permutation.reseed(2);
  assertEquals(
    Array.from({ length: 500 }, (_, i) => permutation.at(i)),
    elements(500, 2),
  );
});

Deno.test("element and position, and neighbors, are not correlated", () => {
  for (const size of [1000, 4096, 50_000]) {
    for (const seed of [1, 2, 123]) {
      const order = elements(size, seed);
      // Four standard deviations of the correlation of a random order.
      const limit = 4 / Math.sqrt(size);
      const positions = order.map((_, i) => i);
      for (
        const r of [
          correlation(positions, order),
          correlation(order.slice(1), order.slice(0, -1)),
          correlation(positions.map((p) => p % 64), order.map((e) => e % 64)),
        ]
      ) assert(Math.abs(r) < limit, `size ${size}, seed ${seed}: ${r}`);
    }
  }
});

Deno.test("few elements stay in place or follow their predecessor", () => {
  let fixed = 0;
  let successors = 0;
  for (let seed = 0; seed < 100; seed++) {
    const order = elements(1000, seed);
    order.forEach((element, i) => {
      if (element === i) fixed++;
      if (i > 0 && element === (order[i - 1] as number) + 1) successors++;
    });
  }
  // One of each per permutation by chance; the deviation of 100 is 10.
  assert(Math.abs(fixed - 100) < 50, `${fixed} fixed points`);
  assert(Math.abs(successors - 100) < 50, `${successors} successors`);
});

Deno.test("over seeds every position takes every element about equally", () => {
  const size = 5;
  const seeds = 6000;
  const counts = new Float64Array(size * size);
  for (let seed = 0; seed < seeds; seed++) {
    elements(size, seed).forEach((element, position) => {
      const cell = position * size + element;
      counts[cell] = (counts[cell] ?? 0) + 1;
    });
  }
  const wanted = seeds / size;
  for (const count of counts) {
    // Six standard deviations of a count.
    assert(Math.abs(count - wanted) < 6 * Math.sqrt(wanted), `${counts}`);
  }
});

Deno.test("over seeds all 24 orders of four elements occur", () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 1000; seed++) orders.add(`${elements(4, seed)}`);
  assertEquals(orders.size, 24);
});

Deno.test("a permutation refuses a size that it cannot have", () => {
  for (const size of [0, -1, 1.5, NaN, 2 ** 53]) {
    assertThrows(
      () => new Permutation(size, 1),
      RangeError,
      `size must be an integer in 1 … 2^53 - 1: current value is ${size}`,
    );
  }
});
