import { assertEquals, assertThrows } from "@std/assert";
import { parseBoundedJson } from "../../../lib/rules/tree/bounded_json.ts";

Deno.test("parseBoundedJson() reads JSON as it is", () => {
  const value = {
    a: [1, -2.5, "NaN in a text", 'a "quote"', null, true],
    b: {},
  };
  assertEquals(parseBoundedJson(JSON.stringify(value)), value);
});

Deno.test("parseBoundedJson() takes Python's bare words as texts", () => {
  assertEquals(parseBoundedJson('{"a": NaN, "b": [-Infinity, Infinity, -1]}'), {
    a: "NaN",
    b: ["-Infinity", "Infinity", -1],
  });
});

Deno.test("parseBoundedJson() refuses what is too deep, before it is parsed", () => {
  assertThrows(
    () => parseBoundedJson("[".repeat(65)),
    SyntaxError,
    "64 levels",
  );
  assertEquals(
    parseBoundedJson("[".repeat(64) + "]".repeat(64)) !== null,
    true,
  );
});

Deno.test("parseBoundedJson() refuses what is no JSON", () => {
  for (const text of ["", "{", '"', '{"a": NaNa}', "\\"]) {
    assertThrows(() => parseBoundedJson(text), SyntaxError);
  }
});
