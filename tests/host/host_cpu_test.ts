/** Tests of lib/host/host_cpu.ts and what is derived from it. */
import { assert, assertEquals } from "@std/assert";
import { hostCpuUse } from "../../lib/engine/run/host_cpu_use.ts";
import {
  parsePressure,
  parseStat,
  readHostCpu,
} from "../../lib/host/host_cpu.ts";

Deno.test("parseStat() counts all but idle and waiting as busy", () => {
  const text = "cpu  100 10 50 700 100 5 5 30 40 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
  assertEquals(parseStat(text), { busyTicks: 200, allTicks: 1000 });
  assertEquals(parseStat("cpu0 1 2 3\n"), { busyTicks: null, allTicks: null });
});

Deno.test("parsePressure() takes the total of some", () => {
  const text = "some avg10=0.12 avg60=0.05 avg300=0.01 total=4711\n" +
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
  assertEquals(parsePressure(text), 4711);
  assertEquals(parsePressure(""), null);
});

Deno.test("hostCpuUse() gives fractions of a phase, or null", () => {
  const before = { busyTicks: 100, allTicks: 1000, pressureUs: 500 };
  const after = { busyTicks: 250, allTicks: 1200, pressureUs: 1_000_500 };
  assertEquals(hostCpuUse(before, after, 4), {
    busyFraction: 0.75,
    pressureFraction: 0.25,
  });
  assertEquals(hostCpuUse(before, before, 0), {
    busyFraction: null,
    pressureFraction: null,
  });
  const unknown = { busyTicks: null, allTicks: null, pressureUs: null };
  assertEquals(hostCpuUse(unknown, unknown, 4), {
    busyFraction: null,
    pressureFraction: null,
  });
});

Deno.test("readHostCpu() counts on this host", () => {
  const { busyTicks, allTicks } = readHostCpu();
  assert(busyTicks !== null && allTicks !== null && allTicks >= busyTicks);
});
