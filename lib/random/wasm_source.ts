/**
 * The random source in wasm SIMD: the same bytes as `scalar_source.ts`, at
 * about half the speed of memset, written straight into the arena's pages.
 *
 * The module imports the arena's memory and has no data of its own there (a
 * test parses it), so it can touch nothing but the views given to it and the
 * region that it takes from the arena here.
 */
import type { PageArena } from "../bytes/page_arena.ts";
import { checkAddress, checkSeed } from "./random_address.ts";
import type { RandomSource, RandomSourceOptions } from "./random_source.ts";
import { RANDOM_WASM_BASE64 } from "./random_wasm.ts";

/**
 * Bytes that a source takes from its arena, for states and CRC tables; those
 * of a checksum that is not used are never touched and cost no memory.
 */
export const RANDOM_REGION_BYTES = 593920;

/** What `wasm/random.ts` exports; numbers of 53 bits go as f64. */
interface RandomModule {
  regionBytes(): number;
  setup(regionAddress: number, seed: number): void;
  fill(
    targetAddress: number,
    byteCount: number,
    stream: number,
    offset: number,
  ): void;
  sum(
    castagnoli: number,
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number;
}

/**
 * Makes the random source of a dataset.
 *
 * @param arena Where the filled views lie; {@linkcode RANDOM_REGION_BYTES}
 *   are taken from it.
 * @throws {RangeError} If the seed is no integer in [0, 2^53) or the arena
 *   has not enough left.
 */
export function createRandomSource(
  arena: PageArena,
  options: RandomSourceOptions,
): RandomSource {
  checkSeed(options.seed);
  return new WasmSource(arena, options.seed);
}

class WasmSource implements RandomSource {
  readonly #buffer: ArrayBufferLike;
  readonly #module: RandomModule;

  constructor(arena: PageArena, seed: number) {
    const { memory } = arena;
    const region = arena.allocate(RANDOM_REGION_BYTES);
    this.#buffer = memory.buffer;
    this.#module = new WebAssembly.Instance(compiledModule(), {
      env: { memory },
    }).exports as unknown as RandomModule;
    this.#module.setup(region.byteOffset, seed);
  }

  fill(view: Uint8Array, stream: number, offset: number): void {
    if (view.buffer !== this.#buffer) {
      throw new RangeError(
        "Cannot fill a view as it must lie in the random source's arena",
      );
    }
    checkAddress(stream, offset, view.length);
    this.#module.fill(view.byteOffset, view.length, stream, offset);
  }

  crc32(
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    checkAddress(stream, offset, byteCount);
    return this.#module.sum(0, stream, offset, byteCount, crc) >>> 0;
  }

  crc32c(
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    checkAddress(stream, offset, byteCount);
    return this.#module.sum(1, stream, offset, byteCount, crc) >>> 0;
  }
}

let compiled: WebAssembly.Module | null = null;

/** Compiled once per thread, at first use. */
function compiledModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(RANDOM_WASM_BASE64), (char) => char.charCodeAt(0)),
  );
  return compiled;
}
