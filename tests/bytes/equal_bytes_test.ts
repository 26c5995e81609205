import { assertEquals } from "@std/assert";
import { equalBytes } from "../../lib/bytes/equal_bytes.ts";

Deno.test("equalBytes() finds the first different byte at every place", () => {
  const a = Uint8Array.from({ length: 11 }, (_, i) => i);
  assertEquals(equalBytes(a, a.slice(), a.length), a.length);
  for (let place = 0; place < a.length; place++) {
    const b = a.slice();
    b[place] = 0xff;
    assertEquals(equalBytes(a, b, a.length), place);
    assertEquals(equalBytes(b, a, a.length), place);
    // What lies behind the bytes in question does not matter.
    assertEquals(equalBytes(a, b, place), place);
  }
  assertEquals(equalBytes(a, a.slice(), 0), 0);
});
