import { assertEquals } from "@std/assert";
import { errnoError, errnoName } from "../../lib/libc/errno.ts";
import { cPath, errnoOf, openLibc } from "../../lib/libc/libc.ts";

Deno.test("errnoError() names the system's failure and a clause", () => {
  const error = errnoError("write", "/x", 28);
  assertEquals(error.code, "ENOSPC");
  assertEquals(error.message.includes("no space left on device"), true);
});

Deno.test("errnoError() takes a clause that says more", () => {
  const error = errnoError("open", "/x", 22, "it refuses");
  assertEquals(error.message.includes("it refuses"), true);
});

Deno.test("errnoName() of an unknown number is the number", () => {
  assertEquals(errnoName(200), "errno 200");
});

Deno.test("openLibc() is opened once, and errnoOf() tells its failures", () => {
  const { value: libc } = openLibc();
  assertEquals(openLibc().value === libc, true);
  if (libc === null) throw new Error("no C library");
  assertEquals(libc.open(cPath("/no/such/file"), 0, 0), -1);
  assertEquals(errnoName(errnoOf(libc)), "ENOENT");
});
