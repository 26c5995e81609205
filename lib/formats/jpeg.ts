/**
 * JPEG: a grayscale image of the sample's width and height that every
 * decoder opens, brought to one byte per pixel exactly by comments of random
 * bytes.
 *
 *    front | COM 65533 random bytes | ... | COM rest | tables | scan | EOI
 *
 * Stream: first the content of the comments, one after another, then the
 * bytes that the scan's sign bits are taken from.
 *
 * Invariant: the file has height × width bytes. If 1 to 3 bytes are left,
 * fewer than a comment's head, they are fill bytes 0xff before a marker
 * (T.81 B.1.1.2).
 *
 * Spec: `jpeg_skeleton.ts`. DLIO writes as many random bytes and no image.
 */
import { lazyImport } from "../lazy_import.ts";
import type { EncodeTools, FileSpec, Format } from "./format.ts";
import type { ImageSize } from "./image_size.ts";
import { imageFileBytes, imageProblems, imageSize } from "./image_size.ts";
import {
  COMMENT_HEAD_BYTES,
  commentHead,
  JPEG_BACK,
  JPEG_FRONT,
  JPEG_MAX_SIDE,
  JPEG_TABLES_BYTES,
  jpegTables,
  maskScan,
  MAX_COMMENT_BYTES,
  scanBytes,
} from "./jpeg_skeleton.ts";
import { PageCursor } from "./page_cursor.ts";

/** The format `jpeg`. */
export const jpeg: Format = {
  name: "jpeg",
  endings: ["jpg", "jpe", "jfif"],
  reading: "whole_file",
  isInterleaved: true,
  async inside(source) {
    const url = import.meta.resolve("./inside/image_inside.ts");
    const module = await lazyImport<typeof import("./inside/image_inside.ts")>(
      url,
    );
    return await module.imageInside(source);
  },
  codecs: [],

  problems: (spec) =>
    imageProblems(spec, {
      name: jpeg.name,
      codecs: jpeg.codecs,
      maxSide: JPEG_MAX_SIDE,
      leastBytes,
    }),

  fileBytes: imageFileBytes,
  encode: encodeJpeg,
};

/** Length of the image without comments. */
function leastBytes(size: ImageSize): number {
  return JPEG_FRONT.length + JPEG_TABLES_BYTES + scanBytes(size) +
    JPEG_BACK.length;
}

function* encodeJpeg(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const { random } = tools;
  const stream = spec.fileIndex;
  const size = imageSize(spec);
  const cursor = new PageCursor(tools);
  yield* cursor.bytes(JPEG_FRONT);

  let restBytes = imageFileBytes(spec) - leastBytes(size);
  let streamOffset = 0;
  while (restBytes >= COMMENT_HEAD_BYTES) {
    const byteCount = commentBytes(restBytes);
    const head = commentHead(byteCount);
    if (!cursor.tryAppend(head, stream, streamOffset, byteCount)) {
      yield* cursor.bytes(head);
      yield* cursor.random(stream, streamOffset, byteCount);
    }
    streamOffset += byteCount;
    restBytes -= COMMENT_HEAD_BYTES + byteCount;
  }
  yield* cursor.repeated(0xff, restBytes);

  yield* cursor.bytes(jpegTables(size));
  yield* cursor.written(scanBytes(size), (view, doneBytes) => {
    random.fill(view, stream, streamOffset + doneBytes);
    maskScan(view, doneBytes, size);
  });
  yield* cursor.bytes(JPEG_BACK);
  yield* cursor.end();
}

/** Content of the next comment, leaving 0 bytes or enough for a comment. */
function commentBytes(restBytes: number): number {
  const byteCount = Math.min(restBytes - COMMENT_HEAD_BYTES, MAX_COMMENT_BYTES);
  const leftBytes = restBytes - COMMENT_HEAD_BYTES - byteCount;
  return leftBytes > 0 && leftBytes < COMMENT_HEAD_BYTES
    ? byteCount - COMMENT_HEAD_BYTES
    : byteCount;
}
