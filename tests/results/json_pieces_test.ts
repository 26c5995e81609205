import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { jsonLinePieces, jsonPieces } from "../../lib/results/json_pieces.ts";

function textOf(value: unknown): string {
  return [...jsonPieces(value)].join("");
}

Deno.test("jsonPieces() gives what JSON.parse() reads back", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const expected = JSON.parse(JSON.stringify(value));
    assertEquals(JSON.parse(textOf(value)), expected);
    const line = [...jsonLinePieces(value)].join("");
    assertEquals(line.indexOf("\n"), line.length - 1);
    assertEquals(JSON.parse(line), expected);
  }));
});

Deno.test("jsonPieces() writes null for what is not finite", () => {
  const value = {
    a: NaN,
    b: [1, -Infinity],
    c: Float64Array.of(Infinity, 2, NaN),
  };
  assertEquals(JSON.parse(textOf(value)), {
    a: null,
    b: [1, null],
    c: [null, 2, null],
  });
});

Deno.test("jsonPieces() writes step times without losing a digit", () => {
  const times = Float64Array.from({ length: 10_000 }, (_, i) => i / 7);
  assertEquals(JSON.parse(textOf({ times })).times, Array.from(times));
});

Deno.test("jsonPieces() never makes one big piece of a long list", () => {
  const pieces = jsonPieces({ times: new Float64Array(1_000_000).fill(1 / 3) });
  let longest = 0;
  for (const piece of pieces) longest = Math.max(longest, piece.length);
  assert(longest < 200_000, `${longest} characters`);
});

Deno.test("jsonPieces() indents as DLIO's files are", () => {
  assertEquals(
    textOf({ a: { b: [1, 2] }, c: {}, d: undefined }),
    '{\n    "a": {\n        "b": [1, 2]\n    },\n    "c": {}\n}',
  );
});

Deno.test("jsonPieces() throws for what JSON cannot hold", () => {
  assertThrows(
    () => textOf({ f: () => 1 }),
    TypeError,
    "it must be plain data: current value is a function",
  );
});
