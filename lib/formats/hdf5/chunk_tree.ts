/**
 * The index of a chunked dataset: a B-tree of version 1.
 *
 *    node:  "TREE" | 1 (chunks) | level | children | left, right neighbor
 *           key 0 | child 0 | key 1 | child 1 | ... | last key
 *    key:   4 stored bytes | 4 filters skipped | 8 × (rank + 1) offsets
 *
 * Nodes are full but for the last of a level, and the levels are one after
 * another from the leaves up, so that every address is arithmetic and the
 * tree is written in constant memory. A key is that of the first chunk below
 * the child after it; the last key of a level lies behind all chunks.
 *
 * Spec: HDF5 File Format Specification 3.0, section III.A.1.
 */
import { packLittleEndian } from "../../bytes/little_endian.ts";
import type { Field } from "../../bytes/little_endian.ts";
import { NO_ADDRESS } from "./object_header.ts";

/** Children of a node: twice the rank that superblock version 0 implies. */
const NODE_CHILDREN = 64;
const NODE_HEAD_BYTES = 24;

/** The chunks of one dataset, in the order of their place. */
export interface ChunkGrid {
  /** Number of chunks along each axis. */
  readonly counts: readonly number[];
  readonly chunkDims: readonly number[];
  /** Address of chunk `index` in the file. */
  addressOf(index: number): number;
  /** Stored length of chunk `index` in bytes. */
  bytesOf(index: number): number;
  /** Bit 0 set: the filter was skipped. */
  readonly filterMask: number;
}

/** Number of chunks. */
export function chunkCount(counts: readonly number[]): number {
  return counts.reduce((product, count) => product * count, 1);
}

/** Bytes of the whole tree. */
export function treeBytes(counts: readonly number[]): number {
  const nodeCount = levelCounts(chunkCount(counts))
    .reduce((sum, count) => sum + count, 0);
  return nodeCount * nodeBytes(counts.length);
}

/** Where in the tree's bytes the root is: it comes last. */
export function rootOffset(counts: readonly number[]): number {
  return treeBytes(counts) - nodeBytes(counts.length);
}

/**
 * The nodes in order.
 *
 * @param treeAddress Where the first one will be.
 */
export function* treeNodes(
  grid: ChunkGrid,
  treeAddress: number,
): Generator<Uint8Array, void> {
  const count = chunkCount(grid.counts);
  const byteCount = nodeBytes(grid.counts.length);
  let levelAddress = treeAddress;
  let childLevelAddress = 0;
  let childCount = count;
  // Chunks below one child of the level.
  let childChunks = 1;
  for (const [level, nodeCount] of levelCounts(count).entries()) {
    const childAddress = (child: number) =>
      level === 0
        ? grid.addressOf(child)
        : childLevelAddress + child * byteCount;
    for (let node = 0; node < nodeCount; node++) {
      const first = node * NODE_CHILDREN;
      const end = Math.min(first + NODE_CHILDREN, childCount);
      const address = levelAddress + node * byteCount;
      const fields: Field[] = [
        ...NODE_SIGNATURE,
        [1, 1],
        [1, level],
        [2, end - first],
        ...(node > 0 ? [[8, address - byteCount] as Field] : NO_ADDRESS),
        ...(node + 1 < nodeCount
          ? [[8, address + byteCount] as Field]
          : NO_ADDRESS),
      ];
      for (let child = first; child < end; child++) {
        fields.push(...key(grid, child * childChunks));
        fields.push([8, childAddress(child)]);
      }
      fields.push(...key(grid, Math.min(end * childChunks, count)));
      const bytes = new Uint8Array(byteCount);
      bytes.set(packLittleEndian(fields));
      yield bytes;
    }
    childLevelAddress = levelAddress;
    levelAddress += nodeCount * byteCount;
    childCount = nodeCount;
    childChunks *= NODE_CHILDREN;
  }
}

const NODE_SIGNATURE: readonly Field[] = Array.from(
  "TREE",
  (char): Field => [1, char.charCodeAt(0)],
);

/** Nodes of each level, from the leaves to the root. */
function levelCounts(chunks: number): number[] {
  const counts: number[] = [];
  let below = chunks;
  do {
    below = Math.ceil(below / NODE_CHILDREN);
    counts.push(below);
  } while (below > 1);
  return counts;
}

function nodeBytes(rank: number): number {
  return NODE_HEAD_BYTES + (NODE_CHILDREN + 1) * keyBytes(rank) +
    NODE_CHILDREN * 8;
}

function keyBytes(rank: number): number {
  return 8 + 8 * (rank + 1);
}

/** Key of a chunk; `chunk` = their number gives one behind all chunks. */
function key(grid: ChunkGrid, chunk: number): Field[] {
  const { counts, chunkDims, filterMask } = grid;
  const isBehindAll = chunk === chunkCount(counts);
  const offsets = new Array<Field>(counts.length);
  let rest = chunk;
  for (let axis = counts.length - 1; axis >= 0; axis--) {
    // The first axis is not reduced: behind all chunks it is one too many.
    const place = axis === 0 ? rest : rest % counts[axis]!;
    offsets[axis] = [8, place * chunkDims[axis]!];
    rest = Math.floor(rest / counts[axis]!);
  }
  return [
    [4, isBehindAll ? 0 : grid.bytesOf(chunk)],
    [4, isBehindAll ? 0 : filterMask],
    ...offsets,
    [8, 0], // inside an element
  ];
}
