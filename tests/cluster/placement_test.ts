import { assertEquals, assertThrows } from "@std/assert";
import {
  acceleratorsByHost,
  isFirstOfHost,
  placementOf,
  processTitle,
  sharesByHost,
} from "../../lib/cluster/placement.ts";
import { ranksAt } from "../../lib/cluster/ranks.ts";
import { ConfigError } from "../../lib/errors.ts";
import { groupTold } from "../../lib/cluster/told_problems.ts";
import { disagreements } from "../../lib/cluster/agreement.ts";

/** Two processes on a, one on b, one on another host that is called a. */
const PLACEMENT = placementOf([
  { hostname: "a", bootId: "1" },
  { hostname: "b", bootId: "2" },
  { hostname: "a", bootId: "1" },
  { hostname: "a", bootId: "3" },
]);

/** As many hosts as processes. */
function hosts(count: number) {
  return placementOf(
    Array.from({ length: count }, (_, host) => ({
      hostname: `node${host + 1}`,
      bootId: String(host),
    })),
  );
}

Deno.test("placementOf() tells hosts by name and kernel", () => {
  assertEquals(PLACEMENT, {
    hostnames: ["a", "b", "a"],
    hostOf: [0, 1, 0, 2],
  });
  assertEquals(
    PLACEMENT.hostOf.map((_, process) => isFirstOfHost(PLACEMENT, process)),
    [true, true, false, true],
  );
  assertEquals(processTitle(PLACEMENT, 1), "process 1 on b");
});

Deno.test("sharesByHost() deals the accelerators of a host to its processes", () => {
  assertEquals(sharesByHost(PLACEMENT, [5, 4, 1]), [3, 4, 2, 1]);
  assertEquals(sharesByHost(PLACEMENT, [2]), [1, 2, 1, 2]);
  assertEquals(acceleratorsByHost(PLACEMENT, [3, 4, 2, 1]), [5, 4, 1]);
  assertEquals(ranksAt([3, 4, 2, 1], 2), { first: 7, count: 2, total: 10 });
});

Deno.test("sharesByHost() refuses numbers that hosts cannot have", () => {
  assertThrows(
    () => sharesByHost(PLACEMENT, [5, 4]),
    ConfigError,
    "--accelerators-per-host 5,4 as it must be one number, or one for each " +
      "host: the processes run on 3 (a, b, a)",
  );
  assertThrows(
    () => sharesByHost(PLACEMENT, [1]),
    ConfigError,
    "Cannot share 1 accelerators among 2 processes of a",
  );
});

Deno.test("groupTold() says equal texts once, with the hosts that say them", () => {
  const all = ["full", "full", "full", "full"].map((text) => [text]);
  assertEquals(groupTold(hosts(4), all), ["full"]);
  assertEquals(groupTold(hosts(4), [[], ["full"], [], ["slow"]]), [
    "on node2: full",
    "on node4: slow",
  ]);
  assertEquals(groupTold(hosts(6), [[], ...all, []]), [
    "on 4 of 6 hosts (node2, node3, node4 …): full",
  ]);
  const together = { hostnames: ["a"], hostOf: [0, 0, 0] };
  assertEquals(groupTold(together, [[], ["full"], []]), ["in process 1: full"]);
  assertEquals(groupTold(together, [["full"], ["full"], []]), [
    "in 2 of 3 processes: full",
  ]);
});

Deno.test("disagreements() names each fact, its values and their hosts", () => {
  const facts = [
    { files: 3500, seed: 1 },
    { files: 3500, seed: 1 },
    { files: 3499, seed: 1 },
    { seed: 1 },
  ];
  assertEquals(disagreements(hosts(4), facts), [
    "files: 3500 on node1, node2; 3499 on node3; not there on node4",
  ]);
  assertEquals(disagreements(hosts(4), facts.map(() => ({ a: 1 }))), []);
  assertEquals(
    disagreements({ hostnames: ["a"], hostOf: [0, 0] }, [{ a: 1 }, { a: 2 }]),
    ["a: 1 in process 0; 2 in process 1"],
  );
});
