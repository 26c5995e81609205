/** Tests of lib/host/device_queue.ts with hosts that are made up. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { findDeviceQueue } from "../../lib/host/device_queue.ts";

/** What a made-up host has beside a root that is mounted. */
interface Host {
  /** Its mount: "254:0 / / rw - ext4 /dev/vda rw". */
  readonly mount: string;
  /** Names of `/proc/diskstats`. */
  readonly counted: readonly string[];
  /** Files below `/sys`. */
  readonly sys: Readonly<Record<string, string>>;
}

function readerOf({ mount, counted, sys }: Host) {
  const files: Record<string, string> = {
    "/proc/self/mountinfo": `27 1 ${mount}\n`,
    "/proc/diskstats": counted
      .map((name) => `8 0 ${name} 1 0 1 1 1 0 0 1 0 1 1`).join("\n"),
    ...Object.fromEntries(
      Object.entries(sys).map(([path, text]) => [`/sys/${path}`, `${text}\n`]),
    ),
  };
  return (path: string) => files[path] ?? null;
}

/** A disk's folder: hardware queues with so many tags, requests allotted. */
function disk(
  name: string,
  tags: readonly number[],
  { allotted, ...files }: { allotted: number } & Record<string, number>,
): Record<string, string> {
  return {
    [`block/${name}/dev`]: "8:0",
    [`block/${name}/queue/nr_requests`]: `${allotted}`,
    ...Object.fromEntries(
      tags.map((count, n) => [`block/${name}/mq/${n}/nr_tags`, `${count}`]),
    ),
    ...Object.fromEntries(
      Object.entries(files).map((
        [path, count],
      ) => [`block/${name}/${path}`, `${count}`]),
    ),
  };
}

const SATA = { allotted: 64, "device/queue_depth": 32 };

/** A host, what its device is called, and how many requests it takes. */
const KNOWN: readonly (readonly [string, Host, string, number])[] = [
  [
    "NVMe with a queue for each of 4 CPUs",
    {
      mount: "259:0 / / rw - xfs /dev/nvme0n1 rw",
      counted: ["nvme0n1"],
      sys: {
        "dev/block/259:0/uevent": "DEVNAME=nvme0n1",
        ...disk("nvme0n1", [1023, 1023, 1023, 1023], { allotted: 1023 }),
      },
    },
    "nvme0n1",
    4092,
  ],
  [
    "NVMe with two paths, of which one is used",
    {
      mount: "259:0 / / rw - xfs /dev/nvme0n1 rw",
      counted: ["nvme0n1"],
      sys: {
        "dev/block/259:0/uevent": "DEVNAME=nvme0n1",
        ...disk("nvme0n1", [], { allotted: 128 }),
        ...disk("nvme0c0n1", [31, 31], { allotted: 31 }),
        ...disk("nvme0c3n1", [127], { allotted: 127 }),
      },
    },
    "nvme0n1",
    62,
  ],
  [
    "virtio behind a scheduler that may sort twice as many",
    {
      mount: "254:0 / / rw - ext4 /dev/vda rw",
      counted: ["loop0", "vda"],
      sys: {
        "dev/block/254:0/uevent": "DEVNAME=vda",
        ...disk("vda", [128], { allotted: 256 }),
      },
    },
    "vda",
    128,
  ],
  [
    "virtio without a scheduler, whose requests somebody lowered",
    {
      mount: "254:0 / / rw - ext4 /dev/vda rw",
      counted: ["vda"],
      sys: {
        "dev/block/254:0/uevent": "DEVNAME=vda",
        ...disk("vda", [256, 256], { allotted: 16 }),
      },
    },
    "vda",
    32,
  ],
  [
    "a partition of a SATA disk",
    {
      mount: "8:2 / / rw - ext4 /dev/sda2 rw",
      counted: ["sda", "sda1", "sda2"],
      sys: {
        "dev/block/8:2/uevent": "DEVNAME=sda2",
        "block/sda/sda2/dev": "8:2",
        ...disk("sda", [32], SATA),
      },
    },
    "sda",
    32,
  ],
  [
    "a SCSI disk whose adapter has one set of tags for 8 queues",
    {
      mount: "8:0 / / rw - xfs /dev/sda rw",
      counted: ["sda"],
      sys: {
        "dev/block/8:0/uevent": "DEVNAME=sda",
        ...disk("sda", Array(8).fill(4096), {
          allotted: 256,
          "device/queue_depth": 254,
        }),
      },
    },
    "sda",
    254,
  ],
  [
    "a logical volume over two disks",
    {
      mount: "253:0 / / rw - xfs /dev/mapper/vg-data rw",
      counted: ["sda", "vdb", "dm-0"],
      sys: {
        "dev/block/253:0/uevent": "DEVNAME=dm-0",
        "class/block/dm-0/slaves/sda/dev": "8:0",
        "class/block/dm-0/slaves/vdb/dev": "254:16",
        ...disk("dm-0", [], { allotted: 128 }),
        ...disk("sda", [32], SATA),
        ...disk("vdb", [128], { allotted: 256 }),
      },
    },
    "dm-0 (sda, vdb)",
    160,
  ],
  [
    "md over partitions, two of them of one disk, below a volume",
    {
      mount: "253:0 / / rw - xfs /dev/mapper/vg-data rw",
      counted: ["sda", "sda1", "sda2", "sdb", "sdb1", "md0", "dm-0"],
      sys: {
        "dev/block/253:0/uevent": "DEVNAME=dm-0",
        "class/block/dm-0/slaves/md0/dev": "9:0",
        "class/block/md0/slaves/sda1/dev": "8:1",
        "class/block/md0/slaves/sda2/dev": "8:2",
        "class/block/md0/slaves/sdb1/dev": "8:17",
        "block/sda/sda1/dev": "8:1",
        "block/sda/sda2/dev": "8:2",
        "block/sdb/sdb1/dev": "8:17",
        ...disk("dm-0", [], { allotted: 128 }),
        ...disk("md0", [], { allotted: 128 }),
        ...disk("sda", [32], SATA),
        ...disk("sdb", [32], SATA),
      },
    },
    "dm-0 (sda, sdb)",
    64,
  ],
];

