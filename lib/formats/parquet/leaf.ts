/**
 * The columns of a file as Parquet sees them: one leaf per column.
 *
 *    scalar            optional <type> name
 *    FixedSizeList     optional group name (LIST)
 *                        repeated group list
 *                          optional <type> element
 *
 * All fields may be null as pyarrow writes them, and none is: every value has
 * the highest definition level.
 *
 * Layouts: DLIO's Parquet generator; spec of lists:
 * https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists
 */
import {
  type FileSpec,
  type ParquetColumn,
  sampleElementCount,
} from "../format.ts";
import {
  type ColumnType,
  LIST_DTYPE,
  NUMBER_TYPES,
  SCALAR_TYPES,
} from "./column_type.ts";
import { fileColumns } from "./partition.ts";

/** A column that is written. */
export interface Leaf {
  readonly name: string;
  readonly type: ColumnType;
  /** Elements of a FixedSizeList; null for a scalar. */
  readonly listSize: number | null;
  /** Bytes of one value of kind "binary"; else 0. */
  readonly binaryBytes: number;
}

/** The only column of a dataset without `parquet.columns`, as in DLIO. */
const LEGACY_COLUMN = "data";

/** Largest size of an Arrow FixedSizeList, which is an int32. */
export const MAX_LIST_SIZE = 2 ** 31 - 1;

/**
 * The columns of a file.
 *
 * @throws {RangeError} If a `dtype` is unknown: {@linkcode leafProblems} first.
 */
export function leavesOf(spec: FileSpec): Leaf[] {
  const { columns } = spec.dataset.parquet;
  if (columns.length === 0) {
    return [soleColumn(NUMBER_TYPES["uint8"]!, sampleElementCount(spec))];
  }
  return fileColumns(spec.dataset)
    .map(({ name, dtype, size }) => leafOf(name, dtype, size));
}

/**
 * The column of a dataset that has but one: a list of a sample's elements.
 *
 * @param type Of the elements.
 * @param listSize Elements of a sample.
 */
export function soleColumn(type: ColumnType, listSize: number): Leaf {
  return { name: LEGACY_COLUMN, type, listSize, binaryBytes: 0 };
}

/** Says what keeps the columns from being written. */
export function leafProblems(spec: FileSpec): string[] {
  const problems: string[] = [];
  const { columns } = spec.dataset.parquet;
  if (columns.length === 0) {
    const count = sampleElementCount(spec);
    if (!isListSize(count)) {
      problems.push(
        `Cannot write a sample of ${count} elements to Parquet: a list must ` +
          `have 1 to ${MAX_LIST_SIZE}`,
      );
    }
  }
  if (columns.length > 0 && !columns.some(({ read }) => read)) {
    problems.push(
      "Cannot use dataset.parquet.columns with read = false in every column: " +
        "training must read one at least",
    );
  }
  const names = new Set<string>();
  for (const column of columns) {
    const path = `dataset.parquet.columns "${column.name}"`;
    if (names.has(column.name)) {
      problems.push(`Cannot use ${path}: there is a column of that name`);
    }
    names.add(column.name);
    problems.push(...columnProblems(column, path));
  }
  return problems;
}

function columnProblems(
  { dtype, size }: ParquetColumn,
  path: string,
): string[] {
  const problems: string[] = [];
  if (typeOf(dtype) === null) {
    problems.push(
      `Cannot use dtype = "${dtype}" of ${path}: it must be one of ` +
        [...Object.keys(NUMBER_TYPES), LIST_DTYPE].join(", ") + ", " +
        Object.keys(SCALAR_TYPES).join(", "),
    );
  }
  if (!isListSize(size)) {
    problems.push(
      `Cannot use size = ${size} of ${path}: it must be an integer from 1 ` +
        `to ${MAX_LIST_SIZE}`,
    );
  }
  return problems;
}

/** Highest definition level: the number of optional and repeated fields. */
export function maxDefinitionLevel(leaf: Leaf): number {
  return leaf.listSize === null ? 1 : 3;
}

/** Names from the root to the values. */
export function pathOf(leaf: Leaf): string[] {
  return leaf.listSize === null ? [leaf.name] : [leaf.name, "list", "element"];
}

function leafOf(name: string, dtype: string, size: number): Leaf {
  const type = typeOf(dtype);
  if (type === null) throw new RangeError(`Unknown dtype "${dtype}"`);
  const isList = dtype === LIST_DTYPE ||
    size > 1 && NUMBER_TYPES[dtype] !== undefined;
  const binaryBytes = type.kind === "binary" ? size : 0;
  return { name, type, listSize: isList ? size : null, binaryBytes };
}

function typeOf(dtype: string): ColumnType | null {
  const element = dtype === LIST_DTYPE ? "float32" : dtype;
  return NUMBER_TYPES[element] ?? SCALAR_TYPES[element] ?? null;
}

function isListSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MAX_LIST_SIZE;
}
