import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  clearHistogram,
  groupCount,
  groupStartUs,
  HISTOGRAM_GROUPS,
  HISTOGRAM_SLOTS,
  histogramTotals,
  mergeHistogram,
  recordMs,
} from "../../lib/metrics/histogram.ts";

/** 0.1 µs to 1 h. */
const latencyMs = fc.double({ min: 1e-4, max: 3.6e6, noNaN: true });

function histogramOf(values: readonly number[]): Float64Array {
  const slots = new Float64Array(HISTOGRAM_SLOTS);
  for (const value of values) recordMs(slots, value);
  return slots;
}

function groupsOf(slots: Float64Array): number[] {
  const groups: number[] = [];
  for (let group = 0; group < HISTOGRAM_GROUPS; group++) {
    if (groupCount(slots, group) > 0) groups.push(group);
  }
  return groups;
}

Deno.test("recordMs() counts a value in the group that holds it", () => {
  fc.assert(fc.property(latencyMs, (ms) => {
    const [group = -1, ...others] = groupsOf(histogramOf([ms]));
    assertEquals(others, []);
    // A tick of slack for the rounding of ms → ticks and back.
    assert(groupStartUs(group) <= ms * 1000 * (1 + 1e-12));
    assert(ms * 1000 <= groupStartUs(group + 1) * (1 + 1e-12));
  }));
});

Deno.test("groupStartUs() gives groups no wider than 1/32 of itself", () => {
  for (let group = 0; group < HISTOGRAM_GROUPS; group++) {
    const startUs = groupStartUs(group);
    const widthUs = groupStartUs(group + 1) - startUs;
    assert(widthUs > 0);
    assert(widthUs <= startUs / 32 * (1 + 1e-12), `group ${group}`);
  }
  assertEquals(groupStartUs(0), 0.1);
  assert(groupStartUs(HISTOGRAM_GROUPS) > 3600e6);
});

Deno.test("recordMs() keeps count, sum, least and greatest exact", () => {
  fc.assert(
    fc.property(fc.array(latencyMs, { minLength: 1 }), (values) => {
      const totals = histogramTotals(histogramOf(values));
      assertEquals(totals.count, values.length);
      assertEquals(totals.minMs, Math.min(...values));
      assertEquals(totals.maxMs, Math.max(...values));
      assertEquals(totals.sumMs, values.reduce((a, b) => a + b, 0));
    }),
  );
});

Deno.test("recordMs() counts values outside the range at its ends", () => {
  const slots = histogramOf([0, 1e-9, -1, NaN, 1e12, Infinity]);
  assertEquals(groupCount(slots, 0), 4);
  assertEquals(groupCount(slots, HISTOGRAM_GROUPS - 1), 2);
  assertEquals(histogramTotals(slots).minMs, 0);
});

Deno.test("recordMs() writes nothing beside its own slots", () => {
  const shared = new Float64Array(
    new SharedArrayBuffer((HISTOGRAM_SLOTS + 2) * 8),
  );
  const row = shared.subarray(1, 1 + HISTOGRAM_SLOTS);
  for (const ms of [0, 1e-4, 1, 1e9, Infinity]) recordMs(row, ms);
  assertEquals(shared[0], 0);
  assertEquals(shared[HISTOGRAM_SLOTS + 1], 0);
  assertEquals(histogramTotals(row).count, 5);
});

Deno.test("mergeHistogram() equals recording all values in one", () => {
  // Multiples of 1/1024 add without rounding, in any order.
  const exactMs = fc.integer({ min: 1, max: 1 << 30 }).map((n) => n / 1024);
  fc.assert(
    fc.property(fc.array(exactMs), fc.array(exactMs), (left, right) => {
      const merged = histogramOf(left);
      mergeHistogram(merged, histogramOf(right));
      assertEquals(merged, histogramOf([...left, ...right]));
    }),
  );
});

Deno.test("mergeHistogram() throws for another number of slots", () => {
  assertThrows(
    () => mergeHistogram(histogramOf([]), new Float64Array(7)),
    RangeError,
    `it must have ${HISTOGRAM_SLOTS} slots: current value is 7`,
  );
});

Deno.test("clearHistogram() empties what was used, writes nothing else", () => {
  const used = histogramOf([0.5, 2]);
  clearHistogram(used);
  assertEquals(used, new Float64Array(HISTOGRAM_SLOTS));
  const unused = new Float64Array(HISTOGRAM_SLOTS);
  unused.fill = () => {
    throw new Error("written");
  };
  clearHistogram(unused);
});
