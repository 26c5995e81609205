/**
 * Reads a footer, ours or anyone's, into a {@linkcode GroupIndex}: in one
 * pass, without an object per column chunk.
 *
 * Spec: `FileMetaData` in
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
import { type GroupIndex, GroupIndexBuilder } from "./group_index.ts";
import { type LeafSelection, readSchema } from "./schema_reader.ts";
import { ThriftReader } from "./thrift_reader.ts";
import { THRIFT_TYPE } from "./thrift_writer.ts";

/** What of a file is to be read. */
export interface FooterRequest {
  /** Names of the columns to read; null for all. */
  readonly columns: readonly string[] | null;
  /** Offset of the footer: column chunks end before it. */
  readonly footerOffset: number;
}

/** What a footer says. */
export interface FooterFacts {
  readonly groups: GroupIndex;
  readonly leaves: LeafSelection;
  /** Where in the footer each row group begins. */
  readonly groupPositions: Uint32Array;
}

/**
 * Reads a footer.
 *
 * @param bytes The footer alone.
 * @throws {ThriftSyntaxError} If it breaks a rule; its position is in `bytes`.
 */
export function readFooter(
  bytes: Uint8Array,
  request: FooterRequest,
): FooterFacts {
  const reader: ThriftReader = new ThriftReader(bytes);
  let leaves: LeafSelection | null = null;
  let rowCount = -1;
  let builder: GroupIndexBuilder | null = null;
  let groupPositions = new Uint32Array(0);
  let id = 0;
  while ((id = reader.nextField(id)) !== 0) {
    if (id === 2) {
      reader.expectType(THRIFT_TYPE.list, "FileMetaData.schema");
      leaves = readSchema(reader, request.columns);
    } else if (id === 3) {
      rowCount = reader.integerField("FileMetaData.num_rows");
    } else if (id === 4) {
      reader.expectType(THRIFT_TYPE.list, "FileMetaData.row_groups");
      // Fields are in the order of their ids in every writer known.
      if (leaves === null) reader.fail("the schema must precede row groups");
      const groupCount = readGroupCount(reader);
      builder = new GroupIndexBuilder(groupCount, leaves.selectedCount);
      groupPositions = new Uint32Array(groupCount);
      for (let group = 0; group < groupCount; group++) {
        groupPositions[group] = reader.position;
        readGroup(reader, leaves, request.footerOffset, builder);
      }
    } else {
      reader.skip(reader.fieldType);
    }
  }
  if (builder === null || leaves === null) {
    reader.fail("the footer must have row groups");
  }
  // Some writers leave it 0; pyarrow counts the row groups' as well.
  if (rowCount !== 0 && builder.rowCount !== rowCount) {
    reader.fail(
      `num_rows must be the ${builder.rowCount} rows of all row groups, not ` +
        `${rowCount}`,
    );
  }
  return { groups: builder.index(), leaves, groupPositions };
}

function readGroupCount(reader: ThriftReader): number {
  const groupCount = reader.listHeader();
  if (groupCount > 0 && reader.elementType !== THRIFT_TYPE.struct) {
    reader.fail("row groups must be structs");
  }
  return groupCount;
}

function readGroup(
  reader: ThriftReader,
  leaves: LeafSelection,
  footerOffset: number,
  builder: GroupIndexBuilder,
): void {
  let rows = -1;
  let hasChunks = false;
  let id = 0;
  while ((id = reader.nextField(id)) !== 0) {
    if (id === 1) {
      reader.expectType(THRIFT_TYPE.list, "RowGroup.columns");
      if (hasChunks) reader.fail("a row group must have its columns once");
      readChunks(reader, leaves, footerOffset, builder);
      hasChunks = true;
    } else if (id === 3) {
      rows = reader.integerField("RowGroup.num_rows");
    } else {
      reader.skip(reader.fieldType);
    }
  }
  if (!hasChunks) reader.fail("a row group must have columns");
  if (!(rows >= 0 && rows <= Number.MAX_SAFE_INTEGER)) {
    reader.fail(`RowGroup.num_rows must be >= 0, not ${rows}`);
  }
  const overlap = builder.endGroup(rows);
  if (overlap >= 0) {
    reader.fail(`column chunks must not overlap: two have byte ${overlap}`);
  }
}

function readChunks(
  reader: ThriftReader,
  { leafCount, isSelected }: LeafSelection,
  footerOffset: number,
  builder: GroupIndexBuilder,
): void {
  const count = reader.listHeader();
  if (count > 0 && reader.elementType !== THRIFT_TYPE.struct) {
    reader.fail("column chunks must be structs");
  }
  if (count !== leafCount) {
    reader.fail(
      `a row group must have ${leafCount} column chunks, one per leaf of ` +
        `the schema: it has ${count}`,
    );
  }
  for (let leaf = 0; leaf < count; leaf++) {
    if (isSelected[leaf] === 0) reader.skipStruct();
    else readChunk(reader, footerOffset, builder);
  }
}

function readChunk(
  reader: ThriftReader,
  footerOffset: number,
  builder: GroupIndexBuilder,
): void {
  let hasMetadata = false;
  let id = 0;
  while ((id = reader.nextField(id)) !== 0) {
    if (id === 3) {
      reader.expectType(THRIFT_TYPE.struct, "ColumnChunk.meta_data");
      readChunkMetadata(reader, footerOffset, builder);
      hasMetadata = true;
    } else if (id === 1) {
      reader.fail("column chunks in other files (file_path) cannot be read");
    } else {
      reader.skip(reader.fieldType);
    }
  }
  if (!hasMetadata) {
    reader.fail("a column chunk must have meta_data that is not encrypted");
  }
}

function readChunkMetadata(
  reader: ThriftReader,
  footerOffset: number,
  builder: GroupIndexBuilder,
): void {
  let byteCount = -1;
  let dataOffset = -1;
  let dictionaryOffset = 0;
  let id = 0;
  while ((id = reader.nextField(id)) !== 0) {
    if (id === 7) byteCount = reader.integerField("total_compressed_size");
    else if (id === 9) dataOffset = reader.integerField("data_page_offset");
    else if (id === 11) {
      dictionaryOffset = reader.integerField("dictionary_page_offset");
    } else reader.skip(reader.fieldType);
  }
  // Old parquet-mr writes 0 where there is no dictionary.
  const offset = dictionaryOffset > 0 && dictionaryOffset < dataOffset
    ? dictionaryOffset
    : dataOffset;
  if (!(offset >= 0 && byteCount >= 0 && offset + byteCount <= footerOffset)) {
    reader.fail(
      "a column chunk must lie before the footer at byte " +
        `${footerOffset}: it begins at ${offset} and has ${byteCount} bytes`,
    );
  }
  builder.addChunk(offset, byteCount);
}
