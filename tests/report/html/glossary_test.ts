/** Tests of lib/report/html/glossary.ts. */
import { assertStringIncludes } from "@std/assert";
import { GLOSSARY } from "../../../lib/report/html/glossary.ts";
import { topicText } from "../../../lib/cli/line/help_topics.ts";

Deno.test("the words of the page mean what `stoker help results` says", async () => {
  const text = await topicText("results");
  for (const { word, meaning } of GLOSSARY.values()) {
    assertStringIncludes(text, `| ${word} | ${meaning} |\n`);
  }
});
