import { assertEquals } from "@std/assert";
import type { z } from "zod";
import {
  byteCount,
  choice,
  flag,
  folder,
  meanByteCount,
  optionalText,
  optionalWholeNumber,
  realNumber,
  secondCount,
  text,
  textList,
  wholeNumber,
  wholeNumberList,
  wholeNumberWithoutDefault,
} from "../../lib/config/setting.ts";

const HELP = { help: "What it does" };

/** The distinct rules that a value breaks. */
function rulesOf(schema: z.ZodType, value: unknown): string[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return [...new Set(issues.map(({ message }) => message))];
}

Deno.test("wholeNumber() states both bounds, one or none", () => {
  assertEquals(rulesOf(wholeNumber(1, { ...HELP, min: 0, max: 9 }), 10), [
    "it must be an integer from 0 to 9",
  ]);
  assertEquals(rulesOf(wholeNumber(1, { ...HELP, min: 0 }), -1), [
    "it must be an integer >= 0",
  ]);
  assertEquals(rulesOf(wholeNumber(1, { ...HELP, max: 9 }), "10"), [
    "it must be an integer <= 9",
  ]);
  assertEquals(rulesOf(wholeNumber(1, HELP), 1.5), ["it must be an integer"]);
});

Deno.test("wholeNumber() takes its bounds in and text that is a number", () => {
  const schema = wholeNumber(1, { ...HELP, min: 0, max: 9 });
  assertEquals([0, "9", "9e0"].map((each) => schema.parse(each)), [0, 9, 9]);
  assertEquals(schema.parse(undefined), 1);
});

Deno.test("wholeNumberWithoutDefault() needs a value", () => {
  const schema = wholeNumberWithoutDefault({ ...HELP, min: 0 });
  assertEquals(rulesOf(schema, undefined), ["it must be an integer >= 0"]);
  assertEquals(schema.parse(0), 0);
});

Deno.test("optionalWholeNumber() takes null and sizes", () => {
  const schema = optionalWholeNumber({ ...HELP, min: 1 });
  assertEquals(schema.parse(undefined), null);
  assertEquals(schema.parse(null), null);
  assertEquals(schema.parse("256KiB"), 262144);
  assertEquals(rulesOf(schema, 0), ["it must be an integer >= 1 or null"]);
});

Deno.test("realNumber() refuses what is not finite", () => {
  const schema = realNumber(0.5, { ...HELP, min: 0, max: 1 });
  for (const value of [NaN, Infinity, -0.1, 1.1, "x", true, null]) {
    assertEquals(rulesOf(schema, value), ["it must be a number from 0 to 1"]);
  }
  assertEquals(schema.parse("1e-1"), 0.1);
});

Deno.test("byteCount() is whole and meanByteCount() may have a fraction", () => {
  const options = { ...HELP, min: 0 };
  assertEquals(byteCount(0, options).parse("1.5GiB"), 1610612736);
  assertEquals(meanByteCount(0, options).parse(114660.07), 114660.07);
  assertEquals(rulesOf(byteCount(0, options), 0.5), [
    "it must be a whole size such as 4096 or 4KiB >= 0",
  ]);
});

Deno.test("secondCount() reads numbers as seconds and units as such", () => {
  const schema = secondCount(-1, { ...HELP, min: -1 });
  assertEquals(["5", 0.5, "90s", "5m"].map((each) => schema.parse(each)), [
    5,
    0.5,
    90,
    300,
  ]);
  assertEquals(rulesOf(schema, -2).length, 1);
});

Deno.test("flag() takes YAML 1.1's words but no numbers", () => {
  assertEquals(flag(true, HELP).parse("off"), false);
  assertEquals(rulesOf(flag(true, HELP), 1), ["it must be true or false"]);
});

Deno.test("text() and folder() take numbers as text and refuse nothing", () => {
  assertEquals(text("x", HELP).parse(8), "8");
  assertEquals(rulesOf(text("x", HELP), ""), [
    "it must be a text that is not empty",
  ]);
  assertEquals(folder("./x/", HELP).parse(undefined), "./x");
  assertEquals(folder("x", HELP).parse("/a//"), "/a");
  assertEquals(folder("x", HELP).parse("/"), "/");
});

Deno.test("optionalText() takes null", () => {
  assertEquals(optionalText(HELP).parse(null), null);
  assertEquals(optionalText(HELP).parse(5), "5");
  assertEquals(rulesOf(optionalText(HELP), []).length, 1);
});

Deno.test("choice() ignores case, knows aliases and lists its words", () => {
  const schema = choice(["one", "two"], {
    ...HELP,
    aliases: { uno: "one", false: "two", null: "two" },
  });
  assertEquals(
    ["ONE", "uno", false, null, "Two"].map((each) => schema.parse(each)),
    ["one", "one", "two", "two", "two"],
  );
  for (const value of ["three", true, 1, ["uno"], {}, "constructor"]) {
    assertEquals(rulesOf(schema, value), ["it must be one of one, two"]);
  }
});

Deno.test("wholeNumberList() and textList() take one value as a list", () => {
  assertEquals(wholeNumberList(HELP).parse("5"), [5]);
  assertEquals(wholeNumberList(HELP).parse(undefined), []);
  assertEquals(rulesOf(wholeNumberList({ ...HELP, min: 1 }), [1, 0]), [
    "it must be a list of integers >= 1",
  ]);
  assertEquals(textList(HELP).parse("sda"), ["sda"]);
  assertEquals(rulesOf(textList(HELP), [1]), ["it must be a list of texts"]);
});
