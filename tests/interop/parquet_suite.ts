/**
 * Parquet's part of the interop suite; its other half is `parquet.py`.
 *
 * Files of ours go with the hashes of their reference values to pyarrow; files
 * of pyarrow's come with its word on where their column chunks are.
 */
import { assertEquals } from "@std/assert";
import { RangeList } from "../../lib/bytes/range_list.ts";
import type { FileSpec, ParquetColumn } from "../../lib/formats/format.ts";
import { parquet as parquetFormat } from "../../lib/formats/parquet.ts";
import { DTYPES } from "../../lib/formats/parquet/column_type.ts";
import { groupRows } from "../../lib/formats/parquet/file_layout.ts";
import { MERGE_GAP_BYTES } from "../../lib/formats/parquet/group_index.ts";
import type { Leaf } from "../../lib/formats/parquet/leaf.ts";
import { expectedColumns } from "../formats/parquet/expected_columns.ts";
import { tailSource } from "../formats/parquet/memory_source.ts";
import {
  column,
  encodeParquet,
  type FileOptions,
  parquetSpec,
  sha256,
} from "../formats/parquet/parquet_file.ts";

/** Which columns of a foreign file are read, by test. */
const PROJECTIONS: readonly (readonly string[])[] = [
  ["id"],
  ["nested", "last"],
  ["list", "blob"],
  ["id", "list", "nested", "word", "noise", "blob", "last"],
];

const FOREIGN_ROWS = 60;

/** pyarrow's names of codecs. */
const CODEC_NAMES: Readonly<Record<string, string>> = {
  none: "UNCOMPRESSED",
  snappy: "SNAPPY",
  gzip: "GZIP",
  zstd: "ZSTD",
  lz4: "LZ4",
};

/** What `parquet.py write` says of a file. */
interface ForeignFile {
  readonly path: string;
  readonly byteLength: number;
  readonly chunks: readonly (readonly [string, number, number][])[];
}

/**
 * Generates files of every dtype, size and codec, and what to expect of them.
 *
 * @param folder An existing folder.
 * @returns Path of the JSON that `parquet.py read` takes.
 */
export async function writeParquetFiles(folder: string): Promise<string> {
  const expectations: unknown[] = [];
  for (const [name, options] of Object.entries(shapes())) {
    const spec = parquetSpec(options);
    const path = `${folder}/${name}.parquet`;
    await Deno.writeFile(path, encodeParquet(spec));
    expectations.push(await expectationOf(path, spec));
  }
  expectations.push(...await writePartitions(folder));
  const path = `${folder}/expectations.json`;
  await Deno.writeTextFile(path, JSON.stringify(expectations));
  return path;
}

/** Three files each of datasets that are partitioned by a column. */
async function writePartitions(folder: string): Promise<unknown[]> {
  const expectations: unknown[] = [];
  for (const dtype of ["uint8", "int64", "string", "bool"]) {
    const root = `${folder}/by_${dtype}`;
    for (const fileIndex of [0, 1, 2]) {
      const spec = parquetSpec({
        columns: [column("x", "float64"), column("k", dtype)],
        partitionBy: "k",
        rows: 50,
        fileIndex,
      });
      const folders = parquetFormat.folders!(spec.dataset);
      const partition = folders[fileIndex % folders.length]!;
      const path = `${root}/${partition}/${fileIndex}.parquet`;
      await Deno.mkdir(`${root}/${partition}`, { recursive: true });
      await Deno.writeFile(path, encodeParquet(spec));
      const expectation = await expectationOf(path, spec);
      const text = partition.slice("k=".length);
      // pyarrow takes digits for integers and everything else for text.
      const value = /^\d+$/.test(text) ? Number(text) : text;
      expectations.push({ ...expectation, partition: { root, value } });
    }
  }
  return expectations;
}

/**
 * Opens, plans and decodes the files that `parquet.py write` made.
 *
 * @returns Number of plans compared.
 * @throws {Error} If a plan differs from pyarrow's chunks.
 */
