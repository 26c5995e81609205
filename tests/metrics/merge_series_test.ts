import { assertEquals } from "@std/assert";
import { mergeSeries } from "../../lib/metrics/merge_series.ts";
import type { PhaseSeries } from "../../lib/metrics/phase_series.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import { sampleRun } from "./sample_run.ts";

const [PHASE] = sampleRun().phases;

function seriesOf(values: Partial<PhaseSeries>, length = 2): PhaseSeries {
  const list = (value: number) => new Float64Array(length).fill(value);
  return {
    intervalSeconds: 1,
    bytes: list(10),
    operations: list(4),
    samples: list(2),
    auPercent: list(50),
    latencyP50Ms: list(1),
    latencyP99Ms: list(2),
    latencyMaxMs: list(3),
    deviceReadBytes: list(100),
    deviceWriteBytes: list(0),
    deviceBusyFraction: list(0.5),
    deviceQueue: list(2),
    networkBytes: list(7),
    cpuSeconds: list(0.25),
    hostCpuBusyFraction: list(0.75),
    deviceSource: "vda",
    networkSource: "eth0",
    ...values,
  };
}

function recordOf(host: string, series?: PhaseSeries): PhaseRecord {
  const phase = PHASE!;
  const [first] = phase.hosts;
  return {
    ...phase,
    ranks: phase.ranks.slice(0, 1),
    hosts: [{ ...first!, host }],
    ...(series === undefined ? {} : { series }),
  };
}

Deno.test("mergeSeries() adds up processes, and what is of a host once", () => {
  const other = {
    auPercent: Float64Array.from([NaN, 100]),
    deviceSource: "sda",
  };
  const { series } = mergeSeries([
    recordOf("a", seriesOf({})),
    recordOf("a", seriesOf({ latencyP99Ms: Float64Array.from([9, 1]) })),
    recordOf(
      "b",
      seriesOf({ ...other, hostCpuBusyFraction: Float64Array.of(1, 0) }),
    ),
  ]);
  assertEquals([...series!.bytes], [30, 30]);
  assertEquals([...series!.cpuSeconds], [0.75, 0.75]);
  assertEquals([...series!.deviceReadBytes], [200, 200]);
  assertEquals([...series!.networkBytes], [14, 14]);
  assertEquals([...series!.auPercent], [50, 200 / 3]);
  assertEquals([...series!.latencyP99Ms], [9, 2]);
  assertEquals([...series!.hostCpuBusyFraction], [1, 0.75]);
  assertEquals(series!.deviceSource, "vda; sda");
});

Deno.test("mergeSeries() widens shorter intervals to the longest, and the last may be shorter", () => {
  const { series } = mergeSeries([
    recordOf("a", seriesOf({ intervalSeconds: 2 }, 2)),
    recordOf("b", seriesOf({}, 3)),
  ]);
  assertEquals(series!.intervalSeconds, 2);
  assertEquals([...series!.bytes], [10 + 20, 10 + 10]);
  assertEquals([...series!.deviceQueue], [4, 4]);
  assertEquals([...series!.auPercent], [50, 50]);
});

Deno.test("mergeSeries() has none where a process has none", () => {
  assertEquals(mergeSeries([recordOf("a", seriesOf({})), recordOf("b")]), {});
});
