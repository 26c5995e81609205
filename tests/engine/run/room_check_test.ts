/** Tests of lib/engine/run/room_check.ts. */
import { assertEquals } from "@std/assert";
import {
  diskProblems,
  hostShortages,
} from "../../../lib/engine/run/room_check.ts";
import type { DiskNeed } from "../../../lib/engine/plan/disk_needs.ts";

const GIB = 2 ** 30;
const HOST = "this host";
const ROOM = {
  memoryBytes: { value: 8 * GIB, source: HOST },
  memoryFreeBytes: { value: 4 * GIB, source: HOST },
  cpuCount: { value: 2, source: HOST },
  threadsFree: null,
};

function needs(memoryBytes: number) {
  return { workers: 96, threads: 112, memoryBytes, bufferBytes: 0 };
}

Deno.test("hostShortages() finds nothing where all fits", () => {
  assertEquals(hostShortages(needs(4 * GIB), ROOM), {
    problems: [],
    warnings: [],
  });
});

Deno.test("hostShortages() warns of memory that others use", () => {
  assertEquals(hostShortages(needs(5 * GIB), ROOM), {
    problems: [],
    warnings: [
      "Memory may run out: the run's 96 workers need about 5.00 GiB, this " +
      "host has now 4.00 GiB; use fewer accelerators (-n), " +
      "reader.read_threads or reader.write_threads",
    ],
  });
});

Deno.test("hostShortages() names the control group that is too small", () => {
  const source = "/sys/fs/cgroup/job/memory.max";
  const limit = { value: GIB, source };
  const { problems, warnings } = hostShortages(needs(2 * GIB), {
    ...ROOM,
    memoryBytes: limit,
    memoryFreeBytes: limit,
    threadsFree: { value: 100, source: "/sys/fs/cgroup/job/pids.max" },
  });
  assertEquals(warnings, []);
  assertEquals(problems, [
    "Cannot run as memory must hold it: the run's 96 workers need about " +
    `2.00 GiB, the control group has 1.00 GiB (${source}); use fewer ` +
    "accelerators (-n), reader.read_threads or reader.write_threads",
    "Cannot run as every worker is a thread: the run's 96 workers and the " +
    "runtime need 112 threads, /sys/fs/cgroup/job/pids.max allows 100 more; " +
    "use fewer accelerators (-n), reader.read_threads or " +
    "reader.write_threads",
  ]);
});

function disk(what: string, bytes: number, files = 1): DiskNeed {
  return { what, hostFolder: `/${what}`, bytes, files, remedy: `less ${what}` };
}

function space(bytes: number, files: number | null, deviceNumber = 1) {
  return { path: "/", bytes, files, deviceNumber };
}

Deno.test("diskProblems() adds up what shares a file system", () => {
  const both = [disk("data", 600), disk("checkpoints", 600)];
  assertEquals(diskProblems(both, () => space(1200, null)), []);
  assertEquals(diskProblems(both, () => space(1024, null)), [
    'Cannot write data and checkpoints to "/data" as it must fit: 1.17 KiB ' +
    "are needed, 1.00 KiB are free; less data; less checkpoints",
  ]);
  const apart = (folder: string) => space(1024, null, folder.length);
  assertEquals(diskProblems(both, apart), []);
});

Deno.test("diskProblems() counts files where the file system does", () => {
  const need = [disk("data", 1, 11)];
  assertEquals(diskProblems(need, () => space(10, 11)), []);
  assertEquals(diskProblems(need, () => space(10, 10)), [
    'Cannot write data to "/data" as the file system must have room for its ' +
    "files: 11 are needed, 10 are free (inodes); less data",
  ]);
});

Deno.test("diskProblems() says nothing where nobody tells what is free", () => {
  assertEquals(diskProblems([disk("data", 10 ** 15)], () => null), []);
});
