/**
 * The codecs that pages can be compressed with: one line each.
 *
 * They give the same bytes on every host and in every version of Deno (gzip:
 * of zlib), because verifying a dataset means making it again. That is why
 * zstd is not `node:zlib`'s, which Deno 2.4 does not have.
 */
import type { PageCodec } from "./codec.ts";
import { createGzipCodec } from "./gzip_codec.ts";
import { createLz4Codec } from "./lz4_codec.ts";
import { createSnappyCodec } from "./snappy_codec.ts";
import { createZstdCodec } from "./zstd_codec.ts";

const CODECS: Readonly<Record<string, (level: number) => PageCodec>> = {
  snappy: createSnappyCodec,
  gzip: createGzipCodec,
  zstd: createZstdCodec,
  lz4: createLz4Codec,
};

/** Names in `dataset.compression`, beside "none". */
export const PAGE_CODECS: readonly string[] = Object.keys(CODECS);

/**
 * The codec of a name.
 *
 * @param level `dataset.compression_level`; only gzip has levels.
 * @returns Null for "none".
 * @throws {RangeError} If there is no such codec.
 */
export function pageCodec(name: string, level: number): PageCodec | null {
  if (name === "none") return null;
  const create = CODECS[name];
  if (create === undefined) throw new RangeError(`Unknown codec "${name}"`);
  return create(level);
}
