/**
 * The values that a generated Parquet file must have, straight from its
 * random stream: the reference of the read-back tests and of the interop
 * suite.
 *
 * Pages take the stream's bytes in file order. A number is its bytes, a truth
 * value a bit (lowest first), and a page of bits or of packed indices takes
 * whole bytes or groups of 8 values.
 */
import type { FileSpec } from "../../../lib/formats/format.ts";
import { concatBytes } from "../../../lib/bytes/concat_bytes.ts";
import { fileLayout } from "../../../lib/formats/parquet/file_layout.ts";
import type { Leaf } from "../../../lib/formats/parquet/leaf.ts";
import type { PageLayout } from "../../../lib/formats/parquet/page_layout.ts";
import { streamBytes } from "./parquet_file.ts";

/** A column's values in row order. */
export interface ExpectedColumn {
  readonly leaf: Leaf;
  /**
   * Numbers: little-endian. Truth values: a byte each. Binary: the bytes.
   * Text: 12 bytes each.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** All columns of a file. */
export function expectedColumns(spec: FileSpec): ExpectedColumn[] {
  const layout = fileLayout(spec);
  const parts: Uint8Array[][] = layout.leaves.map(() => []);
  let offset = 0;
  for (const group of layout.groups()) {
    for (const [column, chunk] of group.chunks.entries()) {
      for (const { page, count } of chunk.runs) {
        for (let i = 0; i < count; i++) {
          const drawn = streamBytes(spec.fileIndex, offset, page.randomBytes);
          parts[column]!.push(pageValues(chunk.leaf, page, drawn));
          offset += page.randomBytes;
        }
      }
    }
  }
  return layout.leaves.map((leaf, i) => ({
    leaf,
    bytes: concatBytes(parts[i]!) as Uint8Array<ArrayBuffer>,
  }));
}

/** The same as JavaScript values, lists and bytes as arrays of elements. */
export function valuesOf({ leaf, bytes }: ExpectedColumn): unknown[] {
  const elements = elementsOf(leaf, bytes);
  if (leaf.listSize === null) return elements;
  const rows: unknown[] = [];
  for (let i = 0; i < elements.length; i += leaf.listSize) {
    rows.push(elements.slice(i, i + leaf.listSize));
  }
  return rows;
}

function pageValues(
  leaf: Leaf,
  page: PageLayout,
  drawn: Uint8Array,
): Uint8Array {
  const { kind, valueBytes } = leaf.type;
  if (kind === "bit") {
    const bits = new Uint8Array(page.valueCount);
    return bits.map((_, i) => drawn[i >> 3]! >> (i & 7) & 1);
  }
  if (kind === "text") {
    const words = new Uint32Array(drawn.slice().buffer);
    const texts = [...words].map((w) =>
      `s_${10 ** 9 + w % (2 ** 31 - 10 ** 9)}`
    );
    return new TextEncoder().encode(texts.join(""));
  }
  if (kind === "binary") return drawn;
  return drawn.subarray(0, page.valueCount * valueBytes);
}

function elementsOf(
  { type, binaryBytes }: Leaf,
  bytes: Uint8Array<ArrayBuffer>,
): unknown[] {
  switch (type.arrowType) {
    case "bool":
      return [...bytes].map((bit) => bit === 1);
    case "utf8":
      return slices(bytes, 12).map((text) => new TextDecoder().decode(text));
    case "binary":
      return slices(bytes, binaryBytes);
    case "float":
      return floats(bytes.buffer, type.bitWidth);
    case "int":
      return [
        ...new (integerArray(type.bitWidth, type.isSigned))(bytes.buffer),
      ];
  }
}

function slices(bytes: Uint8Array, byteCount: number): Uint8Array[] {
  return Array.from(
    { length: bytes.length / byteCount },
    (_, i) => bytes.slice(i * byteCount, (i + 1) * byteCount),
  );
}

/** One array after another: Deno 2.4.2 finds no constructor for all three. */
function floats(buffer: ArrayBuffer, bitWidth: number): number[] {
  if (bitWidth === 16) return [...new Float16Array(buffer)];
  return bitWidth === 32
    ? [...new Float32Array(buffer)]
    : [...new Float64Array(buffer)];
}

function integerArray(bitWidth: number, isSigned: boolean) {
  const signed = { 8: Int8Array, 16: Int16Array, 32: Int32Array };
  const unsigned = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array };
  if (bitWidth === 64) return isSigned ? BigInt64Array : BigUint64Array;
  return (isSigned ? signed : unsigned)[bitWidth as 8 | 16 | 32];
}
