/**
 * `node:zlib`, loaded at first use: an import at the top costs every reader
 * thread 4 MB and 25 ms, and only generators that compress need it.
 */

type Zlib = Pick<
  typeof import("node:zlib"),
  | "constants"
  | "createGunzip"
  | "deflateRawSync"
  | "deflateSync"
  | "gzipSync"
  | "inflateRawSync"
>;

let loaded: Zlib | null = null;

/** The module; the first call loads it. */
export function zlib(): Zlib {
  // A dynamic import would make every encoder asynchronous.
  loaded ??= (globalThis as unknown as {
    process: { getBuiltinModule(name: string): Zlib };
  }).process.getBuiltinModule("node:zlib");
  return loaded;
}
