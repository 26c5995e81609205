/** Measure of the latency histogram: what recording one operation costs. */
import { HISTOGRAM_SLOTS, recordMs } from "../../lib/metrics/histogram.ts";

import { leastOf, type Measure, type Measured, secondsOf } from "./measure.ts";

const VALUES = 4096;
const ROUNDS = 500;
const REPEATS = 5;

/** Measures of this part, for `scripts/perf.ts`. */
export const measures: readonly Measure[] = [
  { id: "metrics.record", run: measureRecord },
];

/**
 * Nanoseconds for one recorded latency: the best of some repeats, into
 * shared memory, values spread over five powers of ten.
 */
async function measureRecord(): Promise<Measured> {
  const slots = new Float64Array(
    new SharedArrayBuffer(HISTOGRAM_SLOTS * Float64Array.BYTES_PER_ELEMENT),
  );
  const latencies = Float64Array.from(
    { length: VALUES },
    // 7919 is coprime to the length: every value once, in no order.
    (_, i) => Math.exp((i * 7919 % VALUES) / 350) / 100,
  );
  const recordAll = () => {
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < VALUES; i++) recordMs(slots, latencies[i] ?? 0);
    }
  };
  const value = await leastOf(
    REPEATS,
    () => secondsOf(recordAll) * 1e9 / (ROUNDS * VALUES),
  );
  return { value, unit: "ns", limit: null };
}
