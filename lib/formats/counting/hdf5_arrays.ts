/**
 * The datasets of an HDF5 file, found by the HDF5 library itself (h5wasm):
 * files that others made have headers of every version.
 *
 * The library reads a file that is not in its memory: each read is answered
 * from blocks of the source. A source that answers later, an object, cannot
 * be waited for inside of a read. So the read fails, the block that was
 * missing is fetched, and the library begins anew; a file's headers are mostly
 * in one block or a few.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { FormatError } from "../../errors.ts";
import { largestArray } from "./array_counts.ts";
import {
  type CountHint,
  type SampleCounting,
  samplesOfShape,
} from "./sample_counting.ts";

/** What is read at once. */
const BLOCK_BYTES = 256 * 1024;
/** Blocks of one file that are fetched before its headers count as endless. */
const MAX_BLOCKS = 256;
/** Datasets that are looked at; the others are not known. */
const MAX_DATASETS = 4096;
/** Groups in groups. */
const MAX_DEPTH = 16;
/** The system error of a read that must wait for its block. */
const EIO = 29;

/** A dataset of an HDF5 file. */
export interface Hdf5Array {
  /** Where in the file it is: "/climate/data". */
  readonly name: string;
  readonly shape: readonly number[];
  /** NumPy's name of the type of its elements. */
  readonly dtype: string;
  /** Bytes of its elements, not compressed. */
  readonly dataBytes: number;
  /** Null: contiguous. */
  readonly chunkDims: readonly number[] | null;
  /** Names of its filters: "deflate", "shuffle" ... */
  readonly filters: readonly string[];
}

/** How the samples of an HDF5 file are counted: by its largest dataset. */
export const hdf5Counting: SampleCounting = {
  reads: "head",
  async count(source: ByteSource, hint: CountHint): Promise<number> {
    const arrays = await readHdf5Arrays(source);
    return samplesOfShape(largestArray(arrays)?.shape ?? [], hint);
  },
};

/** The parts of h5wasm and of Emscripten's file system that are used. */
type H5wasm = typeof import("h5wasm");
interface FileNode {
  stream_ops: Readonly<Record<string, unknown>>;
}
interface WasmFiles {
  createFile(
    parent: string,
    name: string,
    properties: object,
    canRead: boolean,
    canWrite: boolean,
  ): FileNode;
  unlink(path: string): void;
  ErrnoError: new (errno: number) => Error;
}
interface ErrorHandling {
  activate_throwing_error_handler(): number;
  deactivate_throwing_error_handler(): number;
}

/** Names of files in the library's own file system. */
let nextFile = 0;

/**
 * Lists the datasets of a file.
 *
 * @returns At most {@linkcode MAX_DATASETS}, in no order.
 * @throws {FormatError} If it is no HDF5 file or its headers are damaged.
 */
export async function readHdf5Arrays(
  source: ByteSource,
): Promise<readonly Hdf5Array[]> {
  const library: H5wasm = await import("h5wasm");
  const module = await library.ready as unknown as ErrorHandling & {
    readonly FS: WasmFiles;
  };
  const blocks = new BlockReader(source);
  const name = `counted-${nextFile++}.h5`;
  addFile(module.FS, name, blocks);
  try {
    for (;;) {
      module.activate_throwing_error_handler();
      try {
        return listArrays(library, `/${name}`);
      } catch (error) {
        if (!(await blocks.fetchMissing())) {
          throw new FormatError(source.path, 0, reasonOf(error));
        }
      } finally {
        module.deactivate_throwing_error_handler();
      }
    }
  } finally {
    module.FS.unlink(`/${name}`);
  }
}

/** A file whose every read is answered by `blocks`. */
function addFile(files: WasmFiles, name: string, blocks: BlockReader): void {
  const node = files.createFile("/", name, {}, true, false);
  Object.defineProperty(node, "usedBytes", { get: () => blocks.byteLength });
  const read = (
    _stream: unknown,
    memory: Int8Array,
    offset: number,
    byteCount: number,
    position: number,
  ): number => {
    const count = Math.min(byteCount, blocks.byteLength - position);
    if (count <= 0) return 0;
    const view = new Uint8Array(
      memory.buffer,
      memory.byteOffset + offset,
      count,
    );
    if (!blocks.copyTo(view, position)) throw new files.ErrnoError(EIO);
    return count;
  };
  node.stream_ops = { ...node.stream_ops, read };
}

