import { assertEquals } from "@std/assert";
import type { PhaseSeries } from "../../lib/metrics/phase_series.ts";
import { jsonPieces } from "../../lib/results/json_pieces.ts";
import { phaseFromPlain, phaseToPlain } from "../../lib/results/phase_json.ts";
import { phaseOf } from "../metrics/sample_run.ts";

const list = () => Float64Array.of(0, 1.5, NaN);

const SERIES: PhaseSeries = {
  intervalSeconds: 2,
  bytes: list(),
  operations: list(),
  samples: list(),
  auPercent: list(),
  latencyP50Ms: list(),
  latencyP99Ms: list(),
  latencyMaxMs: list(),
  deviceReadBytes: list(),
  deviceWriteBytes: list(),
  deviceBusyFraction: list(),
  deviceQueue: list(),
  networkBytes: list(),
  cpuSeconds: list(),
  hostCpuBusyFraction: list(),
  hostIoPressureFraction: list(),
  deviceSource: "vda, /proc/diskstats",
};

Deno.test("a phase's series comes back from JSON as it was, what is not known as NaN", () => {
  const phase = phaseOf({ series: SERIES });
  const text = [...jsonPieces(phaseToPlain(phase))].join("");
  assertEquals(phaseFromPlain(JSON.parse(text)), phase);
});

Deno.test("a series has null in JSON where something is not known, and keys with their units", () => {
  const text = [...jsonPieces(phaseToPlain(phaseOf({ series: SERIES })))].join(
    "",
  );
  const { series } = JSON.parse(text);
  assertEquals(series.latency_p99_ms, [0, 1.5, null]);
  assertEquals(series.interval_seconds, 2);
});
