import { assert, assertEquals } from "@std/assert";
import {
  createDraw,
  type Distribution,
  meanSeconds,
} from "../../lib/random/distribution.ts";

const DRAWS = 100_000;

interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
}

/** Of draws in seconds. */
function momentsOf(distribution: Distribution, seed = 42): Moments {
  const draw = createDraw(distribution, seed);
  let sum = 0;
  let squares = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < DRAWS; i++) {
    const seconds = draw() / 1000;
    assert(seconds >= 0, `${distribution.type} drew ${seconds}`);
    sum += seconds;
    squares += seconds * seconds;
    min = Math.min(min, seconds);
    max = Math.max(max, seconds);
  }
  const mean = sum / DRAWS;
  return { mean, variance: squares / DRAWS - mean * mean, min, max };
}

function assertNear(actual: number, wanted: number, share: number): void {
  assert(
    Math.abs(actual - wanted) <= share * wanted,
    `${actual} is not within ${share * 100} % of ${wanted}`,
  );
}

// Theory: NumPy's parameters, as DLIO passes them on.
const THEORY: readonly [Distribution, number, number][] = [
  [{ type: "normal", mean: 0.5, stdev: 0.05 }, 0.5, 0.0025],
  [{ type: "uniform", min: 1, max: 3 }, 2, 4 / 12],
  [{ type: "gamma", shape: 2, scale: 3 }, 6, 18],
  [{ type: "gamma", shape: 0.5, scale: 2 }, 1, 2],
  [{ type: "gamma", shape: 1, scale: 0.2 }, 0.2, 0.04],
  [{ type: "exponential", scale: 0.25 }, 0.25, 0.0625],
  [{ type: "exponential", scale: 4 }, 4, 16],
  [{ type: "poisson", lam: 3 }, 3, 3],
  [{ type: "poisson", lam: 60 }, 60, 60],
];

for (const [distribution, mean, variance] of THEORY) {
  const name = JSON.stringify(distribution);
  Deno.test(`createDraw() has the mean and variance of ${name}`, () => {
    const moments = momentsOf(distribution);
    assertNear(moments.mean, mean, 0.02);
    assertNear(moments.variance, variance, 0.05);
    assertEquals(meanSeconds(distribution), mean);
  });
}

Deno.test("createDraw() gives milliseconds, a constant exactly", () => {
  const draw = createDraw({ type: "constant", mean: 0.323 }, 1);
  assertEquals([draw(), draw()], [323, 323]);
  assertEquals(meanSeconds({ type: "constant", mean: 0.323 }), 0.323);
});

Deno.test("createDraw() keeps a uniform inside its bounds, all over", () => {
  const { min, max } = momentsOf({ type: "uniform", min: 1, max: 3 });
  assert(min >= 1 && min < 1.001 && max < 3 && max > 2.999);
});

Deno.test("createDraw() counts a negative draw as 0, not as its mirror", () => {
  const { mean, min } = momentsOf({ type: "normal", mean: 0, stdev: 1 });
  assertEquals(min, 0);
  // E[max(0, z)] = 1 / sqrt(2 pi); the mirror would give twice that.
  assertNear(mean, 1 / Math.sqrt(2 * Math.PI), 0.02);
  const below = createDraw({ type: "constant", mean: -1 }, 1);
  assertEquals(below(), 0);
});

Deno.test("createDraw() draws whole numbers of seconds for poisson", () => {
  const draw = createDraw({ type: "poisson", lam: 2 }, 5);
  for (let i = 0; i < 100; i++) assertEquals(draw() % 1000, 0);
});

Deno.test("createDraw() of a distribution without spread is its mean", () => {
  const flat: readonly [Distribution, number][] = [
    [{ type: "normal", mean: 0.1, stdev: 0 }, 100],
    [{ type: "uniform", min: 0.1, max: 0.1 }, 100],
    [{ type: "exponential", scale: 0 }, 0],
    [{ type: "poisson", lam: 0 }, 0],
    [{ type: "gamma", shape: 0, scale: 1 }, 0],
    [{ type: "gamma", shape: 1, scale: 0 }, 0],
  ];
  for (const [distribution, wantedMs] of flat) {
    const draw = createDraw(distribution, 3);
    for (let i = 0; i < 20; i++) {
      assertEquals(draw(), wantedMs, JSON.stringify(distribution));
    }
  }
});

Deno.test("createDraw() repeats with its seed and differs with another", () => {
  const distribution: Distribution = { type: "normal", mean: 5, stdev: 1 };
  const take = (seed: number) => {
    const draw = createDraw(distribution, seed);
    return Array.from({ length: 10 }, () => draw());
  };
  assertEquals(take(1), take(1));
  assert(take(1).every((ms, i) => ms !== take(2)[i]));
});

Deno.test("createDraw() of neighboring seeds is not correlated", () => {
  const one = createDraw({ type: "uniform", min: 0, max: 1 }, 100);
  const two = createDraw({ type: "uniform", min: 0, max: 1 }, 101);
  let sum = 0;
  for (let i = 0; i < 20_000; i++) {
    sum += (one() / 1000 - 0.5) * (two() / 1000 - 0.5);
  }
  const correlation = sum / 20_000 * 12;
  assert(Math.abs(correlation) < 0.03, `${correlation}`);
});
