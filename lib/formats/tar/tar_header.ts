/**
 * Headers of tar members, one block of 512 bytes each.
 *
 *    offset  bytes  field
 *         0    100  name
 *       100      8  mode, octal
 *       108      8  uid
 *       116      8  gid
 *       124     12  bytes of the member, octal; "size" of a PAX record above
 *       136     12  mtime, seconds
 *       148      8  sum of the block's bytes, with spaces in this field
 *       156      1  type: "0" a file, "x" PAX records of the next member
 *       157    100  name that a link points to
 *       257      8  "ustar\0" "00"
 *       265     32  owner
 *       297     32  group
 *       345    155  first part of a long name
 *
 * Spec: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
import { FormatError } from "../../errors.ts";
import { fileKind } from "../file_magic.ts";

/** Members begin at multiples of it. */
export const TAR_BLOCK_BYTES = 512;
/** An archive is padded to a multiple of it, as tar and Python do. */
export const TAR_RECORD_BYTES = 10240;

/** Members of more bytes need a PAX record: 11 octal digits hold no more. */
const MAX_OCTAL_BYTES = 8 ** 11 - 1;
const NAME_BYTES = 100;
const CHECKSUM_AT = 148;
/** The owner and the mode that webdataset's writer puts down. */
const OWNER = "bigdata";
const MODE = "0000444";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** A member as its header says. */
export interface TarMember {
  readonly name: string;
  readonly byteCount: number;
  /** "0" is a file. */
  readonly type: string;
}

/** Bytes of a member's data with its padding. */
export function ceilToBlock(byteCount: number): number {
  return Math.ceil(byteCount / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

/**
 * What stands before a file's data: a header, and before it the PAX records
 * where the header cannot hold the length.
 *
 * @param name At most 100 ASCII characters.
 * @param byteCount Bytes of the file.
 */
export function fileHeader(name: string, byteCount: number): Uint8Array {
  if (byteCount <= MAX_OCTAL_BYTES) return header(name, byteCount, "0");
  const records = ENCODER.encode(paxRecord("size", String(byteCount)));
  const pax = new Uint8Array(TAR_BLOCK_BYTES);
  pax.set(records);
  const blocks = [
    header("././@PaxHeader", records.length, "x"),
    pax,
    // As Python's tarfile: readers of PAX take the length from the record.
    header(name, 0, "0"),
  ];
  const bytes = new Uint8Array(blocks.length * TAR_BLOCK_BYTES);
  blocks.forEach((block, index) => bytes.set(block, index * TAR_BLOCK_BYTES));
  return bytes;
}

/**
 * Gives a header another name of the same length, in place.
 *
 * @param block The header's 512 bytes.
 * @param name What it is called from now on.
 */
export function renameHeader(block: Uint8Array, name: string): void {
  let sum = octalOf(block, CHECKSUM_AT, 8);
  for (let i = 0; i < name.length; i++) {
    const byte = name.charCodeAt(i);
    sum += byte - block[i]!;
    block[i] = byte;
  }
  writeChecksum(block, sum);
}

/**
 * Reads a header.
 *
 * @param block Its 512 bytes.
 * @param path The file, for errors.
 * @param offset Where in the file the block is.
 * @returns Null if it is the empty block that ends an archive.
 * @throws {FormatError} If it is no header.
 */
export function parseHeader(
  block: Uint8Array,
  path: string,
  offset: number,
): TarMember | null {
  if (block.every((byte) => byte === 0)) return null;
  const stored = octalOf(block, CHECKSUM_AT, 8);
  if (stored !== checksum(block)) throw noHeader(block, path, offset);
  const prefix = isUstar(block) ? text(block, 345, 155) : "";
  const name = text(block, 0, NAME_BYTES);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    byteCount: octalOf(block, 124, 12),
    type: text(block, 156, 1) === "" ? "0" : text(block, 156, 1),
  };
}

/**
 * The length that PAX records give to the next member.
 *
 * @param records The data of a member of type "x".
 * @returns Bytes; null if they do not say.
 */
export function paxSize(records: Uint8Array): number | null {
  const size = /(?:^|\n)\d+ size=(\d+)\n/.exec(DECODER.decode(records))?.[1];
  return size === undefined ? null : Number(size);
}

function noHeader(
  block: Uint8Array,
  path: string,
  offset: number,
): FormatError {
  const kind = offset === 0 ? fileKind(block) : null;
  return new FormatError(
    path,
    offset,
    kind === null
      ? "a tar member must begin with a header whose checksum is right"
      : `a tar file must begin with a member: this one begins as ${kind}; of ` +
        "shards that are compressed as a whole only gzip can be read",
  );
}

function header(name: string, byteCount: number, type: string): Uint8Array {
  const block = new Uint8Array(TAR_BLOCK_BYTES);
  const put = (offset: number, value: string) =>
    block.set(ENCODER.encode(value), offset);
  put(0, name);
  put(100, MODE);
  put(108, "0000000");
  put(116, "0000000");
  put(124, byteCount.toString(8).padStart(11, "0"));
  put(136, "0".repeat(11));
  put(156, type);
  put(257, "ustar\x0000");
  put(265, OWNER);
  put(297, OWNER);
  writeChecksum(block, checksum(block));
  return block;
}

/** "LENGTH KEY=VALUE\n", whose length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length++;
  return `${length}${rest}`;
}

function checksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < TAR_BLOCK_BYTES; i++) {
    if (i < CHECKSUM_AT || i >= CHECKSUM_AT + 8) sum += block[i]!;
  }
  return sum;
}

/** Six octal digits, a zero and a space. */
function writeChecksum(block: Uint8Array, sum: number): void {
  let rest = sum;
  for (let at = CHECKSUM_AT + 5; at >= CHECKSUM_AT; at--) {
    block[at] = 0x30 + (rest & 7);
    rest >>>= 3;
  }
  block[CHECKSUM_AT + 6] = 0;
  block[CHECKSUM_AT + 7] = 0x20;
}

function isUstar(block: Uint8Array): boolean {
  return text(block, 257, 5) === "ustar";
}

function text(block: Uint8Array, offset: number, byteCount: number): string {
  const field = block.subarray(offset, offset + byteCount);
  const end = field.indexOf(0);
  return DECODER.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or GNU's binary number behind a set first bit. */
function octalOf(
  block: Uint8Array,
  offset: number,
  byteCount: number,
): number {
  if (block[offset]! >= 0x80) {
    let value = block[offset]! & 0x7f;
    for (let i = 1; i < byteCount; i++) {
      value = value * 256 + block[offset + i]!;
    }
    return value;
  }
  let value = 0;
  for (let i = 0; i < byteCount; i++) {
    const digit = block[offset + i]! - 0x30;
    if (digit >= 0 && digit < 8) value = value * 8 + digit;
  }
  return value;
}
