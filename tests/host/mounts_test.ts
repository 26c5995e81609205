/** Tests of lib/host/mounts.ts. */
import { assertEquals } from "@std/assert";
import { mountOf, parseMountInfo, readMountOf } from "../../lib/host/mounts.ts";

const TEXT = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,errors=remount-ro
31 27 0:40 / /mnt/my\\040disk ro - nfs4 server:/export rw,vers=4.2
32 27 0:41 / /mnt rw - tmpfs tmpfs rw
33 27 0:42 / /mnt rw - xfs /dev/nvme0n1 rw
broken line
`;

Deno.test("parseMountInfo() skips optional fields and unescapes blanks", () => {
  const mounts = parseMountInfo(TEXT);
  assertEquals(mounts.length, 5);
  assertEquals(mounts[1], {
    root: "/",
    deviceNumber: "254:0",
    mountPoint: "/",
    fileSystemType: "ext4",
    device: "/dev/vda",
    options: ["rw", "relatime", "rw", "errors=remount-ro"],
  });
  assertEquals(mounts[2]?.mountPoint, "/mnt/my disk");
});

Deno.test("mountOf() takes the longest mount point, then the last", () => {
  const mounts = parseMountInfo(TEXT);
  const typeOf = (path: string) => mountOf(path, mounts)?.fileSystemType;
  assertEquals(typeOf("/home/x"), "ext4");
  assertEquals(typeOf("/mnt/my disk/a"), "nfs4");
  assertEquals(typeOf("/mnt/other"), "xfs");
  assertEquals(typeOf("/mnt"), "xfs");
  assertEquals(typeOf("/mntx"), "ext4");
  assertEquals(mountOf("/x", []), null);
});

Deno.test("readMountOf() finds the mount of /proc", () => {
  assertEquals(readMountOf("/proc/self").value?.fileSystemType, "proc");
});
