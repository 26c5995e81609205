import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { RangeList } from "../../../lib/bytes/range_list.ts";
import { FormatError } from "../../../lib/errors.ts";
import type { FileSpec } from "../../../lib/formats/format.ts";
import { parquet as parquetFormat } from "../../../lib/formats/parquet.ts";
import { BatchDecoder } from "../../../lib/formats/parquet/batch_decoder.ts";
import { DTYPES } from "../../../lib/formats/parquet/column_type.ts";
import { readFooter } from "../../../lib/formats/parquet/footer_reader.ts";
import { GroupFileBuilder } from "../../../lib/formats/parquet/group_file.ts";
import type { OpenedParquet } from "../../../lib/formats/parquet/open.ts";
import { expectedColumns, valuesOf } from "./expected_columns.ts";
import { tailSource } from "./memory_source.ts";
import { column, encodeParquet, parquetSpec } from "./parquet_file.ts";

/** Every dtype, read and unread in turn; row groups of 20, 20 and 10. */
function decodedSpec(compression = "none"): FileSpec {
  const columns = DTYPES.flatMap((dtype, i) => [
    column(`${dtype}_1`, dtype, 1, i % 2 === 0),
    column(`${dtype}_9`, dtype, 9, i % 2 === 1),
  ]);
  const groups = { rows: 50, rowGroupRows: 20 };
  const spec = parquetSpec({ columns, compression, ...groups });
  const parquet = { ...spec.dataset.parquet, decode: true };
  return { ...spec, dataset: { ...spec.dataset, parquet } };
}

interface Batch {
  readonly ranges: RangeList;
  readonly bytes: Uint8Array;
}

/** Plans and reads a batch. */
function readBatch(
  opened: OpenedParquet,
  file: Uint8Array,
  [first, count, continues]: readonly [number, number, boolean],
): Batch {
  const ranges = new RangeList();
  parquetFormat.ranges!(opened, first, count, continues, ranges);
  const bytes = new Uint8Array(ranges.totalBytes);
  let offset = 0;
  for (let i = 0; i < ranges.count; i++) {
    const start = ranges.offsetOf(i);
    bytes.set(file.subarray(start, start + ranges.byteCountOf(i)), offset);
    offset += ranges.byteCountOf(i);
  }
  return { ranges, bytes };
}

async function openFile(spec: FileSpec, file: Uint8Array) {
  await parquetFormat.prepare!(spec.dataset);
  return parquetFormat.open!(tailSource(file), spec) as OpenedParquet;
}

for (const compression of ["none", ...parquetFormat.codecs]) {
  Deno.test(`decode() decodes every dtype: ${compression}`, async () => {
    const spec = decodedSpec(compression);
    const file = encodeParquet(spec);
    const opened = await openFile(spec, file);
    assertInstanceOf(opened.decoder, BatchDecoder);
    const batches: [number, number, boolean][] = [
      [0, 50, false],
      [15, 10, false],
      [15, 10, true],
      [15, 2, true],
    ];
    const rows = batches.map((batch) => {
      const { ranges, bytes } = readBatch(opened, file, batch);
      return parquetFormat.decode!(opened, ...batch, ranges, bytes);
    });
    // Whole row groups, without the one that a batch before had read.
    assertEquals(rows, [50, 40, 20, 0]);
  });
}

Deno.test("decode() throws for damaged pages and names the row group", async () => {
  const spec = decodedSpec("snappy");
  const file = encodeParquet(spec);
  const opened = await openFile(spec, file);
  const batch = [20, 20, false] as const;
  const { ranges, bytes } = readBatch(opened, file, batch);
  bytes.fill(0xff);
  const error = assertThrows(
    () => parquetFormat.decode!(opened, ...batch, ranges, bytes),
    FormatError,
  );
  assertStringIncludes(error.message, "row group 1 must be readable");
  assertEquals(error.offset, ranges.offsetOf(0));
});

Deno.test("decode() does nothing unless it was asked for", async () => {
  const spec = parquetSpec({ columns: [column("a", "int32")], rows: 10 });
  const opened = await openFile(spec, encodeParquet(spec));
  assertEquals(opened.decoder, null);
  const nothing = [new RangeList(), new Uint8Array(0)] as const;
  assertEquals(parquetFormat.decode!(opened, 0, 10, false, ...nothing), 0);
});

Deno.test("build() makes a file of one row group's read columns", async () => {
  const spec = decodedSpec("gzip");
  const file = encodeParquet(spec);
  const opened = await openFile(spec, file);
  const view = new DataView(file.buffer);
  const footerBytes = view.getUint32(file.length - 8, true);
  const footerOffset = file.length - 8 - footerBytes;
  const footer = file.subarray(footerOffset, file.length - 8);
  const columns = spec.dataset.parquet.columns.filter((c) => c.read);
  const names = columns.map(({ name }) => name);
  const facts = readFooter(footer, { columns: names, footerOffset });
  const builder = new GroupFileBuilder(footer, facts);
  const { ranges, bytes } = readBatch(opened, file, [10, 40, false]);
  const built = builder.build(2, ranges, bytes).slice().buffer;
  const rows = await parquetReadObjects({
    file: built,
    compressors,
    utf8: false,
  });
  assertEquals(Object.keys(rows[0]!), names);
  for (const expected of expectedColumns(spec)) {
    const { name } = expected.leaf;
    if (!names.includes(name)) continue;
    const values = rows.map((row) => row[name]);
    assertEquals(values, valuesOf(expected).slice(40), name);
  }
  assert(built.byteLength < file.length / 4);
});
