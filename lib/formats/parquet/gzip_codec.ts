/**
 * GZIP pages: zlib's, at the level of the settings.
 *
 * Spec: RFC 1952
 */
import { zlib } from "../../deps/zlib.ts";
import type { PageCodec } from "./codec.ts";

const CODE_GZIP = 2;

/** @param level 0 (stored) to 9. */
export function createGzipCodec(level: number): PageCodec {
  return {
    code: CODE_GZIP,
    compress: (page) => zlib().gzipSync(page, { level }),
  };
}
