import { assertEquals } from "@std/assert";
import {
  cacheDropText,
  cacheDropTotals,
  cacheDropWarnings,
} from "../../lib/metrics/cache_drop.ts";
import { totalCacheDrop, totalDevice } from "../../lib/metrics/host_totals.ts";
import type { CacheDrop, DeviceIo } from "../../lib/metrics/run_record.ts";
import { hostsOf, phaseOf } from "./sample_run.ts";

const DROP: CacheDrop = {
  methods: ["posix_fadvise"],
  fileCount: 10,
  sampledFiles: 4,
  residentBytesBefore: 100,
  residentBytesAfter: 8,
  durationSeconds: 0.25,
  problem: "busy",
};

function devices(...all: DeviceIo[]) {
  return {
    hosts: all.flatMap((device, process) => hostsOf(device, { process })),
  };
}

function dropping(...drops: (CacheDrop | null)[]) {
  return phaseOf({
    hosts: drops.flatMap((cacheDrop, process) =>
      hostsOf({ bytes: 0, source: "" }, {
        process,
        ...(cacheDrop === null ? {} : { cacheDrop }),
      })
    ),
  });
}

Deno.test("totalDevice() adds up what all processes moved", () => {
  assertEquals(
    totalDevice(devices(
      { bytes: 1, source: "/proc/self/io" },
      { bytes: 2, source: "/proc/self/io" },
      { bytes: 4, source: "every byte bypasses the cache" },
    )),
    { bytes: 7, source: "/proc/self/io; every byte bypasses the cache" },
  );
});

Deno.test("totalDevice() is not known where one process does not know", () => {
  assertEquals(
    totalDevice(devices(
      { bytes: 1, source: "/proc/self/io" },
      { bytes: null, source: "no FFI" },
    )),
    { bytes: null, source: "no FFI" },
  );
  assertEquals(totalDevice({ hosts: [] }).bytes, null);
});

Deno.test("totalCacheDrop() adds up files and bytes, and takes the longest time", () => {
  const other: CacheDrop = {
    ...DROP,
    methods: ["posix_fadvise", "drop_caches"],
    durationSeconds: 0.5,
    problem: null,
  };
  assertEquals(totalCacheDrop(dropping(DROP, null, other)), {
    methods: ["posix_fadvise", "drop_caches"],
    fileCount: 20,
    sampledFiles: 8,
    residentBytesBefore: 200,
    residentBytesAfter: 16,
    durationSeconds: 0.5,
    problem: "busy",
  });
  const unknown = { ...DROP, residentBytesAfter: null };
  assertEquals(
    totalCacheDrop(dropping(DROP, unknown))?.residentBytesAfter,
    null,
  );
  assertEquals(totalCacheDrop(dropping(null, null)), null);
});

Deno.test("drops of several processes are reported once per phase", () => {
  const phases = [dropping(DROP, DROP), dropping(null, null)];
  assertEquals(
    cacheDropText(cacheDropTotals(phases)!),
    "before 1 of 2 phases by posix_fadvise, 0.25 s: memory held 200 B " +
      "before and 16 B after in the 8 of 20 files looked at",
  );
  assertEquals(cacheDropWarnings(phases), [
    "The page cache may still hold files before 1 phase: busy",
  ]);
});
