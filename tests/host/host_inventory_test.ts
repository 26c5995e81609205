/** Tests of lib/host/host_inventory.ts. */
import { assertEquals, assertGreater } from "@std/assert";
import {
  networkPorts,
  parseOsRelease,
  parseSockets,
  readHostInventory,
} from "../../lib/host/host_inventory.ts";

function processor(socket: number, core: number): string {
  return `processor\t: 0\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;
}

Deno.test("parseSockets() counts cores of all sockets, not threads", () => {
  const threads = [[0, 0], [0, 1], [0, 0], [0, 1], [1, 0], [1, 1]];
  assertEquals(
    parseSockets(threads.map(([s, c]) => processor(s!, c!)).join("\n")),
    { socketCount: 2, coreCount: 4 },
  );
});

Deno.test("parseSockets() does not guess where no sockets are named", () => {
  assertEquals(parseSockets("processor\t: 0\nBogoMIPS\t: 50\n"), {
    socketCount: null,
    coreCount: null,
  });
});

Deno.test("parseOsRelease() takes values with and without quotes", () => {
  assertEquals(
    parseOsRelease(`NAME="Rocky Linux"\n# no\nVERSION_ID='9.5'\nID=rocky\n`),
    { NAME: "Rocky Linux", VERSION_ID: "9.5", ID: "rocky" },
  );
});

Deno.test("networkPorts() are those with a device, with type, state and speed", () => {
  const files: Readonly<Record<string, string>> = {
    "/proc/net/dev": "Inter-|   Receive\n face |bytes\n    lo: 1 2\n" +
      "  eth0: 1 2\n   ib0:3 4\n virbr0: 0 0\n  eth1: 0 0\n",
    "/sys/class/net/eth0/device/uevent": "DRIVER=mlx5\n",
    "/sys/class/net/eth0/speed": "100000\n",
    "/sys/class/net/eth0/operstate": "up\n",
    "/sys/class/net/eth0/type": "1\n",
    "/sys/class/net/ib0/device/uevent": "",
    "/sys/class/net/ib0/speed": "-1\n",
    "/sys/class/net/ib0/operstate": "down\n",
    "/sys/class/net/ib0/type": "32\n",
    "/sys/class/net/eth1/device/uevent": "",
    "/sys/class/net/eth1/operstate": "up\n",
  };
  assertEquals(networkPorts((path) => files[path] ?? null), [
    { name: "eth0", type: "ethernet", isUp: true, gigabitsPerSecond: 100 },
    { name: "ib0", type: "infiniband", isUp: false, gigabitsPerSecond: null },
    { name: "eth1", type: "other", isUp: true, gigabitsPerSecond: null },
  ]);
});

Deno.test("readHostInventory() reads this host", () => {
  const { memoryBytes, kernelRelease, hostname } = readHostInventory();
  assertGreater(memoryBytes, 0);
  assertEquals(kernelRelease, Deno.osRelease());
  assertEquals(hostname, Deno.hostname());
});
