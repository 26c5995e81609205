/**
 * Which leaves of a file belong to the columns that are read.
 *
 * The schema is a tree in depth-first order; a column is a child of the root,
 * its leaves are the elements below it without children. Row groups list
 * their column chunks in the order of the leaves.
 */
import { THRIFT_TYPE } from "./thrift_writer.ts";
import type { ThriftReader } from "./thrift_reader.ts";

/** The leaves of a file in order. */
export interface LeafSelection {
  readonly leafCount: number;
  /** 1 for each leaf that is read, else 0. */
  readonly isSelected: Uint8Array;
  readonly selectedCount: number;
  /** Of each column that is read: where its elements begin and end. */
  readonly elements: readonly ElementSpan[];
}

/** A column's elements in the footer. */
export interface ElementSpan {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/**
 * Reads the schema, at whose list header the reader stands.
 *
 * @param columns Names of the columns to read; null for all.
 * @throws {ThriftSyntaxError} If it is no tree or a column is not in it.
 */
export function readSchema(
  reader: ThriftReader,
  columns: readonly string[] | null,
): LeafSelection {
  const elementCount = reader.listHeader();
  if (elementCount > 0 && reader.elementType !== THRIFT_TYPE.struct) {
    reader.fail("the schema must be a list of structs");
  }
  if (elementCount === 0) reader.fail("the schema must have a root");
  const wanted = columns === null ? null : new Set(columns);
  const isSelected = new Uint8Array(elementCount);
  const names: string[] = [];
  let leafCount = 0;
  let selectedCount = 0;
  let columnCount = readElement(reader).childCount;
  let leftInColumn = 0;
  let isWanted = false;
  let start = 0;
  let firstElement = 0;
  const elements: ElementSpan[] = [];
  for (let i = 1; i < elementCount; i++) {
    if (leftInColumn === 0) {
      start = reader.position;
      firstElement = i;
    }
    const { name, childCount } = readElement(reader);
    if (leftInColumn === 0) {
      columnCount--;
      leftInColumn = 1;
      names.push(name);
      isWanted = wanted?.delete(name) ?? true;
    }
    leftInColumn += childCount - 1;
    if (leftInColumn === 0 && isWanted) {
      const count = i + 1 - firstElement;
      elements.push({ start, end: reader.position, count });
    }
    if (childCount > 0) continue;
    if (isWanted) {
      isSelected[leafCount] = 1;
      selectedCount++;
    }
    leafCount++;
  }
  if (columnCount !== 0 || leftInColumn !== 0) {
    reader.fail(`the schema's ${elementCount} elements must be one tree`);
  }
  checkFound(reader, wanted, names);
  return { leafCount, isSelected, selectedCount, elements };
}

function checkFound(
  reader: ThriftReader,
  missing: ReadonlySet<string> | null,
  names: readonly string[],
): void {
  if (missing === null || missing.size === 0) return;
  const shown = names.slice(0, 20).join(", ");
  const more = names.length > 20 ? `, \u2026 (${names.length} in all)` : "";
  reader.fail(
    `the file must have column "${[...missing].join('", "')}" of ` +
      `dataset.parquet.columns; it has ${shown}${more}`,
  );
}

function readElement(
  reader: ThriftReader,
): { name: string; childCount: number } {
  let name = "";
  let childCount = 0;
  let id = 0;
  while ((id = reader.nextField(id)) !== 0) {
    if (id === 4) {
      reader.expectType(THRIFT_TYPE.binary, "SchemaElement.name");
      name = reader.string();
    } else if (id === 5) {
      childCount = reader.integerField("SchemaElement.num_children");
      if (childCount < 0) reader.fail("num_children must be >= 0");
    } else {
      reader.skip(reader.fieldType);
    }
  }
  return { name, childCount };
}
