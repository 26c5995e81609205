/** Tests of lib/host/cgroup.ts. */
import { assertEquals } from "@std/assert";
import { readGroupLimits } from "../../lib/host/cgroup.ts";

/** Reads from a table of files. */
function files(table: Readonly<Record<string, string>>) {
  return (path: string): string | null => table[path] ?? null;
}

const V2_MOUNT =
  "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";

Deno.test("readGroupLimits() takes the tightest group above the process", () => {
  const limits = readGroupLimits(files({
    "/proc/self/cgroup": "0::/batch/job7\n",
    "/proc/self/mountinfo": V2_MOUNT,
    "/sys/fs/cgroup/memory.max": "max\n",
    "/sys/fs/cgroup/batch/memory.max": "2147483648\n",
    "/sys/fs/cgroup/batch/memory.current": "1073741824\n",
    "/sys/fs/cgroup/batch/memory.stat":
      "anon 5\ninactive_file 536870912\nactive_file 268435456\n",
    "/sys/fs/cgroup/batch/job7/memory.max": "4294967296\n",
    "/sys/fs/cgroup/batch/job7/memory.current": "1024\n",
    "/sys/fs/cgroup/batch/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/batch/job7/cpu.max": "150000 100000\n",
    "/sys/fs/cgroup/batch/pids.max": "500\n",
    "/sys/fs/cgroup/batch/pids.current": "20\n",
  }));
  const memory = "/sys/fs/cgroup/batch/memory.max";
  assertEquals(limits, {
    memoryBytes: { value: 2 ** 31, source: memory },
    // 1 GiB is in use, 768 MiB of it page cache.
    memoryFreeBytes: { value: 2 ** 31 - 2 ** 28, source: memory },
    cpuCount: { value: 1.5, source: "/sys/fs/cgroup/batch/job7/cpu.max" },
    threadsFree: { value: 480, source: "/sys/fs/cgroup/batch/pids.max" },
  });
});

Deno.test("readGroupLimits() reads version 1, each controller in its mount", () => {
  const limits = readGroupLimits(files({
    "/proc/self/cgroup": "9:name=systemd:/\n4:memory:/job\n" +
      "3:cpu,cpuacct:/\n2:pids:/job\n0::/\n",
    "/proc/self/mountinfo":
      "31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
      "32 25 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n" +
      "33 25 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n" +
      V2_MOUNT,
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "1073741824\n",
    "/sys/fs/cgroup/memory/job/memory.usage_in_bytes": "700000000\n",
    "/sys/fs/cgroup/memory/job/memory.stat":
      "cache 1\ninactive_file 1\ntotal_inactive_file 500000000\n" +
      "total_active_file 100000000\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "/sys/fs/cgroup/pids/job/pids.max": "max\n",
  }));
  const source = "/sys/fs/cgroup/memory/job/memory.limit_in_bytes";
  assertEquals(limits, {
    memoryBytes: { value: 2 ** 30, source },
    memoryFreeBytes: { value: 2 ** 30 - 100_000_000, source },
    cpuCount: null,
    threadsFree: null,
  });
});

Deno.test("readGroupLimits() finds the group that a container mounts as its root", () => {
  const table: Record<string, string> = {
    "/proc/self/cgroup": "4:memory:/docker/abc\n",
    "/proc/self/mountinfo":
      "31 25 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "4096\n",
  };
  assertEquals(readGroupLimits(files(table)).memoryBytes, {
    value: 4096,
    source: "/sys/fs/cgroup/memory/memory.limit_in_bytes",
  });
  // With a namespace of its own the process sees "/" and the mount "/".
  table["/proc/self/cgroup"] = "0::/\n";
  table["/proc/self/mountinfo"] = V2_MOUNT;
  table["/sys/fs/cgroup/memory.max"] = "8192\n";
  assertEquals(readGroupLimits(files(table)).memoryBytes?.value, 8192);
});

Deno.test("readGroupLimits() says nothing where there are no groups", () => {
  const none = {
    memoryBytes: null,
    memoryFreeBytes: null,
    cpuCount: null,
    threadsFree: null,
  };
  assertEquals(readGroupLimits(files({})), none);
  assertEquals(
    readGroupLimits(files({ "/proc/self/cgroup": "0::/x\n" })),
    none,
  );
});
