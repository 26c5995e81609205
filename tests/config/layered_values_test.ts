import { assertEquals } from "@std/assert";
import { LayeredValues, setNested } from "../../lib/config/layered_values.ts";
import type { Origin } from "../../lib/config/origins.ts";

const FILE: Origin = { kind: "file", path: "w.yaml", line: null };
const WORD: Origin = { kind: "override", text: "a=b" };

Deno.test("LayeredValues merges a map into what is there", () => {
  const values = new LayeredValues();
  values.assign("a", { b: 1, c: 2 }, () => FILE);
  values.assign("a", { c: 3, d: 4 }, () => WORD);
  assertEquals(values.value("a"), { b: 1, c: 3, d: 4 });
  assertEquals(values.origin("a.b"), FILE);
  assertEquals(values.origin("a.c"), WORD);
  assertEquals(values.origin("a"), WORD);
});

Deno.test("LayeredValues replaces a map by a scalar and the reverse", () => {
  const values = new LayeredValues();
  values.assign("a.b", { c: 1 }, () => FILE);
  values.assign("a.b", 5, () => WORD);
  assertEquals(values.value("a"), { b: 5 });
  values.assign("a.b.c", 6, () => WORD);
  assertEquals(values.value("a"), { b: { c: 6 } });
});

Deno.test("LayeredValues keeps an empty map only where nothing is", () => {
  const values = new LayeredValues();
  values.assign("a", {}, () => FILE);
  assertEquals(values.value("a"), {});
  values.assign("a.b", 1, () => FILE);
  values.assign("a", {}, () => WORD);
  assertEquals(values.value("a"), { b: 1 });
});

Deno.test("LayeredValues.remove() forgets a path and what is below", () => {
  const values = new LayeredValues();
  values.assign("a", { b: { c: 1, d: 2 }, bb: 3 }, () => FILE);
  values.remove("a.b");
  assertEquals(values.value("a"), { bb: 3 });
  assertEquals(values.has("a.b"), false);
});

Deno.test("setNested() treats __proto__ as data", () => {
  const tree: Record<string, unknown> = {};
  setNested(tree, "__proto__.polluted", true);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  assertEquals(Object.keys(tree), ["__proto__"]);
});
