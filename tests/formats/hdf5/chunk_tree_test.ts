import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { ChunkGrid } from "../../../lib/formats/hdf5/chunk_tree.ts";
import {
  chunkCount,
  rootOffset,
  treeBytes,
  treeNodes,
} from "../../../lib/formats/hdf5/chunk_tree.ts";

const TREE_ADDRESS = 10_000;
const CHUNK_BYTES = 50;
const NONE = 2n ** 64n - 1n;

interface Node {
  readonly address: bigint;
  readonly level: number;
  readonly left: bigint;
  readonly right: bigint;
  readonly children: bigint[];
  /** Offsets of keys, one more than children. */
  readonly keys: number[][];
  /** Stored bytes of each key. */
  readonly sizes: number[];
}

function grid(counts: readonly number[]): ChunkGrid {
  return {
    counts,
    chunkDims: counts.map((_, axis) => axis + 2),
    addressOf: (index) => 1e6 + index * CHUNK_BYTES,
    bytesOf: () => CHUNK_BYTES,
    filterMask: 0,
  };
}

/** Reads nodes back as the specification has them. */
function parse(counts: readonly number[]): Node[] {
  const nodes: Node[] = [];
  const keyBytes = 8 + 8 * (counts.length + 1);
  let address = TREE_ADDRESS;
  for (const bytes of treeNodes(grid(counts), TREE_ADDRESS)) {
    const view = new DataView(bytes.buffer);
    const childCount = view.getUint16(6, true);
    const children: bigint[] = [];
    const keys: number[][] = [];
    const sizes: number[] = [];
    for (let i = 0; i <= childCount; i++) {
      const at = 24 + i * (keyBytes + 8);
      sizes.push(view.getUint32(at, true));
      keys.push(
        counts.map((_, axis) =>
          Number(view.getBigUint64(at + 8 + axis * 8, true))
        ),
      );
      if (i < childCount) {
        children.push(view.getBigUint64(at + keyBytes, true));
      }
    }
    nodes.push({
      address: BigInt(address),
      level: view.getUint8(5),
      left: view.getBigUint64(8, true),
      right: view.getBigUint64(16, true),
      children,
      keys,
      sizes,
    });
    address += bytes.length;
  }
  assertEquals(address - TREE_ADDRESS, treeBytes(counts));
  return nodes;
}

Deno.test("treeNodes() of one chunk is one leaf that nothing follows", () => {
  assertEquals(parse([1, 1]), [{
    address: BigInt(TREE_ADDRESS),
    level: 0,
    left: NONE,
    right: NONE,
    children: [1_000_000n],
    keys: [[0, 0], [2, 0]],
    sizes: [CHUNK_BYTES, 0],
  }]);
});

Deno.test("treeNodes() of 65 chunks is two leaves below a root", () => {
  const [first, second, root] = parse([5, 13]) as [Node, Node, Node];
  assertEquals([first.left, first.right], [NONE, second.address]);
  assertEquals([second.left, second.right], [first.address, NONE]);
  assertEquals(root.level, 1);
  assertEquals(root.children, [first.address, second.address]);
  // Chunk 64 is row 4, column 12 of the grid; chunks are 2 × 3 elements.
  assertEquals(root.keys, [[0, 0], [8, 36], [10, 0]]);
  assertEquals(second.keys, [[8, 36], [10, 0]]);
  assertEquals(Number(root.address) - TREE_ADDRESS, rootOffset([5, 13]));
});

Deno.test("treeNodes() reach every chunk once, in order, from the root", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 17 }), {
        minLength: 1,
        maxLength: 3,
      }),
      (counts) => {
        const nodes = parse(counts);
        const byAddress = new Map(nodes.map((node) => [node.address, node]));
        const found: number[] = [];
        const visit = (node: Node) => {
          for (const child of node.children) {
            if (node.level > 0) visit(byAddress.get(child)!);
            else found.push((Number(child) - 1e6) / CHUNK_BYTES);
          }
        };
        visit(nodes[nodes.length - 1]!);
        assertEquals(
          found,
          Array.from({ length: chunkCount(counts) }, (_, i) => i),
        );
      },
    ),
    { seed: 8, numRuns: 60 },
  );
});
