import { assertEquals } from "@std/assert";
import { concatBytes } from "../../lib/bytes/concat_bytes.ts";

Deno.test("concatBytes() joins in order", () => {
  assertEquals(
    concatBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]),
    Uint8Array.of(1, 2, 3),
  );
});