export async function checkForeignFiles(folder: string): Promise<number> {
  const plans: Record<string, ForeignFile> = JSON.parse(
    await Deno.readTextFile(`${folder}/plans.json`),
  );
  let planCount = 0;
  for (const [name, file] of Object.entries(plans)) {
    const bytes = await Deno.readFile(file.path);
    assertEquals(bytes.length, file.byteLength);
    for (const names of PROJECTIONS) {
      await checkPlan(`${name}: ${names}`, file, bytes, names);
      planCount++;
    }
  }
  return planCount;
}

function shapes(): Record<string, FileOptions> {
  const columns = DTYPES.flatMap((dtype): ParquetColumn[] =>
    [1, 2, 7, 8, 40, 300].map((size) => column(`${dtype}_${size}`, dtype, size))
  );
  const groups = { rows: 1000, rowGroupRows: 300, generationBatchRows: 700 };
  const all: Record<string, FileOptions> = {
    legacy: { rows: 50, rowGroupRows: 20, sampleDims: [30, 50] },
    pages: {
      columns: [
        column("bytes", "uint8", 3000),
        column("shorts", "int16", 400),
        column("text", "string"),
      ],
      rows: 1101,
      rowGroupRows: 1100,
    },
    one_row: { columns, rows: 1, rowGroupRows: 1 },
  };
  for (const compression of ["none", ...parquetFormat.codecs]) {
    all[`every_dtype_${compression}`] = { columns, compression, ...groups };
  }
  return all;
}

async function expectationOf(path: string, spec: FileSpec): Promise<object> {
  const columns: unknown[] = [];
  for (const { leaf, bytes } of expectedColumns(spec)) {
    columns.push({
      name: leaf.name,
      type: arrowName(leaf),
      sha256: await sha256(bytes),
    });
  }
  const codec = CODEC_NAMES[spec.dataset.compression];
  return { path, codec, groups: [...groupRows(spec)], columns };
}

/** A column's type as pyarrow prints it. */
function arrowName({ type, listSize }: Leaf): string {
  const floats = { 16: "halffloat", 32: "float", 64: "double" };
  const names = {
    int: `${type.isSigned ? "" : "u"}int${type.bitWidth}`,
    float: floats[type.bitWidth as 16 | 32 | 64],
    bool: "bool",
    utf8: "string",
    binary: "binary",
  };
  const name = names[type.arrowType];
  return listSize === null
    ? name
    : `fixed_size_list<element: ${name}>[${listSize}]`;
}

async function checkPlan(
  title: string,
  file: ForeignFile,
  bytes: Uint8Array,
  names: readonly string[],
): Promise<void> {
  const columns = names.map((name) => column(name, "float32"));
  const spec = parquetSpec({ columns, rows: FOREIGN_ROWS });
  const parquet = { ...spec.dataset.parquet, decode: true };
  const dataset = { ...spec.dataset, parquet };
  await parquetFormat.prepare!(dataset);
  const index = await parquetFormat.open!(tailSource(bytes), {
    ...spec,
    dataset,
  });
  const ranges = new RangeList();
  parquetFormat.ranges!(index, 0, FOREIGN_ROWS, false, ranges);
  const expected = new RangeList();
  const parts: Uint8Array[] = [];
  for (const [name, offset, byteCount] of file.chunks.flat()) {
    if (names.includes(name)) expected.push(offset, byteCount, MERGE_GAP_BYTES);
  }
  assertEquals(pairs(ranges), pairs(expected), title);
  for (const [offset, byteCount] of pairs(ranges)) {
    parts.push(bytes.subarray(offset, offset! + byteCount!));
  }
  const read = new Uint8Array(
    await new Blob(parts as BlobPart[]).arrayBuffer(),
  );
  assertEquals(
    parquetFormat.decode!(index, 0, FOREIGN_ROWS, false, ranges, read),
    FOREIGN_ROWS,
    title,
  );
}

function pairs(ranges: RangeList): number[][] {
  return Array.from(
    { length: ranges.count },
    (_, i) => [ranges.offsetOf(i), ranges.byteCountOf(i)],
  );
}
