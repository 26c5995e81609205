/** Tests of lib/host/file_system.ts. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  directDoubt,
  fileSystemOf,
  readFileSystem,
} from "../../lib/host/file_system.ts";

function onMount(fileSystemType: string, options: readonly string[] = []) {
  const mount = {
    root: "/",
    deviceNumber: "8:1",
    mountPoint: "/mnt",
    device: "x",
  };
  return fileSystemOf({ ...mount, fileSystemType, options });
}

const COUNTED = [
  ...["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "overlay"],
  ...["tmpfs", "ramfs"],
];
const UNCOUNTED = [
  ["nfs", "a server has the files"],
  ["nfs4", "a server has the files"],
  ["cifs", "a server has the files"],
  ["ceph", "a server has the files"],
  ["lustre", "a server has the files"],
  ["9p", "a server has the files"],
  ["fuse", "a program serves the files"],
  ["fuse.sshfs", "a program serves the files"],
  ["fuseblk", "a program serves the files"],
  ["zfs", "it counts what calls return"],
  ["newfs", "Stoker does not know"],
] as const;

Deno.test("fileSystemOf() believes the kernel's counters of block devices and memory alone", () => {
  for (const type of COUNTED) {
    assertEquals(onMount(type).uncountedReason, null, type);
  }
  for (const [type, reason] of UNCOUNTED) {
    assertStringIncludes(onMount(type).uncountedReason ?? "", reason);
    assertStringIncludes(onMount(type).uncountedReason ?? "", `${type}:`);
  }
  for (const option of ["dax", "dax=always"]) {
    assertStringIncludes(
      onMount("xfs", ["rw", option]).uncountedReason ?? "",
      `xfs with ${option}`,
    );
  }
  assertEquals(onMount("xfs", ["dax=inode"]).uncountedReason, null);
});

const DOUBTS = [
  ["ext4", ["rw", "relatime"], null],
  ["ext4", ["data=ordered"], null],
  ["ext4", ["data=journal"], "ext4 with data=journal"],
  ["btrfs", ["compress=zstd:3"], "btrfs with compress=zstd:3"],
  ["btrfs", ["compress-force=lzo"], "btrfs with compress-force=lzo"],
  ["btrfs", ["compress=no"], null],
  ["f2fs", ["compress_algorithm=lz4"], "f2fs with compress_algorithm=lz4"],
  ["tmpfs", [], "tmpfs keeps files in memory"],
  ["ramfs", [], "ramfs keeps files in memory"],
  ["nfs4", [], null],
] as const;

Deno.test("directDoubt() says which type or option makes O_DIRECT meaningless", () => {
  for (const [type, options, expected] of DOUBTS) {
    const doubt = directDoubt(onMount(type, options));
    if (expected === null) assertEquals(doubt, null);
    else assertStringIncludes(doubt ?? "", expected);
  }
});

Deno.test("readFileSystem() judges the nearest folder that exists, links followed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink("/proc", `${folder}/link`);
    const { value } = readFileSystem(folder);
    assertEquals(readFileSystem(`${folder}/not/there`).value, value);
    assertEquals(
      readFileSystem(`${folder}/link/self`).value?.type ?? "proc",
      "proc",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
