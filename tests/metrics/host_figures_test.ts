import { assertEquals, assertStringIncludes } from "@std/assert";
import { hostFigures } from "../../lib/metrics/host_figures.ts";
import type {
  PhaseRecord,
  RankRecord,
  WorkerRecord,
} from "../../lib/metrics/run_record.ts";
import { hostTable } from "../../lib/report/text/host_table.ts";
import { sampleRun } from "./sample_run.ts";

const RUN = sampleRun();
const MIB = 2 ** 20;

/** A training phase of 2 s: host "a" reads 200 MiB, "b" 100 MiB. */
function phaseOf(): PhaseRecord {
  const phase = RUN.phases.find(({ kind }) => kind === "train")!;
  const worker = (host: string, mib: number): WorkerRecord => ({
    ...phase.workers[0]!,
    role: "reader",
    host,
    bytes: mib * MIB,
  });
  const rank = (host: string, number: number, load: number): RankRecord => ({
    ...phase.ranks[0]!,
    host,
    rank: number,
    stepCount: 2,
    loadSeconds: Float64Array.of(load, load),
    stepSeconds: Float64Array.of(1, 1),
  });
  const hostOf = (host: string, process: number, bytes: number | null) => ({
    ...phase.hosts[0]!,
    host,
    process,
    device: { bytes, source: "kernel" },
    hostCpu: { busyFraction: 0.25 * (process + 1), pressureFraction: null },
  });
  return {
    ...phase,
    durationSeconds: 2,
    workers: [worker("a", 120), worker("a", 80), worker("b", 100)],
    ranks: [rank("a", 0, 0.1), rank("a", 1, 0.2), rank("b", 2, 0.5)],
    hosts: [hostOf("a", 0, 50 * MIB), hostOf("a", 1, 0), hostOf("b", 2, null)],
  };
}

function hostsOf() {
  const host = RUN.hosts[0]!;
  return [
    { ...host, hostname: "a", processCount: 2, accelerators: 2 },
    {
      ...host,
      hostname: "b",
      processCount: 1,
      accelerators: 1,
      clockOffsetSeconds: -0.25,
    },
  ];
}

Deno.test("hostFigures() tells what each host did, and what nobody can tell", () => {
  const [a, b] = hostFigures({ hosts: hostsOf(), phases: [phaseOf()] });
  assertEquals(
    [a?.readMibPerSecond, a?.writeMibPerSecond, a?.deviceBytes, a?.hitFraction],
    [100, null, 50 * MIB, 0.75],
  );
  assertEquals([a?.cpuBusyFraction, a?.slowestRank], [0.5, 1]);
  assertEquals(a?.waitingFraction?.toFixed(3), "0.150");
  assertEquals([b?.readMibPerSecond, b?.deviceBytes, b?.hitFraction], [
    50,
    null,
    null,
  ]);
  assertEquals([b?.slowestRank, b?.clockOffsetSeconds], [2, -0.25]);
});

Deno.test("hostTable() has a row for each host and names those that are furthest apart", () => {
  const text = hostTable(
    hostFigures({ hosts: hostsOf(), phases: [phaseOf()] }),
  );
  assertStringIncludes(text, "-250 ms");
  assertStringIncludes(
    text,
    "[STOKER] Imbalance: accelerators of b waited for batches 50.0 % of " +
      "their time, those of a 15.0 %\n",
  );
  assertEquals(text.split("\n").length, 5);
});

Deno.test("a run with a single process has no figures of hosts", () => {
  assertEquals(hostFigures(RUN), []);
  assertEquals(hostTable([]), "");
});
