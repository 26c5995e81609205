/**
 * `dataset.parquet.partition_by`: Hive partitions, as pyarrow and Spark read
 * them.
 *
 *    {split}/[{subfolder}/]{column}={value}/{prefix}_{i}_of_{n}.parquet
 *
 * A file belongs to one partition, since it has one name: file i of a split
 * to partition i mod P. Partition p's value is the p-th that the column's
 * dtype has from 0 on, and P their number, at most 256:
 *
 *    dtype                 P      values
 *    uint8                 256    0 ... 255
 *    int8                  128    0 ... 127
 *    other integers        256    0 ... 255
 *    bool                  2      false, true
 *    string                256    s_1000000000 ... s_1000000255
 *
 * Only the folder's name contains the value: the file has no such column.
 *
 * Spec: https://arrow.apache.org/docs/python/generated/pyarrow.dataset.HivePartitioning.html
 */
import type { DatasetSpec, ParquetColumn } from "../format.ts";
import { NUMBER_TYPES, SCALAR_TYPES } from "./column_type.ts";
import { FIRST_INTEGER } from "./text_values.ts";

/** More folders than that, and a small dataset would have one per file. */
const MAX_PARTITIONS = 256;

/** What needs no escaping in a path, a URL or a Hive segment. */
const COLUMN_NAME_REGEXP = /^[A-Za-z0-9_.-]+$/;

/** The columns that are in the files: all but that of the partitions. */
export function fileColumns(
  { parquet: { columns, partitionBy } }: DatasetSpec,
): readonly ParquetColumn[] {
  return partitionBy === null
    ? columns
    : columns.filter(({ name }) => name !== partitionBy);
}

/** Folders of the partitions in order; none without `partition_by`. */
export function partitionFolders(dataset: DatasetSpec): readonly string[] {
  const column = partitionColumn(dataset);
  if (column === undefined) return [];
  return partitionValues(column).map((value) => `${column.name}=${value}`);
}

/** Says what keeps the column from being that of the partitions. */
export function partitionProblems(dataset: DatasetSpec): string[] {
  const { partitionBy } = dataset.parquet;
  if (partitionBy === null) return [];
  const subject = `Cannot use dataset.parquet.partition_by = "${partitionBy}"`;
  const column = partitionColumn(dataset);
  if (column === undefined) {
    return [`${subject}: it must be the name of a column`];
  }
  const problems: string[] = [];
  if (!COLUMN_NAME_REGEXP.test(partitionBy)) {
    problems.push(
      `${subject}: a column whose name becomes a folder's must be named ` +
        "with A-Z, a-z, 0-9, _, . and -",
    );
  }
  if (partitionValues(column).length === 0 || column.size !== 1) {
    problems.push(
      `${subject}: it must be a column of integers, strings or booleans ` +
        `with size 1, it is ${column.dtype} with size ${column.size}`,
    );
  }
  const rest = fileColumns(dataset);
  if (!rest.some(({ read }) => read)) {
    problems.push(
      `${subject}: the files do not contain this column and must have another ` +
        (rest.length === 0 ? "one" : "with read = true"),
    );
  }
  return problems;
}

function partitionColumn(
  { parquet: { columns, partitionBy } }: DatasetSpec,
): ParquetColumn | undefined {
  return columns.find(({ name }) => name === partitionBy);
}

/** Values of the partitions; none if the dtype is none for partitions. */
function partitionValues({ dtype }: ParquetColumn): string[] {
  const number = NUMBER_TYPES[dtype];
  if (number?.arrowType === "int") {
    const valueBits = number.bitWidth - (number.isSigned ? 1 : 0);
    return counted(Math.min(MAX_PARTITIONS, 2 ** valueBits), String);
  }
  switch (SCALAR_TYPES[dtype]?.arrowType) {
    case "bool":
      return ["false", "true"];
    case "utf8":
      return counted(MAX_PARTITIONS, (i) => `s_${FIRST_INTEGER + i}`);
    default:
      return [];
  }
}

function counted(
  count: number,
  valueAt: (index: number) => string,
): string[] {
  return Array.from({ length: count }, (_, index) => valueAt(index));
}
