/** Tests of lib/host/locked_memory.ts. */
import { assertEquals, assertGreater } from "@std/assert";
import {
  parseLockedMemoryLimit,
  readLockedMemoryLimit,
} from "../../lib/host/locked_memory.ts";

const limits = (soft: string) =>
  `Limit                     Soft Limit   Hard Limit   Units
Max processes             95938        95938        processes
Max locked memory         ${soft.padEnd(12)} unlimited    bytes
`;
const status = (capabilities: string) =>
  `Name:\tdeno\nCapEff:\t${capabilities}\nCapBnd:\t000001ffffffffff\n`;

Deno.test("parseLockedMemoryLimit() knows the limit, and who has none", () => {
  const none = status("0000000000000000");
  assertEquals(parseLockedMemoryLimit(limits("8388608"), none), 8388608);
  assertEquals(parseLockedMemoryLimit(limits("unlimited"), none), Infinity);
  const mayLock = status("0000000000004000");
  assertEquals(parseLockedMemoryLimit(limits("0"), mayLock), Infinity);
  const mayElse = status("000001ffffffbfff");
  assertEquals(parseLockedMemoryLimit(limits("0"), mayElse), 0);
  assertEquals(parseLockedMemoryLimit("", ""), 0);
});

Deno.test({
  name: "readLockedMemoryLimit() is read on this host",
  ignore: Deno.build.os !== "linux",
  fn: () => assertGreater(readLockedMemoryLimit(), 0),
});
