import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { HISTOGRAM_SLOTS, recordMs } from "../../lib/metrics/histogram.ts";
import { latencyUs, percentileUs } from "../../lib/metrics/latency.ts";

function histogramOf(values: readonly number[]): Float64Array {
  const slots = new Float64Array(HISTOGRAM_SLOTS);
  for (const value of values) recordMs(slots, value);
  return slots;
}

Deno.test("percentileUs() is within 1/64 of the nearest rank", () => {
  const latencyMs = fc.double({ min: 1e-4, max: 3.6e6, noNaN: true });
  const fraction = fc.constantFrom(0.5, 0.9, 0.99, 0.999);
  fc.assert(fc.property(
    fc.array(latencyMs, { minLength: 1, maxLength: 2000 }),
    fraction,
    (values, q) => {
      const sorted = [...values].sort((a, b) => a - b);
      const rank = Math.max(1, Math.ceil(q * sorted.length));
      const exactUs = (sorted[rank - 1] ?? 0) * 1000;
      const us = percentileUs(histogramOf(values), q) ?? -1;
      assert(
        Math.abs(us - exactUs) <= exactUs / 64 * (1 + 1e-9),
        `${us} for ${exactUs}`,
      );
    },
  ));
});

Deno.test("latencyUs() is null for an empty histogram", () => {
  assertEquals(latencyUs(histogramOf([])), null);
});

Deno.test("latencyUs() gives a single value exactly, in microseconds", () => {
  assertEquals(latencyUs(histogramOf([1.5])), {
    p50: 1500,
    p90: 1500,
    p99: 1500,
    p99_9: 1500,
    max: 1500,
  });
});

Deno.test("latencyUs() never falls from one percentile to the next", () => {
  const values = Array.from({ length: 10_000 }, (_, i) => (i + 1) / 100);
  const latency = latencyUs(histogramOf(values));
  assert(latency !== null);
  const { p50, p90, p99, p99_9, max } = latency;
  assert(p50 <= p90 && p90 <= p99 && p99 <= p99_9 && p99_9 <= max);
  assertEquals(max, 100_000);
  assert(Math.abs(p50 - 50_000) <= 50_000 / 64);
  assert(Math.abs(p99_9 - 99_900) <= 99_900 / 64);
});
