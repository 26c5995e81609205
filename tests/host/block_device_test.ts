import { assertEquals, assertStringIncludes } from "@std/assert";
import { findBlockDevice } from "../../lib/host/block_device.ts";
import { parseDiskStats } from "../../lib/host/disk_stats.ts";
import { deviceCounters } from "../../lib/host/system_counters.ts";

/** One line of `/proc/diskstats`: bytes read in sectors, ms busy, ms queued. */
const line = (
  number: string,
  name: string,
  [sectors = 0, busyMs = 0, queueMs = 0]: readonly number[] = [],
) =>
  `${
    number.replace(":", " ")
  } ${name} 1 0 ${sectors} 1 1 0 0 1 0 ${busyMs} ${queueMs}`;

/** A host whose root is mounted as `mount` says. */
function hostOf(
  mount: string,
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
) {
  const all: Record<string, string> = {
    "/proc/self/mountinfo": `27 1 ${mount}\n`,
    "/proc/diskstats": lines.join("\n"),
    ...files,
  };
  return (path: string) => all[path] ?? null;
}

Deno.test("the device of a mount is that of its number, a partition by itself", () => {
  const read = hostOf(
    "259:2 / / rw - ext4 /dev/root rw",
    [line("259:0", "nvme0n1"), line("259:2", "nvme0n1p2")],
    { "/sys/dev/block/259:2/uevent": "MAJOR=259\nDEVNAME=nvme0n1p2\n" },
  );
  assertEquals(findBlockDevice("/", read).value, {
    name: "nvme0n1p2",
    disks: ["nvme0n1p2"],
  });
});

Deno.test("a partition that nobody counts is its whole disk", () => {
  const read = hostOf(
    "259:2 / / rw - ext4 /dev/root rw",
    [line("259:0", "nvme0n1")],
    {
      "/sys/dev/block/259:2/uevent": "DEVNAME=nvme0n1p2\n",
      "/sys/block/nvme0n1/nvme0n1p2/dev": "259:2\n",
    },
  );
  assertEquals(findBlockDevice("/", read).value?.name, "nvme0n1");
});

Deno.test("a logical volume has the disks below it, through every layer", () => {
  const read = hostOf(
    "253:0 / / rw - xfs /dev/mapper/vg-data rw",
    ["253:0 dm-0", "9:0 md0", "8:0 sda", "8:16 sdb"].map((text) => {
      const [number = "", name = ""] = text.split(" ");
      return line(number, name);
    }),
    {
      "/sys/dev/block/253:0/uevent": "DEVNAME=dm-0\n",
      "/sys/class/block/dm-0/slaves/md0/dev": "9:0\n",
      "/sys/class/block/md0/slaves/sda/dev": "8:0\n",
      "/sys/class/block/md0/slaves/sdb/dev": "8:16\n",
    },
  );
  assertEquals(findBlockDevice("/", read).value, {
    name: "dm-0",
    disks: ["sda", "sdb"],
  });
});

Deno.test("a file system with a number of its own is found by its device's name", () => {
  const lines = [line("8:1", "sda1"), line("253:3", "dm-3")];
  const btrfs = hostOf("0:31 / / rw - btrfs /dev/sda1 rw", lines);
  assertEquals(findBlockDevice("/", btrfs).value?.name, "sda1");
  const mapped = hostOf("0:31 / / rw - btrfs /dev/mapper/crypt rw", lines, {
    "/sys/block/dm-3/dm/name": "crypt\n",
  });
  assertEquals(findBlockDevice("/", mapped).value?.name, "dm-3");
});

for (
  const [mount, why] of [
    ["0:40 / / rw - nfs4 server:/export rw", "a server has the files"],
    ["0:41 / / rw - tmpfs tmpfs rw", "keeps its files in memory"],
    ["0:42 / / rw - fuse.x x rw", "a program serves the files"],
    ["0:43 / / rw - overlay overlay rw", "is not in /proc/diskstats"],
    ["8:9 / / rw - ext4 /dev/sdx9 rw", "is not in /proc/diskstats"],
  ] as const
) {
  Deno.test(`a mount without a device says why: ${mount}`, () => {
    const found = findBlockDevice("/", hostOf(mount, [line("8:0", "sda")]));
    assertEquals(found.value, null);
    assertStringIncludes(found.reason ?? "", why);
  });
}

Deno.test("bytes are the volume's, busy time is that of each disk below it", () => {
  const stats = parseDiskStats([
    line("253:0", "dm-0", [100, 0, 0]),
    line("8:0", "sda", [60, 900, 5000]),
    line("8:16", "sdb", [40, 100, 200]),
  ].join("\n"));
  const device = { name: "dm-0", disks: ["sda", "sdb"] };
  assertEquals(deviceCounters(device, stats), {
    deviceReadBytes: 51_200,
    deviceWriteBytes: 0,
    diskBusyMs: [900, 100],
    diskQueueMs: 5200,
  });
});

Deno.test("a device that nobody knows, or that has gone, has no counters", () => {
  const none = deviceCounters(null, null);
  assertEquals(none.deviceReadBytes, NaN);
  assertEquals(none.diskBusyMs, []);
  const gone = deviceCounters({ name: "sdx", disks: ["sdx"] }, new Map());
  assertEquals([gone.deviceReadBytes, gone.diskQueueMs], [NaN, NaN]);
});

Deno.test("the device of this folder is one that the kernel counts, or there is a reason", () => {
  const found = findBlockDevice(".");
  if (found.value === null) assertEquals(found.reason.length > 0, true);
  else assertEquals(found.value.disks.length > 0, true);
});
