/**
 * Captured source trees and their hashes: MD5 over path and content of every
 * file, in the order of their paths as bytes.
 *
 * Source: rule 2.1.6, https://github.com/mlcommons/storage/blob/main/Rules.md
 */
import { createHash } from "node:crypto";
import { notAFile } from "../../bytes/small_file.ts";
import type { CodeImageFacts } from "../facts/tree.ts";
import { textOf } from "../values.ts";
import type { FileTree, Folder } from "./file_tree.ts";

/** Folder of the pool. */
const POOL = "code-images";
/** Name of an image: the first digits of its hash. */
const IMAGE_REGEXP = /^code-[0-9a-f]{8}$/;
/** A file that makes a folder of an organization a pool. */
const POOL_MARK = ".mlps-image-pool";
const HASH_FILE = ".code-hash.json";

/** Algorithms that hash alike; the second leaves out more names. */
const ALGORITHMS = ["md5-tree-v1", "md5-tree-v2"];

/** Folders that are no part of the hash. */
const LEFT_OUT = /^(tests?|__pycache__|node_modules|build|dist)$|\.egg-info$/;
const LEFT_OUT_FILES = /\.py[co]$|^Thumbs\.db$/;

/** Bytes of one image that are hashed: the source has some 20 MB. */
const MAX_IMAGE_BYTES = 512 * 2 ** 20;

/** Folders of images: the pool, and those of single organizations. */
export function poolsOf(tree: FileTree): string[] {
  return [...tree.root.folders].filter(([name, folder]) =>
    name === POOL || folder.files.has(POOL_MARK)
  ).map(([name]) => name);
}

/** All images of a tree. */
export async function readCodeImages(
  tree: FileTree,
): Promise<CodeImageFacts[]> {
  const images: CodeImageFacts[] = [];
  for (const pool of poolsOf(tree)) {
    for (const name of tree.folder(pool).folders.keys()) {
      if (!IMAGE_REGEXP.test(name)) continue;
      images.push(await readImage(tree, `${pool}/${name}`));
    }
  }
  return images;
}

async function readImage(
  tree: FileTree,
  where: string,
): Promise<CodeImageFacts> {
  const record = await tree.json(`${where}/${HASH_FILE}`);
  const hash = textOf(record?.hash);
  const algorithm = textOf(record?.algorithm);
  const isKnown = algorithm !== null && ALGORITHMS.includes(algorithm);
  const recordedHash = hash !== null && /^[0-9a-f]{32}$/.test(hash)
    ? hash
    : null;
  return {
    where,
    recordedHash,
    algorithm,
    computedHash: isKnown && recordedHash !== null
      ? await treeHash(tree, where)
      : null,
  };
}

async function treeHash(tree: FileTree, where: string): Promise<string | null> {
  const encoder = new TextEncoder();
  const files = [...filesOf(tree.folder(where), "")]
    .map((path) => ({ path, bytes: encoder.encode(path) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes));
  const hash = createHash("md5");
  let totalBytes = 0;
  for (const { path, bytes } of files) {
    const place = `${tree.path}/${where}/${path}`;
    try {
      // A pipe that took the file's place would be waited for.
      const facts = await Deno.lstat(place);
      totalBytes += facts.size;
      if (notAFile(facts) !== null || totalBytes > MAX_IMAGE_BYTES) return null;
      hash.update(bytes).update(await Deno.readFile(place));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      tree.leaveOut(`${where}/${path}`, "unreadable", error.name);
      return null;
    }
  }
  return hash.digest("hex");
}

function* filesOf(folder: Folder, prefix: string): Generator<string> {
  for (const name of folder.files) {
    if (name.startsWith(".") || LEFT_OUT_FILES.test(name)) continue;
    yield prefix + name;
  }
  for (const [name, inner] of folder.folders) {
    if (name.startsWith(".") || LEFT_OUT.test(name)) continue;
    yield* filesOf(inner, `${prefix}${name}/`);
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
