/** Measure of the latency histogram: what recording one operation costs. */
import { HISTOGRAM_SLOTS, recordMs } from "../../lib/metrics/histogram.ts";

const VALUES = 4096;
const ROUNDS = 500;
const REPEATS = 5;

/** Measures of this part, for `scripts/perf.ts`. */
export const measures = [{ id: "metrics.record", run: measureRecord }];

/**
 * Nanoseconds for one recorded latency: the best of some repeats, into
 * shared memory, values spread over five powers of ten.
 */
function measureRecord(): Promise<
  { value: number; unit: string; limit: number | null }
> {
  const slots = new Float64Array(
    new SharedArrayBuffer(HISTOGRAM_SLOTS * Float64Array.BYTES_PER_ELEMENT),
  );
  const latencies = Float64Array.from(
    { length: VALUES },
    // 7919 is coprime to the length: every value once, in no order.
    (_, i) => Math.exp((i * 7919 % VALUES) / 350) / 100,
  );
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < VALUES; i++) recordMs(slots, latencies[i] ?? 0);
    }
    best = Math.min(best, performance.now() - start);
  }
  const value = best * 1e6 / (ROUNDS * VALUES);
  return Promise.resolve({ value, unit: "ns", limit: null });
}
