import { assert, assertEquals, assertExists } from "@std/assert";
import { ffiInt64, openLibc } from "../../lib/libc/libc.ts";

Deno.test("ffiInt64() is the same integer, whatever its size and sign", () => {
  const values = [0, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, 1e15];
  for (const value of [...values, ...values.map((value) => -value)]) {
    assertEquals(ffiInt64(value), BigInt(value));
  }
  assertEquals(
    ffiInt64(Number.MAX_SAFE_INTEGER),
    BigInt(Number.MAX_SAFE_INTEGER),
  );
});

Deno.test("a thread finds the calls of the C library that it uses, and no others", () => {
  const { value: libc } = openLibc();
  assertExists(libc);
  assert(!Object.hasOwn(libc, "tcsetattr"));
  const { sched_yield } = libc;
  assertEquals(sched_yield(), 0);
  // Found once: the next use is the same function.
  assert(Object.hasOwn(libc, "sched_yield"));
  assertEquals(libc.sched_yield, sched_yield);
  assert(!Object.hasOwn(libc, "tcsetattr"));
});
