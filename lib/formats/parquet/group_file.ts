/**
 * Makes a small Parquet file of one row group and of the columns that are
 * read, out of the bytes of the plan: decoders take whole files.
 *
 *    "PAR1", column chunks, footer, u32, "PAR1"
 *
 * The schema's elements are copied as they are; of a chunk's metadata what is
 * needed to read it, with offsets of the new file.
 */
import type { RangeList } from "../../bytes/range_list.ts";
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { MAGIC } from "./file_layout.ts";
import type { FooterFacts } from "./footer_reader.ts";
import { ThriftReader } from "./thrift_reader.ts";
import { THRIFT_TYPE, ThriftWriter } from "./thrift_writer.ts";

/** Metadata of a column chunk that is kept as it is. */
const KEPT_FIELDS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7]);

/** What of a chunk's metadata has to change. */
interface ChunkPlace {
  byteCount: number;
  dataOffset: number;
  dictionaryOffset: number;
}

/** Makes files of the row groups of one file. */
export class GroupFileBuilder {
  readonly #footer: Uint8Array;
  readonly #facts: FooterFacts;
  readonly #schema: Uint8Array;

  /** @param footer The footer alone. */
  constructor(footer: Uint8Array, facts: FooterFacts) {
    this.#footer = footer;
    this.#facts = facts;
    this.#schema = selectedSchema(footer, facts);
  }

  /**
   * The file of one row group.
   *
   * @param bytes The bytes of `ranges`, one range after another.
   */
  build(group: number, ranges: RangeList, bytes: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [MAGIC];
    const writer = new ThriftWriter();
    writer.beginStruct();
    writer.i32Field(1, 2);
    writer.field(2, THRIFT_TYPE.list);
    writer.raw(this.#schema);
    const rows = this.#facts.groups.rowsOf(group);
    writer.i64Field(3, rows);
    writer.listField(4, THRIFT_TYPE.struct, 1);
    writer.beginStruct();
    this.#chunks(writer, group, (offset, byteCount) => {
      parts.push(bytesAt(ranges, bytes, offset, byteCount));
    });
    writer.i64Field(2, bytes.length);
    writer.i64Field(3, rows);
    writer.endStruct();
    writer.endStruct();
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, writer.length, true);
    return concatBytes([...parts, writer.view(), length, MAGIC]);
  }

  /** Writes the row group's columns and says which bytes they are made of. */
  #chunks(
    writer: ThriftWriter,
    group: number,
    take: (offset: number, byteCount: number) => void,
  ): void {
    const { leaves, groupPositions } = this.#facts;
    const reader = new ThriftReader(this.#footer, groupPositions[group]!);
    seekField(reader, 1);
    reader.listHeader();
    writer.listField(1, THRIFT_TYPE.struct, leaves.selectedCount);
    let offset = MAGIC.length;
    for (let leaf = 0; leaf < leaves.leafCount; leaf++) {
      if (leaves.isSelected[leaf] === 0) {
        reader.skipStruct();
        continue;
      }
      seekField(reader, 3);
      writer.beginStruct();
      writer.i64Field(2, 0);
      writer.structField(3);
      const place = this.#copyMetadata(reader, writer);
      reader.skipStruct();
      const { dataOffset, dictionaryOffset } = place;
      const hasDictionary = dictionaryOffset > 0 &&
        dictionaryOffset < dataOffset;
      const start = hasDictionary ? dictionaryOffset : dataOffset;
      writer.i64Field(9, offset + dataOffset - start);
      if (hasDictionary) writer.i64Field(11, offset);
      writer.endStruct();
      writer.endStruct();
      take(start, place.byteCount);
      offset += place.byteCount;
    }
  }

  #copyMetadata(reader: ThriftReader, writer: ThriftWriter): ChunkPlace {
    const place = { byteCount: 0, dataOffset: 0, dictionaryOffset: 0 };
    let id = 0;
    while ((id = reader.nextField(id)) !== 0) {
      const type = reader.fieldType;
      const start = reader.position;
      if (id === 7) place.byteCount = reader.integer();
      else if (id === 9) place.dataOffset = reader.integer();
      else if (id === 11) place.dictionaryOffset = reader.integer();
      else reader.skip(type);
      if (!KEPT_FIELDS.has(id)) continue;
      writer.field(id, type);
      writer.raw(this.#footer.subarray(start, reader.position));
    }
    return place;
  }
}

/** The schema's list: a root and the elements of the columns read. */
function selectedSchema(footer: Uint8Array, facts: FooterFacts): Uint8Array {
  const { elements } = facts.leaves;
  let elementCount = 1;
  for (const { count } of elements) elementCount += count;
  const writer = new ThriftWriter();
  writer.listHeader(THRIFT_TYPE.struct, elementCount);
  writer.beginStruct();
  writer.stringField(4, "schema");
  writer.i32Field(5, elements.length);
  writer.endStruct();
  for (const { start, end } of elements) {
    writer.raw(footer.subarray(start, end));
  }
  return writer.toBytes();
}

/** Steps to a field of a struct that is known to have it. */
function seekField(reader: ThriftReader, wantedId: number): void {
  let id = 0;
  while ((id = reader.nextField(id)) !== wantedId) {
    if (id === 0) reader.fail(`the struct must have field ${wantedId}`);
    reader.skip(reader.fieldType);
  }
}

function bytesAt(
  ranges: RangeList,
  bytes: Uint8Array,
  offset: number,
  byteCount: number,
): Uint8Array {
  let position = 0;
  for (let i = 0; i < ranges.count; i++) {
    const start = offset - ranges.offsetOf(i);
    const rangeBytes = ranges.byteCountOf(i);
    if (start >= 0 && start + byteCount <= rangeBytes) {
      return bytes.subarray(position + start, position + start + byteCount);
    }
    position += rangeBytes;
  }
  throw new RangeError(
    `Cannot decode a column chunk as it must be in the plan: byte ${offset}`,
  );
}
