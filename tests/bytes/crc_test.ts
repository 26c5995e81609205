import { assertEquals } from "@std/assert";
import { crc32, crc32c } from "../../lib/bytes/crc.ts";

const CHECK = new TextEncoder().encode("123456789");

Deno.test("crc32() gives the catalogue's check value", () => {
  assertEquals(crc32(CHECK), 0xcbf43926);
});

Deno.test("crc32c() gives the catalogue's check value", () => {
  assertEquals(crc32c(CHECK), 0xe3069283);
});

Deno.test("crc32c() gives the vectors of RFC 3720 B.4", () => {
  assertEquals(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assertEquals(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assertEquals(
    crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)),
    0x46dd794e,
  );
});

Deno.test("crc32() and crc32c() chain", () => {
  for (const sum of [crc32, crc32c]) {
    assertEquals(
      sum(CHECK.subarray(4), sum(CHECK.subarray(0, 4))),
      sum(CHECK),
    );
    assertEquals(sum(new Uint8Array(0), 77), 77);
  }
});