/** Answers reads from blocks that are there. */
class BlockReader {
  readonly #source: ByteSource;
  readonly #blocks = new Map<number, Uint8Array>();
  #missing: number | null = null;
  #pending: Promise<number> | null = null;
  #pendingBlock = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get byteLength(): number {
    return this.#source.byteLength;
  }

  /** @returns False if a block is missing, which is then to be fetched. */
  copyTo(view: Uint8Array, position: number): boolean {
    let at = 0;
    while (at < view.length) {
      const number = Math.floor((position + at) / BLOCK_BYTES);
      const block = this.#block(number);
      if (block === null) return false;
      const part = block.subarray(position + at - number * BLOCK_BYTES);
      view.set(part.subarray(0, view.length - at), at);
      if (part.length === 0) return false;
      at += part.length;
    }
    return true;
  }

  /** @returns False if none was missing, so something else is wrong. */
  async fetchMissing(): Promise<boolean> {
    const number = this.#missing;
    const pending = this.#pending;
    this.#missing = null;
    this.#pending = null;
    if (number === null || pending === null) return false;
    const readBytes = await pending;
    this.#blocks.set(number, this.#pendingBlock.subarray(0, readBytes));
    return readBytes > 0 && this.#blocks.size <= MAX_BLOCKS;
  }

  #block(number: number): Uint8Array | null {
    const known = this.#blocks.get(number);
    if (known !== undefined) return known;
    if (this.#missing !== null) return null;
    const offset = number * BLOCK_BYTES;
    const block = new Uint8Array(
      Math.min(BLOCK_BYTES, this.byteLength - offset),
    );
    const answer = this.#source.readInto(block, offset);
    if (!(answer instanceof Promise)) {
      const read = block.subarray(0, answer);
      this.#blocks.set(number, read);
      return read;
    }
    // Its failure is heard by whoever fetches it.
    answer.catch(() => {});
    this.#missing = number;
    this.#pending = answer;
    this.#pendingBlock = block;
    return null;
  }
}

function listArrays(library: H5wasm, path: string): Hdf5Array[] {
  const file = new library.File(path, "r");
  const arrays: Hdf5Array[] = [];
  try {
    addArrays(library, file, 0, arrays);
  } finally {
    file.close();
  }
  return arrays;
}

function addArrays(
  library: H5wasm,
  group: InstanceType<H5wasm["Group"]>,
  depth: number,
  arrays: Hdf5Array[],
): void {
  for (const key of group.keys()) {
    if (arrays.length >= MAX_DATASETS) return;
    // What a link leads to is elsewhere in the file, or in another one.
    const path = `${group.path === "/" ? "" : group.path}/${key}`;
    if (group.get_link(path) !== null) continue;
    const entity = group.get(key);
    if (entity instanceof library.Group) {
      if (depth < MAX_DEPTH) addArrays(library, entity, depth + 1, arrays);
    } else if (entity instanceof library.Dataset) {
      const { shape, dtype, metadata, filters } = entity;
      const dims = (shape ?? []).map(Number);
      arrays.push({
        name: entity.path,
        shape: dims,
        dtype: typeof dtype === "string" ? dtype : "compound",
        dataBytes: dims.reduce((product, dim) => product * dim, metadata.size),
        chunkDims: metadata.chunks?.map(Number) ?? null,
        filters: filters.map(({ name }) => name),
      });
    }
  }
}

/** The innermost line of the library's stack says what is wrong. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = [...text.matchAll(/^ *#\d+: .*?\(\): (.*)$/gm)];
  const reason = lines.at(-1)?.[1] ?? text;
  return `the HDF5 library must be able to read its headers: ${reason}`;
}
