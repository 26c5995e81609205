/**
 * What is inside of an image: its size and channels, from its head.
 *
 * Specs: ITU-T T.81 annex B (JPEG), W3C PNG section 11.2.1.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps } from "../../bytes/steps.ts";
import { readAt } from "../read_at.ts";
import type { FileInside } from "./file_inside.ts";

/** Frames stand behind tables, thumbnails and profiles. */
const HEAD_BYTES = 256 * 1024;
/** Channels by PNG's colour type. */
const PNG_CHANNELS: Readonly<Record<number, number>> = {
  0: 1,
  2: 3,
  3: 1,
  4: 2,
  6: 4,
};

/** The pixels of an image as [height, width, channels], where they are found. */
export async function imageInside(source: ByteSource): Promise<FileInside> {
  const head = await runSteps(
    readAt(source, 0, Math.min(HEAD_BYTES, source.byteLength)),
  );
  const shape = pngShape(head) ?? jpegShape(head);
  return {
    compression: [],
    groups: null,
    parts: shape === null ? [] : [{
      name: "pixels",
      type: "image",
      shape,
      storedBytes: source.byteLength,
    }],
  };
}

function pngShape(head: Uint8Array): number[] | null {
  if (head.length < 26 || head[0] !== 0x89 || head[1] !== 0x50) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const channels = PNG_CHANNELS[view.getUint8(25)] ?? 1;
  return [view.getUint32(20), view.getUint32(16), channels];
}

function jpegShape(head: Uint8Array): number[] | null {
  if (head[0] !== 0xff || head[1] !== 0xd8) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  let at = 2;
  while (at + 10 <= head.length && head[at] === 0xff) {
    const marker = head[at + 1]!;
    // SOF0 ... SOF15, without DHT, JPG and DAC, which stand among them.
    const isFrame = marker >= 0xc0 && marker <= 0xcf &&
      ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return [
        view.getUint16(at + 5),
        view.getUint16(at + 7),
        view.getUint8(at + 9),
      ];
    }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}
