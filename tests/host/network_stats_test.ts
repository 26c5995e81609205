import { assertEquals } from "@std/assert";
import {
  countedPorts,
  networkBytes,
  parseNetDev,
} from "../../lib/host/network_stats.ts";

const TEXT = `Inter-|   Receive                          |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
    lo: 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0
  eth0:5000 50 0 0 0 0 0 0 300 5 0 0 0 0 0 0
 bond0: 5000 50 0 0 0 0 0 0 300 5 0 0 0 0 0 0
`;

Deno.test("parseNetDev() takes received and sent bytes, also where no blank follows the colon", () => {
  assertEquals(
    parseNetDev(TEXT).map(({ name, receivedBytes, sentBytes }) => [
      name,
      receivedBytes,
      sentBytes,
    ]),
    [["lo", 1000, 1000], ["eth0", 5000, 300], ["bond0", 5000, 300]],
  );
});

Deno.test("ports that are made of others are not counted twice, the loopback only where it is used", () => {
  const ports = parseNetDev(TEXT);
  const isReal = (name: string) => name === "eth0";
  assertEquals(countedPorts(ports, isReal, false), ["eth0"]);
  assertEquals(countedPorts(ports, isReal, true), ["eth0", "lo"]);
  // In a container no port has a device behind it.
  assertEquals(countedPorts(ports, () => false, false), ["eth0", "bond0"]);
});

Deno.test("what the loopback moves counts once, what a port moves both ways", () => {
  const ports = parseNetDev(TEXT);
  assertEquals(networkBytes(ports, ["eth0"]), 5300);
  assertEquals(networkBytes(ports, ["eth0", "lo"]), 6300);
});
