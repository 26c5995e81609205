import { assertEquals } from "@std/assert";
import {
  booleanOf,
  folderOf,
  nameOf,
  numberOf,
} from "../../lib/rules/values.ts";

Deno.test("numberOf() reads numbers and texts of numbers, nothing else", () => {
  const read = [
    1,
    "148000",
    "148,000",
    "1_000_000",
    " 7 ",
    "1e3",
    "",
    "x",
    NaN,
    null,
    {},
  ]
    .map(numberOf);
  assertEquals(read, [
    1,
    148_000,
    148_000,
    1e6,
    7,
    1000,
    null,
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("booleanOf() reads YAML's and Python's words", () => {
  const read = ["True", "false", "no", "1", 1, null].map(booleanOf);
  assertEquals(read, [true, false, false, true, null, null]);
});

Deno.test("nameOf() makes spellings of one name equal", () => {
  assertEquals(nameOf("LLAMA3_8B"), "llama3-8b");
});

Deno.test("folderOf() makes spellings of one folder equal", () => {
  const same = ["/mnt/a", "/mnt/a/", "/mnt//a/./", "/mnt/a//"].map(folderOf);
  assertEquals(new Set(same), new Set(["/mnt/a"]));
  assertEquals([folderOf("/"), folderOf("s3://b/p/"), folderOf("")], [
    "/",
    "s3://b/p",
    null,
  ]);
});
