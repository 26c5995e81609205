/**
 * The Thrift header in front of every page, version 1 of data pages.
 *
 * Spec: `PageHeader` in
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
import { ThriftWriter } from "./thrift_writer.ts";

/** Codes of encodings. */
export const ENCODING = {
  plain: 0,
  rle: 3,
  deltaLengthByteArray: 6,
  rleDictionary: 8,
} as const;

/** Largest page: its sizes are int32. */
export const MAX_PAGE_BYTES = 2 ** 31 - 1;

const PAGE_TYPE = { data: 0, dictionary: 2 } as const;

/** What a header says of its page. */
export interface PageFacts {
  readonly valueCount: number;
  readonly encoding: number;
  /** Bytes behind the header before compression. */
  readonly uncompressedBytes: number;
  /** Bytes behind the header. */
  readonly compressedBytes: number;
}

/** Header of a data page, whose levels are in the RLE hybrid. */
export function dataPageHeader(facts: PageFacts): Uint8Array {
  const writer = beginHeader(PAGE_TYPE.data, facts);
  writer.structField(5);
  writer.i32Field(1, facts.valueCount);
  writer.i32Field(2, facts.encoding);
  writer.i32Field(3, ENCODING.rle);
  writer.i32Field(4, ENCODING.rle);
  writer.endStruct();
  writer.endStruct();
  return writer.toBytes();
}

/** Header of a dictionary page. */
export function dictionaryPageHeader(facts: PageFacts): Uint8Array {
  const writer = beginHeader(PAGE_TYPE.dictionary, facts);
  writer.structField(7);
  writer.i32Field(1, facts.valueCount);
  writer.i32Field(2, facts.encoding);
  writer.endStruct();
  writer.endStruct();
  return writer.toBytes();
}

function beginHeader(pageType: number, facts: PageFacts): ThriftWriter {
  const writer = new ThriftWriter();
  writer.beginStruct();
  writer.i32Field(1, pageType);
  writer.i32Field(2, facts.uncompressedBytes);
  writer.i32Field(3, facts.compressedBytes);
  return writer;
}
