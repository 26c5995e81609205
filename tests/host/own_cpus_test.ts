/** Tests of lib/host/own_cpus.ts and of the times of single threads. */
import { assert, assertEquals } from "@std/assert";
import { ownCpuTime } from "../../lib/engine/run/host_cpu_use.ts";
import { allowedCpuCount, readOwnCpus } from "../../lib/host/own_cpus.ts";
import { readThreadTimes } from "../../lib/host/thread_cpu.ts";

const FILES: Readonly<Record<string, string>> = {
  "/proc/stat": "cpu  1 2 3\ncpu0 1\ncpu1 1\ncpu2 1\ncpu3 1\nintr 5\n",
  "/proc/self/status": "Name:\tdeno\nCpus_allowed_list:\t0-3\n",
  "/proc/self/cgroup": "0::/job\n",
  "/proc/self/mountinfo":
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n",
};

function ownCpus(files: Readonly<Record<string, string>>) {
  return readOwnCpus((path) => ({ ...FILES, ...files })[path] ?? null);
}

Deno.test("the processors that may be used are the least of host, affinity and control group", () => {
  assertEquals(ownCpus({}), {
    count: 4,
    source: "this host",
    groupPressureUs: null,
  });
  assertEquals(
    ownCpus({ "/proc/self/status": "Cpus_allowed_list:\t0,2-3\n" }).count,
    3,
  );
  const limited = ownCpus({
    "/sys/fs/cgroup/job/cpu.max": "150000 100000\n",
    "/sys/fs/cgroup/job/cpu.pressure":
      "some avg10=0.00 avg60=0.00 avg300=0.00 total=4711\nfull total=1\n",
  });
  assertEquals(limited, {
    count: 1.5,
    source: "/sys/fs/cgroup/job/cpu.max",
    groupPressureUs: 4711,
  });
  assertEquals(readOwnCpus(() => null).count, null);
  assertEquals(allowedCpuCount("Cpus_allowed_list:\t0-1,4,8-11\n"), 7);
  assertEquals(allowedCpuCount(""), null);
});

Deno.test("pressure of a group is a part of the phase's time", () => {
  const at = (groupPressureUs: number | null) => ({
    count: 2,
    source: "x",
    groupPressureUs,
  });
  assertEquals(
    ownCpuTime(at(1000), at(501_000), 2).groupPressureFraction,
    0.25,
  );
  assertEquals(ownCpuTime(at(null), at(1), 2).groupPressureFraction, null);
});

Deno.test({
  name: "this process has processors, and its threads times in the kernel",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const { count } = readOwnCpus();
    assert(count !== null && count > 0);
    const times = readThreadTimes(Deno.pid);
    assert(times !== null && times.systemSeconds >= 0, `${times}`);
  },
});
