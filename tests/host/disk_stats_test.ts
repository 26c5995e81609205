/** Tests of lib/host/disk_stats.ts. */
import { assert, assertEquals } from "@std/assert";
import {
  countedMs,
  isWholeDevice,
  parseDiskStats,
  readDiskStats,
} from "../../lib/host/disk_stats.ts";

const NONE = { requests: 0, merged: 0, bytes: 0, ms: 0 };

/** Columns behind the name, as kernels of different ages have them. */
const AGES: readonly [
  kernel: string,
  columns: string,
  discard: typeof NONE,
  flush: { requests: number; ms: number },
][] = [
  ["2.6.25", "", NONE, { requests: 0, ms: 0 }],
  [
    "4.18",
    " 12 13 14 15",
    { requests: 12, merged: 13, bytes: 14 * 512, ms: 15 },
    { requests: 0, ms: 0 },
  ],
  [
    "5.5",
    " 12 13 14 15 16 17",
    { requests: 12, merged: 13, bytes: 14 * 512, ms: 15 },
    { requests: 16, ms: 17 },
  ],
];

Deno.test("parseDiskStats() knows the columns of every age of the kernel", () => {
  for (const [kernel, columns, discard, flush] of AGES) {
    const line = ` 259       0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11${columns}\n`;
    assertEquals(
      [...parseDiskStats(line)],
      [["nvme0n1", {
        device: "nvme0n1",
        read: { requests: 1, merged: 2, bytes: 3 * 512, ms: 4 },
        write: { requests: 5, merged: 6, bytes: 7 * 512, ms: 8 },
        inFlight: 9,
        busyMs: 10,
        queueMs: 11,
        discard,
        flush,
      }]],
      kernel,
    );
  }
});

Deno.test("parseDiskStats() keeps the order of devices and leaves short lines out", () => {
  const text = "   8       0 sdb 1 2 3 4 5 6 7 8 9 10 11\n" +
    "   8       1 old 1 2 3 4\n\n" +
    "   8      16 cciss/c0d0 1 2 3 4 5 6 7 8 9 10 11\n";
  assertEquals([...parseDiskStats(text).keys()], ["sdb", "cciss/c0d0"]);
});

Deno.test("countedMs() counts on where the kernel's counter wraps around", () => {
  assertEquals(countedMs(5, 12), 7);
  assertEquals(countedMs(2 ** 32 - 5, 7), 12);
});

Deno.test("readDiskStats() lists this host's devices, and each one is whole or not", () => {
  const { value } = readDiskStats();
  assert(value !== null);
  for (const device of value.keys()) isWholeDevice(device);
  assertEquals(isWholeDevice("no-such-device"), false);
});
