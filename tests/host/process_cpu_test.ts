import { assertEquals, assertGreater } from "@std/assert";
import {
  parseProcessStat,
  readProcessCpu,
} from "../../lib/host/process_cpu.ts";

const STAT = "4242 (a name) (1) R 1 4242 4242 0 -1 4194304 9 0 0 0 " +
  "1234 56 7 8 20 0 12 0 99 1 2 3\n";

Deno.test("parseProcessStat() finds the times behind any name", () => {
  assertEquals(parseProcessStat(STAT), {
    value: { userMs: 12_340, systemMs: 560 },
    reason: null,
  });
});

Deno.test("parseProcessStat() says what is missing", () => {
  assertEquals(parseProcessStat("1 (x) R 1"), {
    value: null,
    reason: "/proc/self/stat has no utime and stime",
  });
});

Deno.test("readProcessCpu() grows with the work of this process", () => {
  const before = readProcessCpu();
  if (before.value === null) return;
  let after: ReturnType<typeof readProcessCpu> = before;
  // Until a tick has been counted, whatever else the host does.
  while (
    after.value !== null &&
    after.value.userMs + after.value.systemMs ===
      before.value.userMs + before.value.systemMs
  ) after = readProcessCpu();
  const total = (cpu: typeof after) =>
    (cpu.value?.userMs ?? 0) + (cpu.value?.systemMs ?? 0);
  assertGreater(total(after), total(before));
});
