import { assertEquals } from "@std/assert";
import { textTable } from "../../lib/bytes/text_table.ts";

Deno.test("textTable() aligns on the left and pads no last cell", () => {
  assertEquals(textTable([["a", "long", "x"], ["long", "b", "yy"]]), [
    "a     long  x",
    "long  b     yy",
  ]);
});

Deno.test("textTable() aligns on the right behind its indent", () => {
  const rows = [["Epoch", "AU"], ["1", "80.00"]];
  assertEquals(textTable(rows, { indent: "  ", align: "right" }), [
    "  Epoch     AU",
    "      1  80.00",
  ]);
});

Deno.test("textTable() lets no long cell push the others away", () => {
  const rows = [["abcdef", "1", "x"], ["a", "123456", "y"]];
  assertEquals(textTable(rows, { maxWidths: [Infinity, 2] }), [
    "abcdef  1   x",
    "a       123456  y",
  ]);
});

Deno.test("textTable() of no rows has no lines", () => {
  assertEquals(textTable([]), []);
});
