/** Tests of lib/host/system_file.ts. */
import { assertEquals, assertMatch } from "@std/assert";
import { readSystemFile } from "../../lib/host/system_file.ts";

Deno.test("readSystemFile() reads a file that Deno itself refuses", () => {
  assertMatch(readSystemFile("/proc/self/status").value ?? "", /^Name:/);
});

Deno.test("readSystemFile() says what cannot be opened", () => {
  assertEquals(readSystemFile("/proc/self/absent"), {
    value: null,
    reason: "/proc/self/absent cannot be opened",
  });
});

Deno.test("readSystemFile() says what cannot be read", () => {
  assertEquals(readSystemFile("/proc"), {
    value: null,
    reason: "/proc cannot be read",
  });
});
