/**
 * A file's bytes from its first to its last, as they are or through gzip, for
 * counting.
 *
 * Spec: gzip in several members, RFC 1952 section 2.2.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { zlib } from "../../deps/zlib.ts";
import { FormatError } from "../../errors.ts";

const BLOCK_BYTES = 1024 * 1024;

/** The file's bytes in pieces, each valid until the next one. */
export async function* fileBlocks(
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES);
  let offset = 0;
  while (offset < source.byteLength) {
    const readBytes = await source.readInto(block, offset);
    if (readBytes === 0) return;
    yield block.subarray(0, readBytes);
    offset += readBytes;
  }
}

/**
 * What a gzip file holds, in pieces, each valid until the next one.
 *
 * @throws {FormatError} If the file is damaged.
 */
export async function* inflatedChunks(
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const gunzip = zlib().createGunzip();
  let failure: unknown = null;
  const feeding = (async () => {
    for await (const block of fileBlocks(source)) {
      // The stream keeps what it is given until it is inflated.
      if (gunzip.destroyed) return;
      const isRoom = gunzip.write(block.slice());
      if (!isRoom) {
        await new Promise<void>((resolve) => {
          gunzip.once("drain", resolve);
          gunzip.once("close", resolve);
        });
      }
    }
    gunzip.end();
  })().catch((error) => {
    failure = error;
    gunzip.destroy();
  });
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (error) {
    await feeding;
    if (failure !== null) throw failure;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(source.path, 0, `its gzip is damaged: ${reason}`);
  } finally {
    gunzip.destroy();
  }
  await feeding;
  if (failure !== null) throw failure;
}
