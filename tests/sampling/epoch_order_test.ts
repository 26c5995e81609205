import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  EpochOrder,
  type EpochOrderSettings,
} from "../../lib/sampling/epoch_order.ts";

const PLAIN: EpochOrderSettings = {
  fileCount: 20,
  samplesPerFile: 30,
  fileSeed: 123,
  sampleSeed: 123,
  changesWithEpoch: true,
};

/** [file, sample] at every position of an epoch. */
function visits(order: EpochOrder, epoch: number): [number, number][] {
  order.begin(epoch);
  return Array.from({ length: order.sampleCount }, (_, position) => {
    const file = order.fileAt(position);
    return [file, order.sampleAt(position, file)];
  });
}

function visitsOf(settings: Partial<EpochOrderSettings>, epoch = 1) {
  return visits(new EpochOrder({ ...PLAIN, ...settings }), epoch);
}

/** Order of the samples inside one file. */
function insideFile(all: readonly [number, number][], file: number) {
  return all.filter(([f]) => f === file).map(([, sample]) => sample);
}

const shapes = fc.record({
  fileCount: fc.integer({ min: 1, max: 40 }),
  samplesPerFile: fc.integer({ min: 1, max: 40 }),
  fileSeed: fc.option(fc.integer({ min: 0, max: 2 ** 53 - 1 })),
  sampleSeed: fc.option(fc.integer({ min: 0, max: 2 ** 53 - 1 })),
  changesWithEpoch: fc.boolean(),
});

Deno.test("an epoch visits every sample of every file exactly once", () => {
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 9 }), (shape, epoch) => {
      const order = new EpochOrder(shape);
      const seen = new Set(visits(order, epoch).map(String));
      assertEquals(order.sampleCount, shape.fileCount * shape.samplesPerFile);
      assertEquals(seen.size, order.sampleCount);
    }),
    { seed: 5, numRuns: 200 },
  );
});

Deno.test("orders are file-major: a file is visited in one stretch", () => {
  const files = visitsOf({}).map(([file]) => file);
  const stretches = files.filter((file, i) => file !== files[i - 1]);
  assertEquals(stretches.length, PLAIN.fileCount);
});

Deno.test("without shuffles samples come by index, in every epoch", () => {
  const order = new EpochOrder({ ...PLAIN, fileSeed: null, sampleSeed: null });
  const wanted = Array.from(
    { length: 600 },
    (_, i): [number, number] => [Math.floor(i / 30), i % 30],
  );
  assertEquals(visits(order, 1), wanted);
  assertEquals(visits(order, 2), wanted);
});

Deno.test("file shuffle alone moves files and leaves their insides", () => {
  const all = visitsOf({ sampleSeed: null });
  const files = all.map(([file]) => file);
  assertNotEquals(files, files.toSorted((a, b) => a - b));
  assertEquals(
    insideFile(all, 7),
    insideFile(all, 7).toSorted((a, b) => a - b),
  );
});

Deno.test("sample shuffle alone moves samples and leaves the files", () => {
  const all = visitsOf({ fileSeed: null });
  const files = all.map(([file]) => file);
  assertEquals(files, files.toSorted((a, b) => a - b));
  assertNotEquals(insideFile(all, 7), insideFile(all, 7).toSorted());
});

Deno.test("each file has its own order of samples", () => {
  const all = visitsOf({});
  const orders = Array.from(
    { length: PLAIN.fileCount },
    (_, file) => String(insideFile(all, file)),
  );
  assertEquals(new Set(orders).size, PLAIN.fileCount);
});

Deno.test("files and samples of equal number do not share an order", () => {
  const all = visitsOf({ fileCount: 30, samplesPerFile: 30 });
  const files = all.filter((_, i) => i % 30 === 0).map(([file]) => file);
  for (let file = 0; file < 30; file++) {
    assertNotEquals(insideFile(all, file), files);
  }
});

Deno.test("epochs differ, in files and inside each file", () => {
  const order = new EpochOrder(PLAIN);
  const [one, two, three] = [1, 2, 3].map((epoch) => visits(order, epoch));
  assert(one !== undefined && two !== undefined && three !== undefined);
  for (const [a, b] of [[one, two], [two, three], [one, three]] as const) {
    assertNotEquals(a.map(([file]) => file), b.map(([file]) => file));
    assertNotEquals(insideFile(a, 4), insideFile(b, 4));
  }
});

Deno.test("with seed_change_epoch off every epoch has the first order", () => {
  const order = new EpochOrder({ ...PLAIN, changesWithEpoch: false });
  assertEquals(visits(order, 5), visits(order, 1));
  assertEquals(visits(order, 5), visitsOf({}, 1));
});

Deno.test("an epoch's order repeats, whatever was visited before", () => {
  const order = new EpochOrder(PLAIN);
  visits(order, 1);
  visits(order, 2);
  assertEquals(visits(order, 3), visitsOf({}, 3));
  assertEquals(visits(order, 1), visitsOf({}, 1));
});

Deno.test("positions may be asked for in any order, by several readers", () => {
  const order = new EpochOrder(PLAIN);
  const wanted = visits(order, 1);
  order.begin(1);
  for (let position = wanted.length - 1; position >= 0; position -= 7) {
    const file = order.fileAt(position);
    assertEquals([file, order.sampleAt(position, file)], wanted[position]);
  }
});

Deno.test("seeds differ above 32 bits too", () => {
  assertNotEquals(visitsOf({ fileSeed: 1 }), visitsOf({ fileSeed: 2 }));
  assertNotEquals(
    visitsOf({ fileSeed: 1 }),
    visitsOf({ fileSeed: 1 + 2 ** 32 }),
  );
});

Deno.test("no file sits at the same place epoch after epoch", () => {
  const order = new EpochOrder({ ...PLAIN, samplesPerFile: 1 });
  const places = Array.from({ length: 20 }, () => new Set<number>());
  for (let epoch = 1; epoch <= 40; epoch++) {
    visits(order, epoch).forEach(([file], i) => places[i]?.add(file));
  }
  // 40 draws of 20 files show 17 of them on average.
  for (const files of places) assert(files.size >= 10, `${files.size}`);
});

Deno.test("an order of no files is empty", () => {
  const order = new EpochOrder({ ...PLAIN, fileCount: 0 });
  assertEquals(order.sampleCount, 0);
});

Deno.test("an order of 1.7 billion samples holds no more than one of 1000", () => {
  // Each entry that an order kept per sample would take gigabytes here; it is
  // made as often as a thousand readers make it.
  const shapes = [
    { fileCount: 1_700_000_000, samplesPerFile: 1 },
    { fileCount: 1, samplesPerFile: 1_700_000_000 },
    { fileCount: 1_000_000, samplesPerFile: 1_700 },
  ];
  for (const shape of shapes) {
    const beforeBytes = Deno.memoryUsage().external;
    const orders = Array.from(
      { length: 1000 },
      () => new EpochOrder({ ...PLAIN, ...shape }),
    );
    const seen = new Set<string>();
    for (const [i, order] of orders.entries()) {
      order.begin(2);
      const position = order.sampleCount - 1 - i;
      const file = order.fileAt(position);
      seen.add(`${file},${order.sampleAt(position, file)}`);
    }
    assertEquals(seen.size, 1000);
    const grownBytes = Deno.memoryUsage().external - beforeBytes;
    assert(grownBytes < 10e6, `${grownBytes} bytes outside the heap`);
  }
});
