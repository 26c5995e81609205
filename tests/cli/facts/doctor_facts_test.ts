/** Tests of lib/cli/facts/doctor_facts.ts. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  type DoctorFacts,
  doctorText,
  suggestions,
} from "../../../lib/cli/facts/doctor_facts.ts";

const GIB = 2 ** 30;

const FACTS: DoctorFacts = {
  stokerVersion: "1.2.3",
  denoVersion: "2.9.6",
  osRelease: "linux 6.1",
  cpuModel: "EPYC",
  room: {
    memoryBytes: { value: 8 * GIB, source: "this host" },
    memoryFreeBytes: { value: 7 * GIB, source: "this host" },
    cpuCount: { value: 2, source: "this host" },
    threadsFree: null,
  },
  processIo: {
    value: {
      requestedReadBytes: 1,
      requestedWriteBytes: 1,
      deviceReadBytes: 1,
      deviceWriteBytes: 1,
    },
    reason: null,
  },
  timer: { medianOversleepUs: 100, maxOversleepUs: 300 },
  uring: { value: { defersWork: true }, reason: null },
  folder: {
    path: "/mnt/data",
    probedPath: "/mnt/data",
    mount: {
      value: {
        root: "/",
        deviceNumber: "8:1",
        mountPoint: "/mnt",
        fileSystemType: "xfs",
        device: "/dev/nvme0n1",
        options: [],
      },
      reason: null,
    },
    freeBytes: { value: 1000 * GIB, reason: null },
    freeFiles: 65_000,
    writeProblem: null,
  },
  deviceQueue: { value: { requests: 1023, device: "nvme0n1" }, reason: null },
  cache: {
    directProblem: null,
    fadviseProblem: null,
    dropCachesProblem: "EACCES",
  },
  proxies: {},
};

Deno.test("doctorText() lists the facts, then what follows", () => {
  assertEquals(
    doctorText(FACTS),
    `\
Stoker           1.2.3 on Deno 2.9.6
System           linux 6.1
Processors       2 × EPYC
Memory           8.00 GiB, 7.00 GiB available
Threads          no limit known
Device counters  yes
io_uring         yes
Timer oversleep  100 µs median, 300 µs at most
Folder           /mnt/data
File system      xfs, /dev/nvme0n1 on /mnt
Free space       1000.00 GiB, 65000 inodes
Writable         yes
O_DIRECT         yes
Bytes of device  counted by the kernel
Device queue     nvme0n1 takes 1023 requests
posix_fadvise    yes
drop_caches      no: EACCES
Proxies          none

- A dataset below 40.00 GiB (5 times memory) may be read from the page cache; the result says how much was`,
  );
});

Deno.test("doctorText() gives the reason for what is unknown", () => {
  const text = doctorText({
    ...FACTS,
    processIo: { value: null, reason: "FFI is not permitted (--allow-ffi)" },
    folder: {
      ...FACTS.folder,
      probedPath: "/mnt",
      mount: { value: null, reason: "no table" },
    },
  });
  assertStringIncludes(text, "no: FFI is not permitted (--allow-ffi)\n");
  assertStringIncludes(text, "/mnt/data (to be made)\n");
  assertStringIncludes(text, "unknown: no table\n");
});

/** The only suggestion besides the one on the dataset's size. */
function suggestionFor(change: Partial<DoctorFacts>): string {
  const found = suggestions({ ...FACTS, ...change })
    .filter((text) => !text.startsWith("A dataset below"));
  assertEquals(found.length, 1);
  return found[0]!;
}

Deno.test("suggestions() speaks of each thing that is not well", () => {
  const { folder, cache } = FACTS;
  assertEquals(suggestions(FACTS).length, 1);
  assertMatch(
    suggestionFor({ processIo: { value: null, reason: "no FFI" } }),
    /cannot be counted \(no FFI\)/,
  );
  assertMatch(
    suggestionFor({ cache: { ...cache, directProblem: "EINVAL" } }),
    /^O_DIRECT is refused \(EINVAL\)/,
  );
  assertMatch(
    suggestionFor({ cache: { ...cache, fadviseProblem: "ENOSYS" } }),
    /does not work here, as .*drop_caches is not permitted either \(EACCES\)/,
  );
  assertMatch(
    suggestionFor({
      cache: { ...cache, fadviseProblem: "ENOSYS", dropCachesProblem: null },
    }),
    /empties the page cache of the whole host/,
  );
  assertMatch(
    suggestionFor({
      folder: { ...folder, writeProblem: "EROFS" },
    }),
    /^No file can be made in \/mnt\/data \(EROFS\)/,
  );
  assertMatch(
    suggestionFor({
      folder: { ...folder, freeBytes: { value: GIB, reason: null } },
    }),
    /^1.00 GiB are free/,
  );
  assertMatch(
    suggestionFor({
      timer: { medianOversleepUs: 900, maxOversleepUs: 1000 },
    }),
    /^Timers overshoot by 900 µs/,
  );
  const mount = {
    value: {
      root: "/",
      deviceNumber: "8:1",
      mountPoint: "/mnt",
      fileSystemType: "tmpfs",
      device: "tmpfs",
      options: [],
    },
    reason: null,
  };
  assertMatch(
    suggestionFor({
      folder: { ...folder, mount },
      cache: { ...cache, directProblem: "EINVAL" },
    }),
    /is on tmpfs, which is memory/,
  );
  assertMatch(
    suggestionFor({ proxies: { HTTP_PROXY: "http://p:3128" } }),
    /go through a proxy \(HTTP_PROXY=http:\/\/p:3128\)/,
  );
});

/** The sample's folder on another file system. */
function onFileSystem(
  fileSystemType: string,
  options: readonly string[],
): DoctorFacts {
  const { folder } = FACTS;
  const value = {
    ...{ root: "/", deviceNumber: "8:1", mountPoint: "/mnt", device: "x" },
    fileSystemType,
    options,
  };
  return { ...FACTS, folder: { ...folder, mount: { value, reason: null } } };
}

Deno.test("doctor says when a file system makes O_DIRECT meaningless", () => {
  const cases = [
    ["btrfs", ["compress=zstd:3"], "btrfs with compress=zstd:3"],
    ["ext4", ["data=journal"], "ext4 with data=journal"],
  ] as const;
  for (const [type, options, reason] of cases) {
    const facts = onFileSystem(type, options);
    assertStringIncludes(
      doctorText(facts),
      `O_DIRECT         accepted but meaningless: ${reason}`,
    );
    assertStringIncludes(
      suggestionFor(facts),
      `O_DIRECT is accepted but meaningless here: ${reason}`,
    );
  }
});

Deno.test("doctor says where nobody can know what reaches the device", () => {
  const facts = onFileSystem("nfs4", []);
  assertStringIncludes(
    doctorText(facts),
    "Bytes of device  unknown: nfs4: a server has the files",
  );
  assertMatch(
    suggestionFor(facts),
    /^What reaches the device cannot be known \(nfs4: .*--max-cache-hit fails/,
  );
});
