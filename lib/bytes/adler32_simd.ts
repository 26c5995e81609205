/**
 * Adler-32 in wasm SIMD: the sum of `adler32.ts` at the speed of memory.
 *
 * A module sums its own memory only, so bytes are copied there piece by
 * piece, which costs a tenth of summing them in JavaScript: 13 GB/s with the
 * copy, against 3 for the best TypeScript found and 0.3 byte by byte.
 */
import { ADLER32_WASM_BASE64 } from "./adler32_wasm.ts";

/** Bytes summed at once: they stay in the first-level cache. */
const PIECE_BYTES = 16_384;

interface AdlerModule {
  adler32(byteCount: number, adler: number): number;
}

interface Summer {
  readonly memory: Uint8Array;
  readonly module: AdlerModule;
}

let summer: Summer | null = null;

/**
 * Adler-32 of bytes.
 *
 * @param adler Sum of what comes before; 1 at the start.
 */
export function adler32Simd(bytes: Uint8Array, adler = 1): number {
  summer ??= createSummer();
  const { memory, module } = summer;
  let sum = adler;
  for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
    const piece = bytes.subarray(offset, offset + PIECE_BYTES);
    memory.set(piece);
    sum = module.adler32(piece.length, sum) >>> 0;
  }
  return sum;
}

/** Once per thread, at first use. */
function createSummer(): Summer {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const compiled = new WebAssembly.Module(
    Uint8Array.from(atob(ADLER32_WASM_BASE64), (char) => char.charCodeAt(0)),
  );
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return {
    memory: new Uint8Array(memory.buffer),
    module: exports as unknown as AdlerModule,
  };
}
