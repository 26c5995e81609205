/**
 * `tf.train.Example` as protocol-buffer bytes, in two constant pieces around
 * the image: only the image differs between records of a length.
 *
 *    Example        1: Features
 *    Features       1: map entry "image", 1: map entry "size"
 *    map entry      1: key, 2: Feature
 *    Feature        1: BytesList | 3: Int64List
 *    BytesList      1: bytes
 *    Int64List      1: packed varints
 *
 * Specs: https://protobuf.dev/programming-guides/encoding/ and
 * tensorflow/core/example/{example,feature}.proto
 */
import { concatBytes } from "../bytes/concat_bytes.ts";
import { varintBytes, varintLength } from "../bytes/varint.ts";

/** Most bytes of one message: parsers count in signed 32 bits. */
export const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

const WIRE_LENGTH_DELIMITED = 2;

/** The bytes before and behind the image. */
export interface ExampleFrame {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
}

/**
 * Frames an Example { image: bytes_list, size: int64_list }.
 *
 * @param imageBytes Length of the image, which is also the value of `size`.
 */
export function frameExample(imageBytes: number): ExampleFrame {
  const values = field(1, varintBytes(imageBytes));
  const suffix = field(1, mapEntry("size", field(3, values)));

  const listHead = fieldHead(1, imageBytes);
  const featureHead = fieldHead(1, listHead.length + imageBytes);
  const featureBytes = featureHead.length + listHead.length + imageBytes;
  const key = field(1, new TextEncoder().encode("image"));
  const valueHead = fieldHead(2, featureBytes);
  const entryHead = fieldHead(1, key.length + valueHead.length + featureBytes);
  const inner = concatBytes([entryHead, key, valueHead, featureHead, listHead]);
  const featuresBytes = inner.length + imageBytes + suffix.length;
  return { prefix: concatBytes([fieldHead(1, featuresBytes), inner]), suffix };
}

/**
 * Length of the whole message, by arithmetic: needed for every file opened.
 *
 * @param imageBytes Length of the image.
 */
export function exampleBytes(imageBytes: number): number {
  const image = fieldBytes("image".length) +
    fieldBytes(fieldBytes(fieldBytes(imageBytes)));
  const size = fieldBytes("size".length) +
    fieldBytes(fieldBytes(fieldBytes(varintLength(imageBytes))));
  return fieldBytes(fieldBytes(image) + fieldBytes(size));
}

function fieldBytes(contentBytes: number): number {
  return 1 + varintLength(contentBytes) + contentBytes;
}

function mapEntry(key: string, feature: Uint8Array): Uint8Array {
  return concatBytes([
    field(1, new TextEncoder().encode(key)),
    field(2, feature),
  ]);
}

function field(number: number, content: Uint8Array): Uint8Array {
  return concatBytes([fieldHead(number, content.length), content]);
}

function fieldHead(number: number, byteCount: number): Uint8Array {
  const tag = (number << 3) | WIRE_LENGTH_DELIMITED;
  return concatBytes([Uint8Array.of(tag), varintBytes(byteCount)]);
}
