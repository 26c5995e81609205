import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { cacheTruth } from "../../lib/metrics/cache_truth.ts";
import {
  HISTOGRAM_SLOTS,
  histogramTotals,
  mergeHistogram,
} from "../../lib/metrics/histogram.ts";
import { mergePhases } from "../../lib/metrics/merge_phases.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import { phaseUtilization } from "../../lib/metrics/utilization.ts";
import {
  histogramOf,
  hostsOf,
  momentAt,
  phaseOf,
  rankOf,
  workerOf,
} from "./sample_run.ts";

const RANKS_PER_PROCESS = 2;
const ADDRESSES = ["http://a:9000", "http://b:9000", "http://c:9000"];

/** Numbers whose sums are exact in any order: multiples of 1/64. */
const exact = fc.nat(1000).map((n) => n / 64);

/** The record that one process might keep. */
function recordOf(process: number): fc.Arbitrary<PhaseRecord> {
  return fc.record({
    loads: fc.array(exact, { minLength: 2, maxLength: 2 }),
    startSeconds: exact,
    durationSeconds: exact,
    bytes: fc.array(fc.nat(2 ** 30), { minLength: 4, maxLength: 4 }),
    latenciesMs: fc.array(exact, { maxLength: 5 }),
    addresses: fc.subarray(ADDRESSES),
    deviceBytes: fc.option(fc.nat(2 ** 30)),
    complete: fc.boolean(),
  }).map((drawn) => {
    const firstRank = process * RANKS_PER_PROCESS;
    const host = `host${process}`;
    const workers = drawn.bytes.map((bytes, index) =>
      workerOf(firstRank + index % RANKS_PER_PROCESS, {
        host,
        bytes,
        thread: Math.floor(index / RANKS_PER_PROCESS),
      })
    );
    return phaseOf({
      start: momentAt(drawn.startSeconds),
      end: momentAt(drawn.startSeconds + drawn.durationSeconds),
      durationSeconds: drawn.durationSeconds,
      plannedSteps: 1,
      ranks: drawn.loads.map((load, index) => ({
        ...rankOf(firstRank + index, [[load, 1, 0]]),
        host,
      })),
      workers,
      latencies: drawn.latenciesMs.length === 0
        ? {}
        : { read: histogramOf(drawn.latenciesMs) },
      ...(drawn.addresses.length === 0 ? {} : {
        endpoints: drawn.addresses.map((address, index) => ({
          address,
          requests: index + process,
          bytes: 10 * index,
          errors: process,
          retries: index,
          latency: histogramOf(drawn.latenciesMs),
        })),
      }),
      bytesRequested: drawn.bytes.reduce((sum, bytes) => sum + bytes, 0),
      hosts: hostsOf(
        { bytes: drawn.deviceBytes, source: `source of ${process}` },
        { host, process },
      ),
      complete: drawn.complete,
    });
  });
}

/** Records of 2 to 5 processes, and a shuffled copy. */
const records = fc.integer({ min: 2, max: 5 }).chain((count) =>
  fc.tuple(...Array.from({ length: count }, (_, process) => recordOf(process)))
).chain((parts) =>
  fc.record({
    parts: fc.constant(parts),
    shuffled: fc.shuffledSubarray(parts, { minLength: parts.length }),
    cut: fc.integer({ min: 1, max: parts.length - 1 }),
  })
);

Deno.test("mergePhases() is associative, whatever is merged first", () => {
  fc.assert(
    fc.property(records, ({ parts, shuffled, cut }) => {
      const left = mergePhases(shuffled.slice(0, cut));
      const right = mergePhases(shuffled.slice(cut));
      assertEquals(mergePhases([left, right]), mergePhases(parts));
    }),
    { seed: 1 },
  );
});

Deno.test("mergePhases() does not depend on the order of the processes", () => {
  fc.assert(
    fc.property(records, ({ parts, shuffled }) => {
      assertEquals(mergePhases(shuffled), mergePhases(parts));
    }),
    { seed: 2 },
  );
});

Deno.test("mergePhases() keeps totals, ranks and workers", () => {
  fc.assert(
    fc.property(records, ({ parts }) => {
      const merged = mergePhases(parts);
      const total = (valueOf: (phase: PhaseRecord) => number) =>
        parts.reduce((sum, phase) => sum + valueOf(phase), 0);
      const bytesOf = ({ workers }: PhaseRecord) =>
        workers.reduce((sum, { bytes }) => sum + bytes, 0);
      const requestsOf = ({ endpoints = [] }: PhaseRecord) =>
        endpoints.reduce((sum, { requests }) => sum + requests, 0);
      assertEquals(
        merged.ranks.map(({ rank }) => rank),
        Array.from(
          { length: parts.length * RANKS_PER_PROCESS },
          (_, rank) => rank,
        ),
      );
      assertEquals(
        new Set(merged.workers),
        new Set(parts.flatMap(({ workers }) => workers)),
      );
      assertEquals(bytesOf(merged), total(bytesOf));
      assertEquals(requestsOf(merged), total(requestsOf));
      assertEquals(
        merged.bytesRequested,
        total(({ bytesRequested }) => bytesRequested),
      );
      assertEquals(
        histogramTotals(latencyOf([merged])),
        histogramTotals(latencyOf(parts)),
      );
      assertEquals(
        merged.durationSeconds,
        Math.max(...parts.map(({ durationSeconds }) => durationSeconds)),
      );
      assertEquals(merged.start, parts[0]?.start);
      assertEquals(merged.complete, parts.every(({ complete }) => complete));
    }),
    { seed: 3 },
  );
});

Deno.test("figures derived from a merged phase are those of all its processes", () => {
  fc.assert(
    fc.property(records, ({ parts }) => {
      const merged = mergePhases(parts);
      const { bytesFromDevice, bytesRequested } = cacheTruth([merged]);
      const all = cacheTruth(parts);
      assertEquals(bytesFromDevice, all.bytesFromDevice);
      assertEquals(bytesRequested, all.bytesRequested);
      const window = { excludeStartSteps: 0, excludeEndSteps: 0 };
      const utilization = phaseUtilization(merged, window);
      assertEquals(
        utilization.ranks,
        parts.flatMap((phase) => phaseUtilization(phase, window).ranks),
      );
    }),
    { seed: 4 },
  );
});

Deno.test("mergePhases() gives a single record back as it is", () => {
  const phase = phaseOf();
  assert(mergePhases([phase]) === phase);
});

Deno.test("mergePhases() refuses what is not one phase of several processes", () => {
  const first = phaseOf({ hosts: hostsOf({ bytes: 0, source: "" }) });
  const second = phaseOf({
    hosts: hostsOf({ bytes: 0, source: "" }, { process: 1 }),
  });
  const rank = { ranks: [rankOf(3, [])] };
  const cases: readonly [readonly PhaseRecord[], string][] = [
    [[], "there must be at least one"],
    [[first, { ...second, epoch: 2 }], "epoch is 1 in process 0 and 2 in"],
    [[first, { ...second, kind: "eval" }], "kind is train in process 0"],
    [[first, first], "process 0 is in two of them"],
    [[{ ...first, ...rank }, { ...second, ...rank }], "rank 3 is in two"],
  ];
  for (const [phases, message] of cases) {
    assertThrows(() => mergePhases(phases), RangeError, message);
  }
});

function latencyOf(phases: readonly PhaseRecord[]): Float64Array {
  const merged = new Float64Array(HISTOGRAM_SLOTS);
  for (const { latencies } of phases) {
    if (latencies.read !== undefined) mergeHistogram(merged, latencies.read);
  }
  return merged;
}
