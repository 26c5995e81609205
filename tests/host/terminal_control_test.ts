/** Tests of lib/host/terminal_control.ts; more in tests/cli/pty_test.ts. */
import { assertEquals } from "@std/assert";
import { parseJobGroups } from "../../lib/host/terminal_control.ts";

Deno.test("parseJobGroups() reads own and foreground group past any name", () => {
  const rest = "S 100 200 300 34816 400 4194304 1 0 0";
  assertEquals(parseJobGroups(`12 (deno) ${rest}`), {
    own: 200,
    foreground: 400,
  });
  assertEquals(parseJobGroups(`12 (a) b) R 1) ${rest}`), {
    own: 200,
    foreground: 400,
  });
  assertEquals(
    parseJobGroups("12 (deno) S 100 200 300 0 -1 4194304 1"),
    { own: 200, foreground: -1 },
  );
});

Deno.test("parseJobGroups() is null where a text is none of the kind", () => {
  for (const text of ["", "12 (deno)", "12 (deno) S 100", "a b c d e f g h"]) {
    assertEquals(parseJobGroups(text), null, text);
  }
});
