import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatBytes, parseBytes } from "../../lib/bytes/sizes.ts";

Deno.test("parseBytes() reads numbers, binary and decimal units", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["4096", 4096],
    ["1e6", 1e6],
    ["4KiB", 4096],
    ["4 kib", 4096],
    ["1.5GiB", 1610612736],
    ["2MB", 2e6],
    ["1.1MB", 1100000],
    ["0.001KB", 1],
    ["7B", 7],
    ["1PiB", 2 ** 50],
  ];
  for (const [text, bytes] of cases) {
    assertEquals(parseBytes(text), bytes, text);
  }
});

Deno.test("parseBytes() refuses whatever it would have to guess", () => {
  for (
    const text of ["", "4K", "4M", "-1", "KiB", "1,5GiB", "4KiB4", "1.2.3"]
  ) {
    assertThrows(() => parseBytes(text), SyntaxError, `"${text}"`);
  }
});

Deno.test("parseBytes() refuses parts of a byte and inexact sizes", () => {
  assertThrows(() => parseBytes("1.5B"), RangeError, "whole number of bytes");
  assertThrows(() => parseBytes("0.0001KiB"), RangeError);
  assertThrows(() => parseBytes("9999999TiB"), RangeError, "below 2^53");
});

Deno.test("parseBytes() reads back what formatBytes() writes exactly", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      assertEquals(parseBytes(formatBytes(bytes, { exact: true })), bytes);
    }),
    { seed: 1 },
  );
  fc.assert(
    fc.property(fc.nat(8191), fc.nat(4), (count, power) => {
      const bytes = count * 1024 ** power;
      assertEquals(parseBytes(formatBytes(bytes, { exact: true })), bytes);
    }),
    { seed: 2 },
  );
});

Deno.test("formatBytes() picks the largest unit that is not above", () => {
  assertEquals(formatBytes(0), "0 B");
  assertEquals(formatBytes(1023), "1023 B");
  assertEquals(formatBytes(1024), "1.00 KiB");
  assertEquals(formatBytes(1610612736), "1.50 GiB");
  assertEquals(formatBytes(2 ** 20, { exact: true }), "1 MiB");
  assertEquals(formatBytes(2 ** 20 + 1, { exact: true }), "1048577 B");
});
