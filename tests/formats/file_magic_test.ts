/** What a file really is, where it is not what its name says. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import type { ByteSource } from "../../lib/bytes/byte_source.ts";
import { FormatError } from "../../lib/errors.ts";
import { fileKind } from "../../lib/formats/file_magic.ts";
import { parquet } from "../../lib/formats/parquet.ts";
import { tfrecord } from "../../lib/formats/tfrecord.ts";
import { parquetSpec } from "./parquet/parquet_file.ts";

const CONTENT = new TextEncoder().encode("what was compressed ".repeat(50));

/** Beginnings of files → what is said. */
const KINDS: readonly (readonly [readonly number[], string])[] = [
  [[...gzipSync(CONTENT)], "gzip"],
  [[0x28, 0xb5, 0x2f, 0xfd], "Zstandard"],
  [[...new TextEncoder().encode("BZh91AY")], "bzip2"],
  [[0xfd, ...new TextEncoder().encode("7zXZ"), 0], "xz"],
  [[0x04, 0x22, 0x4d, 0x18], "LZ4"],
  [[0x78, 0x9c], "zlib"],
  [[...new TextEncoder().encode("PK\x03\x04")], "ZIP"],
];

function sourceOf(first: readonly number[]): ByteSource {
  const bytes = new Uint8Array(200);
  bytes.set(first.slice(0, 200));
  return {
    path: "data/f",
    byteLength: bytes.length,
    readInto(view: Uint8Array, offset: number): number {
      const part = bytes.subarray(offset, offset + view.length);
      view.set(part);
      return part.length;
    },
  };
}

Deno.test("a compressed file of a format with an index is told as such", () => {
  const spec = parquetSpec({ columns: [], rows: 1, rowGroupRows: 1 });
  for (const [first, kind] of KINDS) {
    for (const format of [tfrecord, parquet]) {
      const error = assertThrows(
        () => format.open?.(sourceOf(first), spec),
        FormatError,
      );
      assertStringIncludes(error.message, `begins as ${kind}`, format.name);
      assertStringIncludes(error.message, '"data/f"');
    }
  }
});

Deno.test("damage that is no other kind of file stays damage", () => {
  const spec = parquetSpec({ columns: [], rows: 1, rowGroupRows: 1 });
  const source = sourceOf([7, 7, 7]);
  for (
    const [format, said] of [[tfrecord, "CRC-32C"], [
      parquet,
      '"PAR1"',
    ]] as const
  ) {
    const error = assertThrows(() => format.open?.(source, spec), FormatError);
    assertStringIncludes(error.message, said);
    assertEquals(error.message.includes("begins as"), false);
  }
});

Deno.test("fileKind() of a file that is too short is nothing", () => {
  assertEquals(fileKind(new Uint8Array()), null);
  assertEquals(fileKind(new Uint8Array([0x1f])), null);
});
