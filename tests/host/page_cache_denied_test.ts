/**
 * Tests of lib/host/page_cache.ts where FFI is denied: a file of its own,
 * since a process opens its C library, or fails to, once.
 */
import { assertEquals } from "@std/assert";
import { PageCache } from "../../lib/host/page_cache.ts";

Deno.test({
  name: "PageCache.connect() gives the reason where FFI is not permitted",
  permissions: { ffi: false },
}, () => {
  assertEquals(PageCache.connect(), {
    value: null,
    reason: "FFI is not permitted (--allow-ffi)",
  });
});
