import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseHydraValue } from "../../lib/config/hydra_value.ts";

Deno.test("parseHydraValue() follows Hydra's grammar", () => {
  const cases: [string, unknown][] = [
    ["4", 4],
    ["-4", -4],
    ["1_000", 1000],
    ["0.5", 0.5],
    ["1e3", 1000],
    ["true", true],
    ["False", false],
    ["null", null],
    ["None", null],
    ["none", "none"],
    ["off", "off"],
    ["", ""],
    ["s3://bucket/a b", "s3://bucket/a b"],
    ["'4'", "4"],
    ['"a,b]"', "a,b]"],
    ["'it\\'s'", "it's"],
    ["[]", []],
    ["[1,2.5,a b,'c,d']", [1, 2.5, "a b", "c,d"]],
    ["[ [1, 2], {a: 3} ]", [[1, 2], { a: 3 }]],
    ["{}", {}],
    ["{mean:0.1, type: normal}", { mean: 0.1, type: "normal" }],
    ["{url:http://h:9000/x}", { url: "http://h:9000/x" }],
    ["12345678901234567890", "12345678901234567890"],
  ];
  for (const [text, value] of cases) {
    assertEquals(parseHydraValue(text), value, text);
  }
});

Deno.test("parseHydraValue() says what is missing", () => {
  assertThrows(() => parseHydraValue("'a"), SyntaxError, "not closed");
  assertThrows(() => parseHydraValue("[1,2"), SyntaxError, "a ] is missing");
  assertThrows(() => parseHydraValue("{a:1"), SyntaxError, "a } is missing");
  assertThrows(() => parseHydraValue("{a}"), SyntaxError, "a : is missing");
  assertThrows(
    () => parseHydraValue("[1]2"),
    SyntaxError,
    "nothing may follow",
  );
});

Deno.test("parseHydraValue() reads back every list of integers", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      assertEquals(parseHydraValue(`[${numbers.join(",")}]`), numbers);
    }),
    { seed: 4 },
  );
});

Deno.test("parseHydraValue() ends on any text", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseHydraValue(text);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }),
    { seed: 5 },
  );
});
