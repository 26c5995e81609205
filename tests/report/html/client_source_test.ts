/** Tests of the scripts that pages inline. */
import { assert, assertEquals } from "@std/assert";
import { CLIENT_SCRIPT } from "../../../lib/report/html/client_source.ts";
import { UPLOT_SCRIPT } from "../../../lib/report/html/uplot_source.ts";

Deno.test("the scripts of a page are whole: they parse, and no function is lost with the comments", async () => {
  for (const script of [CLIENT_SCRIPT, UPLOT_SCRIPT]) {
    // Parses, and runs nothing.
    assertEquals(typeof new Function(script), "function");
  }
  const source = await Deno.readTextFile(
    new URL("../../../lib/report/html/client/page.js", import.meta.url),
  );
  const names = [...source.matchAll(/^ {2}function (\w+)/gm)];
  assert(names.length > 15);
  for (const [, name] of names) {
    assert(CLIENT_SCRIPT.includes(`function ${name}(`), name);
  }
});
