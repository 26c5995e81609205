import { assertAlmostEquals, assertEquals } from "@std/assert";
import { HISTOGRAM_SLOTS, recordMs } from "../../lib/metrics/histogram.ts";
import { entrySeconds } from "../../lib/metrics/phase_series.ts";
import {
  SERIES_COUNTERS,
  SeriesBuilder,
  type SeriesCounter,
} from "../../lib/metrics/series_builder.ts";

type Counters = Record<SeriesCounter, number>;

function countersOf(known: Partial<Counters> = {}): Counters {
  const none = SERIES_COUNTERS.map((name) => [name, 0] as const);
  return { ...Object.fromEntries(none) as Counters, ...known };
}

/** A phase that is played second by second. */
function played(entriesMax?: number) {
  const latency = new Float64Array(HISTOGRAM_SLOTS);
  const builder = new SeriesBuilder(countersOf(), entriesMax);
  const lookOf = (elapsedSeconds: number, known: Partial<Counters>) => ({
    elapsedSeconds,
    counters: countersOf(known),
    latency,
  });
  return { builder, latency, lookOf };
}

Deno.test("a series has the difference of every second, and the rest of the phase as an entry of its own", () => {
  const { builder, lookOf } = played();
  builder.add(lookOf(1, { bytes: 10, askedMs: 400, stepMs: 800 }));
  builder.add(lookOf(2, { bytes: 40, askedMs: 400, stepMs: 800 }));
  const series = builder.finish(
    lookOf(2.75, { bytes: 45, stepMs: 1000, askedMs: 500 }),
  );
  assertEquals(series?.bytes, Float64Array.of(10, 30, 5));
  // No step ended in the second one.
  assertEquals(series?.auPercent, Float64Array.of(50, NaN, 50));
  assertEquals(series && entrySeconds(series, 2, 2.75), 0.75);
});

Deno.test("a rest shorter than half an interval belongs to the entry before", () => {
  const { builder, lookOf } = played();
  builder.add(lookOf(1, { bytes: 10 }));
  const series = builder.finish(lookOf(1.25, { bytes: 12 }));
  assertEquals(series?.bytes, Float64Array.of(12));
  assertEquals(series && entrySeconds(series, 0, 1.25), 1.25);
});

Deno.test("a phase shorter than a second has no series, one of a second has one entry", () => {
  const short = played();
  assertEquals(
    short.builder.finish(short.lookOf(0.9, { bytes: 1 })),
    undefined,
  );
  const long = played();
  const series = long.builder.finish(long.lookOf(1, { bytes: 1 }));
  assertEquals(series?.bytes, Float64Array.of(1));
});

Deno.test("a look that comes late spreads what happened over the seconds that it missed", () => {
  const { builder, lookOf, latency } = played();
  builder.add(lookOf(1, { bytes: 10 }));
  recordMs(latency, 2);
  builder.add(lookOf(4.2, { bytes: 40 }));
  const series = builder.finish(lookOf(5, { bytes: 50 }));
  assertEquals(series?.bytes, Float64Array.of(10, 10, 10, 10, 10));
  assertEquals(series?.latencyMaxMs, Float64Array.of(NaN, NaN, NaN, 2, NaN));
});

Deno.test("a last look that comes late leaves no entry without its share", () => {
  const { builder, lookOf } = played();
  builder.add(lookOf(1, { bytes: 10 }));
  const series = builder.finish(lookOf(2.9, { bytes: 30 }));
  assertEquals(series?.bytes, Float64Array.of(10, 10, 10));
});

Deno.test("percentiles of an entry are those of its own operations, the maximum exact while it grows", () => {
  const { builder, lookOf, latency } = played();
  for (let i = 0; i < 99; i++) recordMs(latency, 1);
  recordMs(latency, 64);
  builder.add(lookOf(1, {}));
  for (let i = 0; i < 100; i++) recordMs(latency, 8);
  const series = builder.finish(lookOf(2, {}));
  assertAlmostEquals(series?.latencyP50Ms[0] ?? 0, 1, 1 / 64);
  assertEquals(series?.latencyMaxMs[0], 64);
  assertAlmostEquals(series?.latencyP99Ms[1] ?? 0, 8, 8 / 64);
  // Not the greatest of the phase: known by its group.
  assertAlmostEquals(series?.latencyMaxMs[1] ?? 0, 8, 8 / 64);
});

Deno.test("neighbours are merged when there are too many: sums stay, percentiles come from all counts", () => {
  const { builder, lookOf, latency } = played(4);
  for (let second = 1; second <= 9; second++) {
    recordMs(latency, second);
    builder.add(lookOf(second, { bytes: second * second }));
  }
  const series = builder.finish(lookOf(10, { bytes: 100 }));
  assertEquals(series?.intervalSeconds, 4);
  assertEquals(series?.bytes, Float64Array.of(16, 48, 36));
  assertEquals(series?.latencyMaxMs[0], 4);
  assertEquals(series?.latencyMaxMs[1], 8);
});

Deno.test("a series never has more than its most entries, however late its looks come", () => {
  for (const late of [1, 1.5, 2.7, 17]) {
    const { builder, lookOf } = played(8);
    let seconds = 0;
    for (; seconds < 200; seconds += late) {
      builder.add(lookOf(seconds, { bytes: seconds }));
    }
    const series = builder.finish(lookOf(seconds, { bytes: seconds }));
    const total = series?.bytes.reduce((sum, bytes) => sum + bytes, 0) ?? 0;
    assertAlmostEquals(total, seconds, 1e-6);
    assertEquals((series?.bytes.length ?? 99) <= 8, true, `late by ${late}`);
  }
});

Deno.test("what no counter tells is NaN, and pressure that the kernel does not tell is absent", () => {
  const latency = new Float64Array(HISTOGRAM_SLOTS);
  const unknown = countersOf({ deviceBusyMs: NaN, cpuPressureUs: NaN });
  const builder = new SeriesBuilder(unknown);
  const counters = countersOf({
    deviceBusyMs: NaN,
    cpuPressureUs: NaN,
    ioPressureUs: 250_000,
  });
  const series = builder.finish({ elapsedSeconds: 1, counters, latency });
  assertEquals(series?.deviceBusyFraction, Float64Array.of(NaN));
  assertEquals(series?.hostCpuPressureFraction, undefined);
  assertEquals(series?.hostIoPressureFraction, Float64Array.of(0.25));
});

Deno.test("a counter of the kernel that begins anew is not known in that second", () => {
  const { builder, lookOf } = played();
  builder.add(lookOf(1, { networkBytes: 100 }));
  builder.add(lookOf(2, { networkBytes: 10 }));
  const series = builder.finish(lookOf(3, { networkBytes: 30 }));
  assertEquals(series?.networkBytes, Float64Array.of(100, NaN, 20));
});
