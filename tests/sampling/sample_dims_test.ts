import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  SampleDims,
  type SampleDimsSettings,
} from "../../lib/sampling/sample_dims.ts";

const UNET3D: SampleDimsSettings = {
  seed: 10,
  recordDims: [],
  recordBytes: 146_600_628,
  recordBytesStdev: 68_341_808,
  elementBytes: 1,
};

function product(dims: readonly number[]): number {
  return dims.reduce((all, dim) => all * dim, 1);
}

/** Mean and standard deviation of sample lengths in bytes. */
function lengthsOf(settings: SampleDimsSettings, files: number) {
  const dims = new SampleDims(settings);
  let sum = 0;
  let squares = 0;
  for (let file = 0; file < files; file++) {
    const bytes = product(dims.of(file)) * settings.elementBytes;
    sum += bytes;
    squares += bytes * bytes;
  }
  const mean = sum / files;
  return { mean, stdev: Math.sqrt(squares / files - mean * mean) };
}

function assertNear(actual: number, wanted: number, share: number): void {
  assert(
    Math.abs(actual - wanted) <= share * wanted,
    `${actual} is not within ${share * 100} % of ${wanted}`,
  );
}

/**
 * Deviation of DLIO's rule: the product of two independent normals of mean m
 * and deviation s has m s sqrt(2 + s² / m²).
 */
function stdevByRule(mean: number, stdev: number): number {
  const m = Math.sqrt(mean);
  const s = stdev / 2 / m;
  return m * s * Math.sqrt(2 + (s / m) ** 2);
}

Deno.test("unet3d's files have its mean length and the rule's spread", () => {
  const { mean, stdev } = lengthsOf(UNET3D, 20_000);
  assertNear(mean, 146_600_628, 0.01);
  // 48.9 MB: DLIO's rule yields 1/√2 of the 68.3 MB that are asked for.
  assertNear(stdev, stdevByRule(146_600_628, 68_341_808), 0.03);
  assertNear(stdev, 68_341_808 / Math.SQRT2, 0.05);
});

Deno.test("lengths in bytes are bytes whatever the element type", () => {
  for (const elementBytes of [2, 4, 8]) {
    const { mean, stdev } = lengthsOf({ ...UNET3D, elementBytes }, 20_000);
    assertNear(mean, 146_600_628, 0.01);
    assertNear(stdev, stdevByRule(146_600_628, 68_341_808), 0.03);
  }
});

Deno.test("each dimension has DLIO's mean and deviation", () => {
  const dims = new SampleDims(UNET3D);
  const sums = [0, 0];
  const squares = [0, 0];
  for (let file = 0; file < 20_000; file++) {
    dims.of(file).forEach((dim, axis) => {
      sums[axis] = (sums[axis] ?? 0) + dim;
      squares[axis] = (squares[axis] ?? 0) + dim * dim;
    });
  }
  for (const axis of [0, 1]) {
    const mean = (sums[axis] ?? 0) / 20_000;
    assertNear(mean, 12_107, 0.005);
    const variance = (squares[axis] ?? 0) / 20_000 - mean * mean;
    assertNear(Math.sqrt(variance), 2822.2, 0.02);
  }
});

Deno.test("height and width of a file are drawn apart", () => {
  const dims = new SampleDims(UNET3D);
  let covariance = 0;
  for (let file = 0; file < 20_000; file++) {
    const [height = 0, width = 0] = dims.of(file);
    covariance += (height - 12_107) * (width - 12_107) / 20_000;
  }
  const correlation = covariance / 2822.2 ** 2;
  assert(Math.abs(correlation) < 0.03, `${correlation}`);
});

Deno.test("without deviation every file is the same square", () => {
  const resnet50 = {
    ...UNET3D,
    recordBytes: 114_660.07,
    recordBytesStdev: 0,
  };
  const dims = new SampleDims(resnet50);
  assertEquals(dims.isConstant, true);
  assertEquals([dims.of(0), dims.of(1_000_000)], [[338, 338], [338, 338]]);
  // 114,660 bytes of float32 are 28,665 elements.
  assertEquals(
    new SampleDims({ ...resnet50, elementBytes: 4 }).of(0),
    [169, 169],
  );
});

Deno.test("a sample is never empty", () => {
  const tiny = { ...UNET3D, recordBytes: 1, recordBytesStdev: 0 };
  assertEquals(new SampleDims({ ...tiny, elementBytes: 8 }).of(0), [1, 1]);
  // Half of these draws are below 1.
  const wide = { ...UNET3D, recordBytes: 4, recordBytesStdev: 1000 };
  const dims = new SampleDims(wide);
  for (let file = 0; file < 1000; file++) {
    for (const dim of dims.of(file)) {
      assert(Number.isInteger(dim) && dim >= 1, `${dim}`);
    }
  }
});

Deno.test("record_dims win over lengths, of any rank", () => {
  const dims = new SampleDims({ ...UNET3D, recordDims: [3, 5, 7, 2] });
  assertEquals(dims.isConstant, true);
  assertEquals([dims.of(0), dims.of(9)], [[3, 5, 7, 2], [3, 5, 7, 2]]);
});

Deno.test("a file's dimensions do not depend on what was asked before", () => {
  const files = fc.array(fc.integer({ min: 0, max: 2 ** 52 }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(files, (asked) => {
      const shared = new SampleDims(UNET3D);
      for (const file of asked) {
        assertEquals(shared.of(file), new SampleDims(UNET3D).of(file));
      }
    }),
    { seed: 7, numRuns: 100 },
  );
});

Deno.test("seeds give other sizes, neighbors too", () => {
  assertEquals(new SampleDims(UNET3D).isConstant, false);
  const of = (seed: number) => {
    const dims = new SampleDims({ ...UNET3D, seed });
    return Array.from({ length: 10 }, (_, file) => dims.of(file));
  };
  assertEquals(of(10), of(10));
  for (const [file, dims] of of(10).entries()) {
    assertNotEquals(dims, of(11)[file]);
    // Not the sequence of another seed either, moved by one.
    assertNotEquals(dims, of(11)[file + 1]);
  }
});