for (const [what, host, device, requests] of KNOWN) {
  Deno.test(`${what} takes ${requests} requests`, () => {
    assertEquals(findDeviceQueue("/", readerOf(host)), {
      value: { requests, device },
      reason: null,
    });
  });
}

/** A host without a queue, and words of the reason. */
const UNKNOWN: readonly (readonly [string, Host, string])[] = [
  ["a server", {
    mount: "0:40 / / rw - nfs4 server:/export rw",
    counted: ["sda"],
    sys: {},
  }, "a server has the files"],
  ["memory", {
    mount: "0:41 / / rw - tmpfs tmpfs rw",
    counted: ["sda"],
    sys: {},
  }, "tmpfs keeps its files in memory"],
  ["an overlay", {
    mount: "0:43 / / rw - overlay overlay rw",
    counted: ["sda"],
    sys: {},
  }, "is not in /proc/diskstats"],
  ["a device that hands requests on", {
    mount: "252:0 / / rw - ext4 /dev/zram0 rw",
    counted: ["zram0"],
    sys: {
      "dev/block/252:0/uevent": "DEVNAME=zram0",
      ...disk("zram0", [], { allotted: 128 }),
    },
  }, "Linux names no queue of zram0 (/sys/block/zram0/mq)"],
  ["a volume of which one disk has none", {
    mount: "253:0 / / rw - xfs /dev/mapper/vg-data rw",
    counted: ["sda", "pmem0", "dm-0"],
    sys: {
      "dev/block/253:0/uevent": "DEVNAME=dm-0",
      "class/block/dm-0/slaves/sda/dev": "8:0",
      "class/block/dm-0/slaves/pmem0/dev": "259:0",
      ...disk("sda", [32], SATA),
      ...disk("pmem0", [], { allotted: 128 }),
    },
  }, "no queue of pmem0"],
  ["a host without /sys", {
    mount: "254:0 / / rw - ext4 /dev/vda rw",
    counted: ["vda"],
    sys: {},
  }, "no queue of vda"],
];

for (const [what, host, reason] of UNKNOWN) {
  Deno.test(`${what} has no queue that is known: ${reason}`, () => {
    const found = findDeviceQueue("/", readerOf(host));
    assertEquals(found.value, null);
    assertStringIncludes(found.reason ?? "", reason);
  });
}

Deno.test("the device of this folder takes at least one request, or there is a reason", () => {
  const found = findDeviceQueue(".");
  if (found.value === null) assertEquals(found.reason.length > 0, true);
  else assertEquals(found.value.requests >= 1, true);
});
