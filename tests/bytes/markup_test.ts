/** Tests of lib/bytes/markup.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  escapeMarkup,
  jsonElementText,
  markup,
  rawElementText,
} from "../../lib/bytes/markup.ts";

Deno.test("markup`` escapes texts, and inserts markup as it is", () => {
  const inner = markup`<b>${"<i>&\"'"}</b>`;
  assertEquals(
    String(markup`<p title="${'"'}">${inner}${[inner, inner]}${3}</p>`),
    '<p title="&quot;"><b>&lt;i&gt;&amp;&quot;&#39;</b>' +
      "<b>&lt;i&gt;&amp;&quot;&#39;</b>".repeat(2) + "3</p>",
  );
});

Deno.test("escapeMarkup() writes control characters out", () => {
  assertEquals(escapeMarkup("a\u001b[1m\u202e"), "a\\u001b[1m\\u202e");
});

Deno.test("an element's raw text cannot end its element", () => {
  for (const text of ["</script>", "x</STYLE >", "<!--"]) {
    assertThrows(() => rawElementText(text), RangeError);
  }
  assertEquals(
    String(jsonElementText({ a: "</script><!--" })),
    '{"a":"\\u003c/script>\\u003c!--"}',
  );
});
