import { assertEquals, assertThrows } from "@std/assert";
import { hostCount, parseHostList } from "../../../lib/cli/line/host_list.ts";
import { UsageError } from "../../../lib/errors.ts";

for (
  const [text, hosts] of [
    ["gpu1", "gpu1"],
    ["10.0.0.1,10.0.0.2", "10.0.0.1 10.0.0.2"],
    ["node[01-03,07],gpu1", "node01 node02 node03 node07 gpu1"],
    ["node[8-11]", "node8 node9 node10 node11"],
    ["node[098-101]-ib", "node098-ib node099-ib node100-ib node101-ib"],
    ["r[1-2]n[1-2]", "r1n1 r1n2 r2n1 r2n2"],
  ] as const
) {
  Deno.test(`parseHostList() reads ${text} as Slurm does`, () => {
    assertEquals(parseHostList(text).join(" "), hosts);
    assertEquals(hostCount(text), hosts.split(" ").length);
  });
}

for (
  const [text, rule] of [
    ["", "node[01-16],gpu1"],
    ["a,,b", "node[01-16],gpu1"],
    ["node[1-2", "node[01-16],gpu1"],
    ["node[a-b]", "node[01-16],gpu1"],
    ["a b", "node[01-16],gpu1"],
    ["node[3-1]", "not [3-1]"],
    ["node[1,]", "not []"],
    ["a,b,a", "a is there twice"],
    ["node[0-100000]", "at most 100000 hosts"],
  ] as const
) {
  Deno.test(`parseHostList() refuses "${text}" by its rule`, () => {
    assertThrows(() => parseHostList(text), UsageError, rule);
  });
}

Deno.test("hostCount() takes a number too, from 1", () => {
  assertEquals(hostCount("8"), 8);
  assertThrows(() => hostCount("0"), UsageError, "from 1 to 100000");
});
