import { assertEquals } from "@std/assert";
import {
  spelledBoolean,
  spelledBytes,
  spelledList,
  spelledNumber,
  spelledSeconds,
} from "../../lib/config/spelling.ts";

Deno.test("spelledNumber() reads numbers that are text", () => {
  assertEquals(spelledNumber("1e3"), 1000);
  assertEquals(spelledNumber(" -0.5 "), -0.5);
  assertEquals(spelledNumber("1_000"), 1000);
  assertEquals(spelledNumber(".5"), 0.5);
});

Deno.test("spelledNumber() hands other values through", () => {
  for (const value of ["abc", "", "0x10", "1e", "NaN", null, true, 7, [1]]) {
    assertEquals(spelledNumber(value), value);
  }
});

Deno.test("spelledBoolean() knows the words of YAML 1.1 in any case", () => {
  for (const word of ["on", "Yes", "TRUE"]) {
    assertEquals(spelledBoolean(word), true);
  }
  for (const word of ["off", "No", "False"]) {
    assertEquals(spelledBoolean(word), false);
  }
  for (const value of ["1", "y", "constructor", 1, null]) {
    assertEquals(spelledBoolean(value), value);
  }
});

Deno.test("spelledBytes() and spelledSeconds() keep what they cannot read", () => {
  assertEquals(spelledBytes("4KiB"), 4096);
  assertEquals(spelledBytes("1e3"), 1000);
  assertEquals(spelledBytes("4K"), "4K");
  assertEquals(spelledBytes("1.5B"), "1.5B");
  assertEquals(spelledSeconds("5m"), 300);
  assertEquals(spelledSeconds("5"), 5);
  assertEquals(spelledSeconds("soon"), "soon");
});

Deno.test("spelledList() makes a list of one value", () => {
  assertEquals(spelledList(5), [5]);
  assertEquals(spelledList(["5", 6]), [5, 6]);
  assertEquals(spelledList(null), null);
});
