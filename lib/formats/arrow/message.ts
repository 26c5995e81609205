/**
 * Messages of Arrow's IPC, as they are written:
 *
 *    bytes  field
 *        4  0xFFFFFFFF, continuation
 *        4  length of the metadata, little-endian
 *        ...  metadata: flatbuffer `Message`, then zeros up to the alignment
 *        ...  body, if the message has one
 *
 * A length of 0 ends a stream.
 *
 * Spec: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 * Slots: https://github.com/apache/arrow/blob/main/format/Message.fbs
 */
import type { Leaf } from "../parquet/leaf.ts";
import { flatBuffer, type FlatTarget } from "./flat_buffer.ts";
import { number, reference, schemaTable } from "./schema_table.ts";

/** Continuation and length in front of the metadata. */
export const PREFIX_BYTES = 8;
/** What a message begins with since Arrow 0.15. */
export const CONTINUATION = 0xffffffff;
/** `MetadataVersion` of all that is written. */
export const METADATA_V5 = 4;

/** Members of the union `MessageHeader`. */
export const MESSAGE = { schema: 1, dictionaryBatch: 2, recordBatch: 3 };

/** What ends a stream, and stands before the footer of a file. */
export const END_OF_STREAM: Uint8Array = packPrefix(0);

/**
 * The message of a schema.
 *
 * @param multiple Its length is a multiple of this. @default {8}
 */
export function schemaMessage(
  leaves: readonly Leaf[],
  { multiple = 8, offset = 0 }: {
    readonly multiple?: number;
    /** Where in the file it will stand. @default {0} */
    readonly offset?: number;
  } = {},
): Uint8Array {
  const metadata = flatBuffer([
    number(0, 2, METADATA_V5),
    number(1, 1, MESSAGE.schema),
    reference(2, { table: schemaTable(leaves) }),
  ]);
  return encapsulate(metadata, multiple, offset);
}

/** What the message of a record batch says. */
export interface BatchMessage {
  readonly rows: number;
  readonly bodyBytes: number;
  /** Length and number of nulls of each array, depth-first. */
  readonly nodes: readonly (readonly [number, number])[];
  /** Place in the body and length of each buffer. */
  readonly buffers: readonly (readonly [number, number])[];
}

/**
 * What stands before the body of a record batch.
 *
 * @param multiple Its length is a multiple of this.
 */
export function batchMessage(
  { rows, bodyBytes, nodes, buffers }: BatchMessage,
  multiple: number,
): Uint8Array {
  const batch: FlatTarget = {
    table: [
      number(0, 8, rows),
      reference(1, { structs: nodes }),
      reference(2, { structs: buffers }),
    ],
  };
  const metadata = flatBuffer([
    number(0, 2, METADATA_V5),
    number(1, 1, MESSAGE.recordBatch),
    reference(2, batch),
    number(3, 8, bodyBytes),
  ]);
  return encapsulate(metadata, multiple, 0);
}

/** Puts prefix and zeros around metadata, so that it ends at a multiple. */
function encapsulate(
  metadata: Uint8Array,
  multiple: number,
  offset: number,
): Uint8Array {
  const end = offset + PREFIX_BYTES + metadata.length;
  const paddedEnd = Math.ceil(end / multiple) * multiple;
  const bytes = new Uint8Array(paddedEnd - offset);
  bytes.set(packPrefix(bytes.length - PREFIX_BYTES));
  bytes.set(metadata, PREFIX_BYTES);
  return bytes;
}

function packPrefix(metadataBytes: number): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setUint32(4, metadataBytes, true);
  return bytes;
}
