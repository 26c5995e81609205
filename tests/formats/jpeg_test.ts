import { assertEquals, assertNotEquals } from "@std/assert";
import * as fc from "fast-check";
import { jpeg } from "../../lib/formats/jpeg.ts";
import { encodeFile, fileSpec, streamBytes } from "./encoded_file.ts";

interface Segments {
  readonly markers: number[];
  /** Content of all comments. */
  readonly comments: number[];
  readonly width: number;
  readonly height: number;
  readonly scan: Uint8Array;
}

/** Walks the markers of a file as T.81 annex B has them. */
function walk(file: Uint8Array): Segments {
  const markers: number[] = [];
  const comments: number[] = [];
  const view = new DataView(file.buffer);
  let width = 0;
  let height = 0;
  let at = 0;
  for (;;) {
    assertEquals(file[at], 0xff, `marker at ${at}`);
    while (file[at + 1] === 0xff) at++;
    const marker = file[at + 1]!;
    markers.push(marker);
    at += 2;
    if (marker === 0xd8) continue;
    const length = view.getUint16(at);
    if (marker === 0xfe) comments.push(...file.subarray(at + 2, at + length));
    if (marker === 0xc0) {
      height = view.getUint16(at + 3);
      width = view.getUint16(at + 5);
    }
    at += length;
    if (marker === 0xda) break;
  }
  const end = file.indexOf(0xff, at);
  assertEquals([...file.subarray(end)], [0xff, 0xd9]);
  const scan = file.subarray(at, end);
  return { markers, comments, width, height, scan };
}

/** Signs of the blocks; every block must be 0, sign, 0. */
function signs(scan: Uint8Array, blockCount: number): number[] {
  const bit = (i: number) => (scan[i >> 3]! >> (7 - i % 8)) & 1;
  const result: number[] = [];
  for (let block = 0; block < blockCount; block++) {
    assertEquals([bit(block * 3), bit(block * 3 + 2)], [0, 0]);
    result.push(bit(block * 3 + 1));
  }
  for (let i = blockCount * 3; i < scan.length * 8; i++) {
    assertEquals(bit(i), 1, "padding");
  }
  return result;
}

Deno.test("encode() makes markers in an order that decoders know", () => {
  const { markers } = walk(encodeFile(jpeg, fileSpec([400, 400])));
  assertEquals(
    markers,
    // SOI APP0 COM COM COM DQT SOF0 DHT DHT SOS
    [0xd8, 0xe0, 0xfe, 0xfe, 0xfe, 0xdb, 0xc0, 0xc4, 0xc4, 0xda],
  );
});

Deno.test("encode() gives every size its dimensions, length and blocks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 14, max: 500 }),
      fc.integer({ min: 14, max: 500 }),
      (height, width) => {
        const file = encodeFile(jpeg, fileSpec([height, width]));
        const image = walk(file);
        assertEquals([image.height, image.width], [height, width]);
        signs(image.scan, Math.ceil(height / 8) * Math.ceil(width / 8));
      },
    ),
    { seed: 5, numRuns: 60 },
  );
});

Deno.test("encode() fills comments with the stream and signs with the rest", () => {
  const { comments, scan } = walk(
    encodeFile(jpeg, fileSpec([300, 300], {}, 9)),
  );
  const stream = streamBytes(9, 0, comments.length + scan.length);
  assertEquals(comments, [...stream.subarray(0, comments.length)]);
  const found = signs(scan, 38 * 38);
  const rest = stream.subarray(comments.length);
  const expected = found.map((_, block) => {
    const i = block * 3 + 1;
    return (rest[i >> 3]! >> (7 - i % 8)) & 1;
  });
  assertEquals(found, expected);
  assertNotEquals(new Set(found).size, 1);
});

Deno.test("encode() ends exactly for every rest that a comment can leave", () => {
  // Sizes one after another pass through rests of 0 … 7 bytes at the
  // smallest file and around one full comment.
  for (const heights of [[158, 178], [65_690, 65_710]] as const) {
    for (let height = heights[0]; height < heights[1]; height++) {
      const dims = height < 1000 ? [height] : [Math.floor(height / 2), 2];
      const spec = fileSpec(dims);
      if (jpeg.problems(spec).length > 0) continue;
      walk(encodeFile(jpeg, spec));
    }
  }
});

Deno.test("problems() refuses an image shorter than its own header", () => {
  const [problem, ...others] = jpeg.problems(fileSpec([10, 10]));
  assertEquals(others, []);
  assertEquals(
    problem,
    "Cannot make a jpeg file of 100 bytes for sample dimensions [10, 10]: " +
      "it must be >= 160 bytes",
  );
});

Deno.test("problems() refuses what is no grayscale image", () => {
  const all = fileSpec([10, 10, 3], {
    elementType: "float32",
    samplesPerFile: 2,
    compression: "gzip",
  });
  assertEquals(jpeg.problems(all).length, 4);
  assertEquals(jpeg.problems(fileSpec([65_501, 100])).length, 1);
  assertEquals(jpeg.problems(fileSpec([65_500, 100])), []);
});
