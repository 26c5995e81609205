/**
 * A look at a running phase, for tests that show it.
 */
import { HISTOGRAM_SLOTS } from "../../lib/metrics/histogram.ts";
import type { Snapshot } from "../../lib/metrics/snapshot.ts";

/** A snapshot of a process without accelerators. @param facts What differs. */
export function snapshotOf(facts: Partial<Snapshot> = {}): Snapshot {
  const none = new Float64Array();
  return {
    kind: "train",
    epoch: 1,
    host: "node-1",
    done: 0,
    total: 0,
    unit: "steps",
    bytes: 0,
    elapsedSeconds: 0,
    auPercent: null,
    roles: [],
    ranks: {
      firstRank: 0,
      stepCounts: none,
      loadMs: none,
      computeMs: none,
      stepMs: none,
      requestedMs: none,
      steps: [],
    },
    latency: new Float64Array(HISTOGRAM_SLOTS),
    device: { bytes: null, ofBytes: 0, source: "" },
    cpu: { userSeconds: 0, systemSeconds: 0, source: "/proc" },
    ...facts,
  };
}
