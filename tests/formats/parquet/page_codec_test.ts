import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compressors } from "hyparquet-compressors";
import {
  PAGE_CODECS,
  pageCodec,
} from "../../../lib/formats/parquet/page_codec.ts";
import { streamBytes } from "./parquet_file.ts";

const DECOMPRESS: Record<string, keyof typeof compressors> = {
  snappy: "SNAPPY",
  gzip: "GZIP",
  zstd: "ZSTD",
  lz4: "LZ4_RAW",
};

function roundTrip(name: string, page: Uint8Array): number {
  const compressed = pageCodec(name, 4)!.compress(page).slice();
  const decompress = compressors[DECOMPRESS[name]!]!;
  assertEquals(decompress(compressed, page.length), page);
  return compressed.length;
}

/** Pages of pieces: runs, repeated text and bytes that do not repeat. */
const PAGES = fc.array(fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(500)).map(([value, count]) =>
    new Uint8Array(count).fill(value)
  ),
  fc.constant(new TextEncoder().encode("s_1234567890")),
  fc.uint8Array({ maxLength: 300 }),
)).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

for (const name of PAGE_CODECS) {
  Deno.test(`compress() with ${name} is undone by another decoder`, () => {
    fc.assert(
      fc.property(PAGES, (page) => {
        if (page.length > 0) roundTrip(name, page);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  Deno.test(`compress() with ${name} hardly lengthens random bytes`, () => {
    const page = streamBytes(0, 0, 300_000);
    assert(roundTrip(name, page) < page.length * 1.005);
  });

  Deno.test(`compress() with ${name} shortens runs`, () => {
    const page = streamBytes(0, 0, 400_000);
    // The longest blocks, copies and literals of each codec are exceeded.
    page.fill(0, 1000, 300_000);
    assert(roundTrip(name, page) < 120_000);
  });
}

Deno.test("pageCodec() has none for no compression", () => {
  assertEquals(pageCodec("none", 4), null);
  assertThrows(() => pageCodec("brotli", 4), RangeError, "brotli");
});
