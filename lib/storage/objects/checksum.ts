/**
 * The checksum that goes with a body where `verify: checksum` is set, as S3's
 * header `x-amz-checksum-crc32` has it.
 *
 * Spec: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import { crc32 } from "node:zlib";

/** CRC-32 of a body, most significant byte first, in base64. */
export function base64Crc32(body: Uint8Array): string {
  const crc = new Uint8Array(4);
  new DataView(crc.buffer).setUint32(0, crc32(body));
  return btoa(String.fromCharCode(...crc));
}
