/**
 * Tests of lib/host/system_file.ts where FFI is denied: a file of its own, since a
 * process opens its C library, or fails to, once.
 */
import { assertEquals } from "@std/assert";
import { readSystemFile } from "../../lib/host/system_file.ts";

Deno.test({
  name: "readSystemFile() gives the reason where FFI is not permitted",
  permissions: { ffi: false },
}, () => {
  assertEquals(readSystemFile("/proc/self/io"), {
    value: null,
    reason: "FFI is not permitted (--allow-ffi)",
  });
});
