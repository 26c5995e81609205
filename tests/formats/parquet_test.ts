import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { loadFormats } from "../../lib/formats/registry.ts";
import { parquet as parquetFormat } from "../../lib/formats/parquet.ts";
import type { FileSpec } from "../../lib/formats/format.ts";
import { DTYPES } from "../../lib/formats/parquet/column_type.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import { expectedColumns, valuesOf } from "./parquet/expected_columns.ts";
import {
  column,
  encodeParquet,
  type FileOptions,
  parquetSpec,
  sha256,
} from "./parquet/parquet_file.ts";

const FORMATS = await loadFormats();

const SIZES = [1, 2, 7, 8, 40];
const EVERY_COLUMN = DTYPES.flatMap((dtype) =>
  SIZES.map((size) => column(`${dtype}_${size}`, dtype, size))
);

async function readBack(spec: FileSpec): Promise<Record<string, unknown>[]> {
  const file = encodeParquet(spec).buffer;
  return await parquetReadObjects({ file, compressors, utf8: false });
}

/** Compares every value of a file with the random stream. */
async function checkValues(options: FileOptions): Promise<void> {
  const spec = parquetSpec(options);
  const rows = await readBack(spec);
  assertEquals(rows.length, spec.dataset.samplesPerFile);
  for (const expected of expectedColumns(spec)) {
    const { name } = expected.leaf;
    const values = rows.map((row) => row[name]);
    assertEquals(values, valuesOf(expected), name);
  }
}

Deno.test("parquetFormat is registered", () => {
  assertEquals(FORMATS["parquet"], parquetFormat);
});

for (const compression of ["none", ...parquetFormat.codecs]) {
  Deno.test(`encode() is read back by hyparquet: ${compression}`, async () => {
    const groups = { rows: 50, rowGroupRows: 20, generationBatchRows: 30 };
    await checkValues({ columns: EVERY_COLUMN, compression, ...groups });
  });
}

Deno.test("encode() writes one list of bytes without columns", async () => {
  await checkValues({ rows: 12, rowGroupRows: 5, sampleDims: [30, 50] });
});

Deno.test("encode() splits a chunk into pages of about 1 MiB", async () => {
  const columns = [
    column("bytes", "uint8", 3000),
    column("shorts", "int16"),
    column("flags", "bool"),
  ];
  await checkValues({ columns, rows: 1101, rowGroupRows: 1100 });
});

Deno.test("encode() uses a dictionary of 65,536 where it is shorter", async () => {
  const columns = [column("a", "uint16", 400), column("b", "int16", 400)];
  await checkValues({ columns, rows: 331, rowGroupRows: 330 });
});

Deno.test("encode() gives files of different indices different bytes", () => {
  const columns = [column("a", "float32", 8)];
  const one = encodeParquet(parquetSpec({ columns, fileIndex: 0 }));
  const two = encodeParquet(parquetSpec({ columns, fileIndex: 1 }));
  assertEquals(one.length, two.length);
  assertNotEquals(one, two);
});

Deno.test("encode() ends a row group with its batch", async () => {
  const { parquetMetadata } = await import("hyparquet");
  const groups = { rows: 25, rowGroupRows: 4, generationBatchRows: 10 };
  const columns = [column("a", "int32")];
  const file = encodeParquet(parquetSpec({ columns, ...groups })).buffer;
  const rows = parquetMetadata(file).row_groups.map((g) => Number(g.num_rows));
  assertEquals(rows, [4, 4, 2, 4, 4, 2, 4, 1]);
});

Deno.test("encode() makes the same bytes with buffers of any size", () => {
  const columns = EVERY_COLUMN;
  const spec = parquetSpec({ columns, rows: 300, rowGroupRows: 100 });
  const random = createScalarSource({ seed: spec.dataset.seed });
  const pages = new Uint8Array(5 * 65536);
  const file = encodeParquet(spec);
  let offset = 0;
  for (const chunk of parquetFormat.encode(spec, { random, pages })) {
    assertEquals(chunk, file.subarray(offset, offset + chunk.length));
    offset += chunk.length;
  }
  assertEquals(offset, file.length);
});

Deno.test("encode() makes the file it always made", async () => {
  const columns = [
    column("a", "uint8", 3),
    column("b", "float32"),
    column("c", "string"),
  ];
  const spec = parquetSpec({ columns, rows: 20, rowGroupRows: 9 });
  const digest = await sha256(encodeParquet(spec));
  assertEquals(digest.slice(0, 16), "569b1505494a6552");
});

Deno.test("fileBytes() follows the dimensions of the sample", () => {
  const small = parquetSpec({ sampleDims: [10, 10] });
  const large = { ...small, sampleDims: [100, 100] };
  const sizes = [small, large, small].map((spec) =>
    parquetFormat.fileBytes(spec)
  );
  assertEquals(sizes[0], sizes[2]);
  assert(sizes[1]! > sizes[0]! + 9900 * 100);
});

Deno.test("fileBytes() is unknown for compressed files", () => {
  assertEquals(
    parquetFormat.fileBytes(parquetSpec({ compression: "zstd" })),
    null,
  );
});

Deno.test("problems() names an unknown dtype and all that are known", () => {
  const columns = [column("a", "complex64")];
  assertEquals(parquetFormat.problems(parquetSpec({ columns })), [
    'Cannot use dtype = "complex64" of dataset.parquet.columns "a": it must ' +
    "be one of uint8, uint16, uint32, uint64, int8, int16, int32, int64, " +
    "float16, float32, float64, list, string, binary, bool",
  ]);
});

Deno.test("problems() names every wrong size and repeated column", () => {
  const columns = [
    column("a", "float32", 0),
    column("a", "float32", 1.5),
    column("b", "binary", -1),
  ];
  const problems = parquetFormat.problems(parquetSpec({ columns }));
  const [zero, repeated, fraction, negative] = problems;
  assertEquals(problems.length, 4);
  assert(zero?.includes("size = 0"));
  assert(repeated?.includes('"a": there is a column of that name'));
  assert(fraction?.includes("size = 1.5"));
  assert(negative?.includes("size = -1"));
});

Deno.test("problems() rejects columns of which none is read", () => {
  const columns = [
    column("a", "int8", 1, false),
    column("b", "int8", 1, false),
  ];
  const [problem] = parquetFormat.problems(parquetSpec({ columns }));
  assert(problem?.includes("read = false in every column"), problem);
});

Deno.test("problems() rejects a row that no page can hold", () => {
  const columns = [column("wide", "float64", 2 ** 29)];
  const [problem] = parquetFormat.problems(parquetSpec({ columns }));
  assert(problem?.includes('column "wide"'), problem);
  assert(problem?.includes("one row is 4294967296 bytes"), problem);
});

Deno.test("problems() rejects row groups without rows", () => {
  const [problem] = parquetFormat.problems(parquetSpec({ rowGroupRows: 0 }));
  assert(problem?.includes("dataset.parquet.row_group_size = 0"), problem);
});
