import { gunzipSync } from "node:zlib";
import { assertEquals } from "@std/assert";
import { csv } from "../../lib/formats/csv.ts";
import { cellWriter, MAX_CELL_BYTES } from "../../lib/formats/csv_cells.ts";
import type { ElementType } from "../../lib/formats/format.ts";
import { ELEMENT_BYTES } from "../../lib/formats/format.ts";
import { encodeFile, fileSpec, streamBytes } from "./encoded_file.ts";

type Numbers = ArrayLike<number | bigint>;

/** What the cells of an element type must say. */
const VALUES: Readonly<Record<ElementType, (bytes: Uint8Array) => Numbers>> = {
  uint8: (bytes) => bytes,
  int8: (bytes) => new Int8Array(bytes.buffer),
  uint16: (bytes) => new Uint16Array(bytes.buffer),
  int16: (bytes) => new Int16Array(bytes.buffer),
  uint32: (bytes) => new Uint32Array(bytes.buffer),
  int32: (bytes) => new Int32Array(bytes.buffer),
  uint64: (bytes) => new BigUint64Array(bytes.buffer),
  int64: (bytes) => new BigInt64Array(bytes.buffer),
  float16: (bytes) => new Uint16Array(bytes.buffer).map((v) => v & 0x7ff),
  float32: (bytes) => new Uint32Array(bytes.buffer).map((v) => v & 0xffffff),
  float64: (bytes) =>
    new BigUint64Array(bytes.buffer).map((v) => v & 0x1fffffffffffffn),
};

const TYPES = Object.keys(VALUES) as ElementType[];

function cells(elementType: ElementType, source: Uint8Array): string {
  const count = source.length / ELEMENT_BYTES[elementType];
  const target = new Uint8Array(count * MAX_CELL_BYTES + 8);
  const end = cellWriter(elementType)(source, target, 0);
  return new TextDecoder().decode(target.subarray(0, end));
}

for (const elementType of TYPES) {
  Deno.test(`cellWriter(${elementType}) writes random elements`, () => {
    const bytes = streamBytes(1, 0, 4096);
    const expected = Array.from(VALUES[elementType](bytes), (v) => `${v},`);
    assertEquals(cells(elementType, bytes), expected.join(""));
  });

  Deno.test(`cellWriter(${elementType}) writes the extremes`, () => {
    const size = ELEMENT_BYTES[elementType];
    const extremes = [
      [],
      [1],
      [10],
      Array<number>(size).fill(255),
      [...Array<number>(size - 1).fill(255), 127],
      [...Array<number>(size - 1).fill(0), 128],
    ];
    const bytes = new Uint8Array(extremes.length * size);
    extremes.forEach((extreme, i) => bytes.set(extreme, i * size));
    const expected = Array.from(VALUES[elementType](bytes), (v) => `${v},`);
    assertEquals(cells(elementType, bytes), expected.join(""));
  });
}

Deno.test("encode() makes a row per sample and no header", () => {
  const spec = fileSpec([3, 4], { samplesPerFile: 5 }, 2);
  const text = new TextDecoder().decode(encodeFile(csv, spec));
  const stream = streamBytes(2, 0, 60);
  const rows = Array.from(
    { length: 5 },
    (_, r) => `${stream.subarray(r * 12, r * 12 + 12).join()}\n`,
  );
  assertEquals(text, rows.join(""));
});

Deno.test("encode() breaks rows right where pieces of the stream end", () => {
  for (const columns of [1, 4096, 8191, 8192, 8193, 20_000]) {
    const spec = fileSpec([columns], {
      samplesPerFile: 3,
      elementType: "int16",
    });
    const text = new TextDecoder().decode(encodeFile(csv, spec));
    const rows = text.split("\n");
    assertEquals(rows.pop(), "");
    assertEquals(rows.map((row) => row.split(",").length), [
      columns,
      columns,
      columns,
    ]);
  }
});

Deno.test("encode() with gzip makes members that inflate to the plain file", () => {
  const plain = fileSpec([100, 100], { samplesPerFile: 4 });
  const codec = { compression: "gzip", compressionLevel: 1 };
  const packed = fileSpec([100, 100], { samplesPerFile: 4, ...codec });
  const file = encodeFile(csv, packed);
  assertEquals([file[0], file[1]], [0x1f, 0x8b]);
  assertEquals(
    new Uint8Array(gunzipSync(file)),
    encodeFile(csv, plain),
  );
});

Deno.test("extension() tells readers that a file is compressed", () => {
  assertEquals(csv.extension!("none"), "csv");
  assertEquals(csv.extension!("gzip"), "csv.gz");
});

Deno.test("problems() refuses unknown codecs and levels", () => {
  assertEquals(csv.problems(fileSpec([4], { compression: "xz" })).length, 1);
  const level = { compression: "gzip", compressionLevel: -1 };
  assertEquals(csv.problems(fileSpec([4], level)).length, 1);
});

Deno.test("encode() for DLIO 2.0.0 has a header and numbers its rows", () => {
  const compat = { samplesPerFile: 5, dlioCompat: "2.0.0" } as const;
  const stream = streamBytes(2, 0, 60);
  const lines = [
    ",0,1,2,3,4,5,6,7,8,9,10,11",
    ...Array.from(
      { length: 5 },
      (_, r) => `${r},${stream.subarray(r * 12, r * 12 + 12).join()}`,
    ),
  ];
  const expected = lines.map((line) => `${line}\n`).join("");
  const plain = encodeFile(csv, fileSpec([3, 4], compat, 2));
  assertEquals(new TextDecoder().decode(plain), expected);
  const packed = encodeFile(
    csv,
    fileSpec([3, 4], { ...compat, compression: "gzip" }, 2),
  );
  assertEquals(gunzipSync(packed).toString(), expected);
});

Deno.test("encode() for DLIO 2.0.0 keeps rows whole across pieces, wide and narrow", () => {
  const shapes: readonly [readonly number[], number, ElementType][] = [
    [[1, 40_000], 2, "uint8"],
    [[1, 1], 20_000, "uint8"],
    [[3, 1000], 7, "float64"],
  ];
  for (const [dims, samplesPerFile, elementType] of shapes) {
    const spec = { samplesPerFile, elementType };
    const textOf = (dataset: Parameters<typeof fileSpec>[1]) =>
      new TextDecoder().decode(encodeFile(csv, fileSpec(dims, dataset)));
    const rows = textOf(spec).trimEnd().split("\n");
    const [header, ...numbered] = textOf({ ...spec, dlioCompat: "2.0.0" })
      .trimEnd().split("\n");
    const columnCount = dims.reduce((product, dim) => product * dim);
    assertEquals(header?.split(",").length, columnCount + 1);
    assertEquals(numbered, rows.map((row, r) => `${r},${row}`));
  }
});
