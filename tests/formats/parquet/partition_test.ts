import { assert, assertEquals } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { parquet as parquetFormat } from "../../../lib/formats/parquet.ts";
import { partitionFolders } from "../../../lib/formats/parquet/partition.ts";
import { RangeList } from "../../../lib/bytes/range_list.ts";
import { tailSource } from "./memory_source.ts";
import { column, encodeParquet, parquetSpec } from "./parquet_file.ts";

function foldersOf(dtype: string): readonly string[] {
  const columns = [column("k", dtype), column("x", "float32")];
  return partitionFolders(
    parquetSpec({ columns, partitionBy: "k" }).dataset,
  );
}

/** What is against partitions by the first of some columns. */
function problemOf(...columns: ReturnType<typeof column>[]): string {
  const partitionBy = columns[0]?.name ?? "k";
  const problems = parquetFormat.problems(
    parquetSpec({ columns, partitionBy }),
  );
  assertEquals(problems.length, 1, problems.join("\n"));
  return problems[0]!;
}

const REST = column("x", "float32");

Deno.test("partitionFolders() counts integers from 0 as far as they go", () => {
  const bytes = foldersOf("uint8");
  assertEquals([bytes.length, bytes[0], bytes[255]], [256, "k=0", "k=255"]);
  const signed = foldersOf("int8");
  assertEquals([signed.length, signed.at(-1)], [128, "k=127"]);
  for (const dtype of ["int16", "uint16", "int32", "uint32", "int64"]) {
    const folders = foldersOf(dtype);
    assertEquals([folders.length, folders.at(-1)], [256, "k=255"], dtype);
  }
});

Deno.test("partitionFolders() renders strings and truth values as their columns", () => {
  assertEquals(foldersOf("bool"), ["k=false", "k=true"]);
  const texts = foldersOf("string");
  assertEquals(texts.length, 256);
  assertEquals([texts[0], texts[255]], ["k=s_1000000000", "k=s_1000000255"]);
});

Deno.test("partitionFolders() is empty without partition_by", () => {
  assertEquals(
    partitionFolders(parquetSpec({ columns: [REST] }).dataset),
    [],
  );
});

Deno.test("a partitioned file has all columns but the folder's", async () => {
  const columns = [column("a", "int32"), column("k", "uint8"), REST];
  const spec = parquetSpec({ columns, rows: 10, partitionBy: "k" });
  const file = encodeParquet(spec);
  const rows = await parquetReadObjects({ file: file.buffer });
  assertEquals(rows.length, 10);
  assertEquals(Object.keys(rows[0]!), ["a", "x"]);
});

Deno.test("a partitioned file is read without the folder's column", async () => {
  const columns = [column("a", "int32"), column("k", "uint8"), REST];
  const spec = parquetSpec({ columns, rows: 10, partitionBy: "k" });
  const file = encodeParquet(spec);
  const index = await parquetFormat.open?.(tailSource(file), spec);
  const ranges = new RangeList();
  parquetFormat.ranges?.(index!, 0, 10, false, ranges);
  assert(ranges.totalBytes >= 10 * 8, `${ranges.totalBytes}`);
});

Deno.test("problems() takes only columns of one discrete value for partitions", () => {
  for (
    const [dtype, size] of [
      ["float32", 1],
      ["list", 1],
      ["binary", 1],
      ["int32", 2],
    ] as const
  ) {
    assertEquals(
      problemOf(column("k", dtype, size), REST),
      'Cannot use dataset.parquet.partition_by = "k": it must be a column ' +
        "of integers, strings or booleans with size 1, it is " +
        `${dtype} with size ${size}`,
    );
  }
});

Deno.test("problems() demands that the column of partitions is there", () => {
  for (const columns of [[], [REST]]) {
    assertEquals(
      parquetFormat.problems(parquetSpec({ columns, partitionBy: "k" })),
      [
        'Cannot use dataset.parquet.partition_by = "k": it must be the name ' +
        "of a column",
      ],
    );
  }
});

Deno.test("problems() demands that something is left to read", () => {
  const begin = 'Cannot use dataset.parquet.partition_by = "k": the files ' +
    "do not contain this column and must have another ";
  assertEquals(problemOf(column("k", "int8")), `${begin}one`);
  assertEquals(
    problemOf(column("k", "int8"), column("x", "float32", 1, false)),
    `${begin}with read = true`,
  );
});

Deno.test("problems() refuses a column name that is no folder's", () => {
  for (const name of ["a/b", "a=b", "a b", "a%"]) {
    assert(problemOf(column(name, "int8"), REST).includes("must be named"));
  }
});
