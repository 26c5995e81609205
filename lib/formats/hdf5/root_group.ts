/**
 * The front of the file: superblock and root group.
 *
 *        0  superblock, version 0
 *       96  object header of the root group
 *      136  B-tree of the group: one node with one child
 *      680  local heap: names, in the order of the alphabet
 *        ...  symbol table node: name and object header of each dataset
 *
 * The rank of the symbol table node is set so that one node holds all names.
 * Versions of 1998 throughout: every reader has them, and no field of them
 * is a checksum or has to be known before the data is written.
 *
 * Spec: HDF5 File Format Specification 3.0, sections II.A and III.
 */
import type { Field } from "../../bytes/little_endian.ts";
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { packLittleEndian } from "../../bytes/little_endian.ts";
import {
  NO_ADDRESS,
  objectHeader,
  symbolTableMessage,
} from "./object_header.ts";

/** A name in the root group. */
export interface Link {
  readonly name: string;
  /** Address of its object header. */
  readonly address: number;
}

const SUPERBLOCK_BYTES = 96;
const GROUP_HEADER_ADDRESS = SUPERBLOCK_BYTES;
const GROUP_HEADER_BYTES = 40;
const TREE_ADDRESS = GROUP_HEADER_ADDRESS + GROUP_HEADER_BYTES;
/** 24 bytes of head, 2 × 16 children, 2 × 16 + 1 keys. */
const TREE_BYTES = 24 + 32 * 8 + 33 * 8;
const HEAP_ADDRESS = TREE_ADDRESS + TREE_BYTES;
const HEAP_HEADER_BYTES = 32;
const HEAP_DATA_ADDRESS = HEAP_ADDRESS + HEAP_HEADER_BYTES;
const SYMBOL_BYTES = 40;
const SYMBOL_HEAD_BYTES = 8;
const GROUP_INTERNAL_RANK = 16;
const LEAST_LEAF_RANK = 4;

/** Most names in one node, as its rank has 16 bits. */
export const MAX_LINKS = 2 * (2 ** 16 - 1);

/** Bytes of the front for datasets of these names. */
export function frontBytes(names: readonly string[]): number {
  const nodeBytes = SYMBOL_HEAD_BYTES + 2 * leafRank(names) * SYMBOL_BYTES;
  return HEAP_DATA_ADDRESS + heapDataBytes(names) + nodeBytes;
}

/**
 * The front itself.
 *
 * @param links All datasets, in any order.
 * @param fileBytes Length of the whole file.
 */
export function rootGroup(
  links: readonly Link[],
  fileBytes: number,
): Uint8Array {
  // Readers bisect names, so they stand in the order of their bytes; all
  // are ASCII.
  const sorted = links.toSorted((a, b) => a.name < b.name ? -1 : 1);
  const names = sorted.map(({ name }) => name);
  const nameOffsets: number[] = [];
  let heapAt = nameBytes("");
  for (const name of names) {
    nameOffsets.push(heapAt);
    heapAt += nameBytes(name);
  }
  return concatBytes([
    superblock(leafRank(names), fileBytes),
    objectHeader([symbolTableMessage(TREE_ADDRESS, HEAP_ADDRESS)]),
    treeNode(
      HEAP_DATA_ADDRESS + heapDataBytes(names),
      nameOffsets[nameOffsets.length - 1]!,
    ),
    heap(names),
    symbolNode(sorted, nameOffsets, leafRank(names)),
  ]);
}

function superblock(leafRank: number, fileBytes: number): Uint8Array {
  return packLittleEndian([
    ...ascii("\x89HDF\r\n\x1a\n"),
    [4, 0], // versions of superblock, free space, root group; reserved
    [1, 0], // version of shared headers
    [1, 8], // bytes of an address
    [1, 8], // bytes of a length
    [1, 0],
    [2, leafRank],
    [2, GROUP_INTERNAL_RANK],
    [4, 0], // flags
    [8, 0], // base address
    ...NO_ADDRESS, // free space
    [8, fileBytes],
    ...NO_ADDRESS, // driver
    // The root group's symbol.
    [8, 0],
    [8, GROUP_HEADER_ADDRESS],
    [4, 1], // what follows repeats its symbol table message
    [4, 0],
    [8, TREE_ADDRESS],
    [8, HEAP_ADDRESS],
  ]);
}

/** A node whose only child holds all names up to the last. */
function treeNode(childAddress: number, lastName: number): Uint8Array {
  const node = new Uint8Array(TREE_BYTES);
  node.set(packLittleEndian([
    ...ascii("TREE"),
    [1, 0], // group
    [1, 0], // level
    [2, 1], // children
    ...NO_ADDRESS,
    ...NO_ADDRESS,
    [8, 0], // the empty name is before all others
    [8, childAddress],
    [8, lastName],
  ]));
  return node;
}

function heap(names: readonly string[]): Uint8Array {
  const noFreeSpace = 1;
  const texts = ["", ...names].flatMap((name) =>
    ascii(name.padEnd(nameBytes(name), "\0"))
  );
  return packLittleEndian([
    ...ascii("HEAP"),
    [4, 0], // version
    [8, heapDataBytes(names)],
    [8, noFreeSpace],
    [8, HEAP_DATA_ADDRESS],
    ...texts,
  ]);
}

function symbolNode(
  links: readonly Link[],
  nameOffsets: readonly number[],
  leafRank: number,
): Uint8Array {
  const node = new Uint8Array(SYMBOL_HEAD_BYTES + 2 * leafRank * SYMBOL_BYTES);
  node.set(packLittleEndian([
    ...ascii("SNOD"),
    [1, 1],
    [1, 0],
    [2, links.length],
    ...links.flatMap(({ address }, i): Field[] => [
      [8, nameOffsets[i]!],
      [8, address],
      [8, 0], // nothing cached
      [8, 0],
      [8, 0],
    ]),
  ]));
  return node;
}

function leafRank(names: readonly string[]): number {
  return Math.max(LEAST_LEAF_RANK, Math.ceil(names.length / 2));
}

function heapDataBytes(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + nameBytes(name), nameBytes(""));
}

/** A name with its final zero, padded. */
function nameBytes(name: string): number {
  return Math.ceil((name.length + 1) / 8) * 8;
}

function ascii(text: string): Field[] {
  return Array.from(text, (char): Field => [1, char.charCodeAt(0)]);
}
