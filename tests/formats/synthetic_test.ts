import { assertEquals } from "@std/assert";
import { synthetic } from "../../lib/formats/synthetic.ts";
import { encodeFile, makeSpec, makeTools, PATTERN_SOURCE } from "./encoding.ts";

Deno.test("synthetic is the decimal index of the file", () => {
  for (const fileIndex of [0, 7, 1234567]) {
    const spec = makeSpec({ fileIndex });
    const file = encodeFile(synthetic, spec, makeTools(PATTERN_SOURCE));
    assertEquals(new TextDecoder().decode(file), String(fileIndex));
    assertEquals(synthetic.fileBytes(spec), file.length);
  }
});

Deno.test("synthetic reads nothing", () => {
  assertEquals(synthetic.reading, "nothing");
  assertEquals(synthetic.problems(makeSpec()), []);
});
