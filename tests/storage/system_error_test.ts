import { assertEquals, assertStrictEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { foreignText, StorageError } from "../../lib/errors.ts";
import { codeOf, toStorageError } from "../../lib/storage/system_error.ts";

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it did not fail");
}

Deno.test("Deno's errors become operation, path, clause and code", () => {
  const error = thrownBy(() => Deno.openSync("/no/such/file"));
  assertEquals(
    toStorageError("open", "/no/such/file", error).message,
    'Cannot open "/no/such/file": no such file or directory (ENOENT)',
  );
});

Deno.test("node's errors become the same", () => {
  const error = thrownBy(() => readFileSync("/no/such/file"));
  assertEquals(
    toStorageError("read", "/no/such/file", error).message,
    'Cannot read "/no/such/file": no such file or directory (ENOENT)',
  );
});

Deno.test("a path with odd characters does not upset the clause", () => {
  for (const path of ["/no/it's (os error 7)", '/no/"x", y', "/no/a\nb"]) {
    for (
      const error of [
        thrownBy(() => Deno.openSync(path)),
        thrownBy(() => readFileSync(path)),
      ]
    ) {
      assertEquals(
        toStorageError("open", path, error).message,
        `Cannot open "${
          foreignText(path)
        }": no such file or directory (ENOENT)`,
      );
    }
  }
});

Deno.test("a StorageError passes as it is, told once", () => {
  const error = new StorageError("open", "/a", "EIO", "broken");
  assertStrictEquals(toStorageError("read", "/b", error), error);
});

Deno.test("what has no code is named by its class", () => {
  assertEquals(codeOf(new TypeError("x")), "TypeError");
  assertEquals(
    toStorageError("read", "/a", "text").message,
    'Cannot read "/a": text (UNKNOWN)',
  );
});
