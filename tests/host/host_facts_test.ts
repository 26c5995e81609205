/** Tests of lib/host/host_facts.ts. */
import { assertEquals, assertGreater } from "@std/assert";
import { parseColonTable, readHostFacts } from "../../lib/host/host_facts.ts";

Deno.test("parseColonTable() trims and lets the last processor win", () => {
  const text = `processor\t: 0
model name\t: EPYC: 7
flags\t\t:

processor\t: 1
MemTotal:       24684084 kB
no table line
`;
  assertEquals(parseColonTable(text), {
    "processor": "1",
    "model name": "EPYC: 7",
    "flags": "",
    "MemTotal": "24684084 kB",
  });
});

Deno.test("readHostFacts() agrees with /proc/meminfo", () => {
  const facts = readHostFacts();
  assertGreater(facts.cpuCount, 0);
  assertEquals(
    facts.memInfo["MemTotal"],
    `${facts.memoryBytes / 1024} kB`,
  );
});
