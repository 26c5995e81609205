import { inflateSync } from "node:zlib";
import { assertEquals, assertLess } from "@std/assert";
import * as fc from "fast-check";
import { crc32 } from "../../lib/bytes/crc.ts";
import { png } from "../../lib/formats/png.ts";
import { layOutPng } from "../../lib/formats/png_layout.ts";
import { encodeFile, fileSpec, streamBytes } from "./encoded_file.ts";

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
}

/** Chunks of a file; every CRC must be right and the file end with the last. */
function chunksOf(file: Uint8Array): Chunk[] {
  assertEquals([...file.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(file.buffer);
  const chunks: Chunk[] = [];
  let at = 8;
  while (at < file.length) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(file.subarray(at + 4, at + 8));
    const sum = crc32(file.subarray(at + 4, at + 8 + length));
    assertEquals(view.getUint32(at + 8 + length), sum, `CRC of ${type}`);
    chunks.push({ type, content: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  assertEquals(at, file.length);
  return chunks;
}

/** What the zlib stream of all IDAT chunks holds; zlib checks Adler-32. */
function inflate(chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.filter(({ type }) => type === "IDAT");
  const joined = new Uint8Array(
    parts.reduce((sum, { content }) => sum + content.length, 0),
  );
  let at = 0;
  for (const { content } of parts) {
    joined.set(content, at);
    at += content.length;
  }
  return new Uint8Array(inflateSync(joined));
}

/** Rows as the layout promises them. */
function expectedRows(
  height: number,
  width: number,
  stream: number,
): Uint8Array {
  const size = { height, width };
  const { storedBytes, zeroBytes } = layOutPng(size, height * width);
  const rows = new Uint8Array(storedBytes + zeroBytes);
  rows.set(streamBytes(stream, 0, storedBytes));
  for (let at = 0; at < rows.length; at += width + 1) rows[at] = 0;
  return rows;
}

for (
  const [height, width] of [[12, 12], [338, 338], [20, 3000], [3000, 20], [
    400,
    1,
  ], [2, 70_000]] as const
) {
  Deno.test(`encode() of ${height} × ${width} holds the stream as pixels`, () => {
    const file = encodeFile(png, fileSpec([height, width], {}, 4));
    const rows = inflate(chunksOf(file));
    assertEquals(rows.length, height * (width + 1));
    assertEquals(rows, expectedRows(height, width, 4));
  });
}

Deno.test("encode() gives every size a valid file of one byte per pixel", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 300 }),
      fc.integer({ min: 10, max: 300 }),
      (height, width) => {
        const chunks = chunksOf(encodeFile(png, fileSpec([height, width])));
        const { content } = chunks[0]!;
        const view = new DataView(content.buffer, content.byteOffset);
        assertEquals([view.getUint32(0), view.getUint32(4)], [width, height]);
        assertEquals(inflate(chunks).length, height * (width + 1));
      },
    ),
    { seed: 9, numRuns: 100 },
  );
});

Deno.test("encode() orders chunks as the specification wants", () => {
  const types = chunksOf(encodeFile(png, fileSpec([338, 338])))
    .map(({ type }) => type);
  assertEquals(types[0], "IHDR");
  assertEquals(types.slice(1, -2), Array(types.length - 3).fill("IDAT"));
  assertEquals(types.slice(-2), ["stKr", "IEND"]);
});

Deno.test("the private chunk holds stream bytes that no pixel has", () => {
  const chunks = chunksOf(encodeFile(png, fileSpec([338, 338], {}, 2)));
  const { storedBytes } = layOutPng({ width: 338, height: 338 }, 338 * 338);
  const { content } = chunks.find(({ type }) => type === "stKr")!;
  assertEquals(content, streamBytes(2, storedBytes, content.length));
});

Deno.test("layOutPng() keeps zero rows below a percent of square images", () => {
  for (const side of [338, 568, 1000, 12_107]) {
    const size = { width: side, height: side };
    const { zeroBytes } = layOutPng(size, side * side);
    assertLess(zeroBytes / (side * side), 0.01);
  }
});

Deno.test("problems() refuses images shorter than a header", () => {
  const [problem, ...others] = png.problems(fileSpec([8, 8]));
  assertEquals(others, []);
  assertEquals(problem!.startsWith("Cannot make a png file of 64 bytes"), true);
});

Deno.test("problems() refuses three dimensions and other element types", () => {
  assertEquals(png.problems(fileSpec([10, 10, 3])).length, 1);
  const spec = fileSpec([50, 50], { elementType: "int8" });
  assertEquals(png.problems(spec).length, 1);
});
