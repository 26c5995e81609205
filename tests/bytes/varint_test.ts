import { assertEquals } from "@std/assert";
import { varintBytes, varintLength } from "../../lib/bytes/varint.ts";

Deno.test("varintBytes() is as the specification's examples", () => {
  assertEquals(varintBytes(0), Uint8Array.of(0));
  assertEquals(varintBytes(1), Uint8Array.of(1));
  assertEquals(varintBytes(127), Uint8Array.of(127));
  assertEquals(varintBytes(150), Uint8Array.of(0x96, 0x01));
});

Deno.test("varintBytes() passes 32 bits", () => {
  assertEquals(
    varintBytes(2 ** 40),
    Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x20),
  );
});

Deno.test("varintLength() is the length of varintBytes()", () => {
  for (let bits = 0; bits < 53; bits++) {
    for (const value of [2 ** bits - 1, 2 ** bits]) {
      assertEquals(varintLength(value), varintBytes(value).length, `${value}`);
    }
  }
});
