import { assertEquals } from "@std/assert";
import {
  exampleBytes,
  frameExample,
} from "../../lib/formats/protobuf_example.ts";

/** Fields of a message: [number, content]; only lengths and varints. */
function parse(bytes: Uint8Array): [number, Uint8Array][] {
  const fields: [number, Uint8Array][] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++]!;
    assertEquals(tag & 7, 2);
    let length = 0;
    let byte: number;
    let scale = 1;
    do {
      byte = bytes[at++]!;
      length += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    fields.push([tag >> 3, bytes.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("frameExample() gives bytes as TensorFlow writes them", () => {
  // tf.train.Example of image b"abc" and size 3, SerializeToString().
  const expected = "0a210a100a05696d61676512070a050a03616263" +
    "0a0d0a0473697a6512051a030a0103";
  const { prefix, suffix } = frameExample(3);
  assertEquals(
    [...prefix, 97, 98, 99, ...suffix].reduce(
      (hex, byte) => hex + byte.toString(16).padStart(2, "0"),
      "",
    ),
    expected,
  );
});

for (const imageBytes of [0, 1, 127, 128, 300, 16_384, 114_244]) {
  Deno.test(`frameExample(${imageBytes}) nests every length right`, () => {
    const { prefix, suffix } = frameExample(imageBytes);
    const image = new Uint8Array(imageBytes).fill(7);
    const whole = new Uint8Array(prefix.length + imageBytes + suffix.length);
    whole.set(prefix);
    whole.set(image, prefix.length);
    whole.set(suffix, prefix.length + imageBytes);

    assertEquals(exampleBytes(imageBytes), whole.length);
    const [[, features]] = parse(whole) as [[number, Uint8Array]];
    const entries = parse(features).map(([, entry]) => parse(entry));
    assertEquals(entries.map(([key]) => text(key![1])), ["image", "size"]);

    const [imageFeature, sizeFeature] = entries.map(([, value]) => value![1]);
    const [[listKind, list]] = parse(imageFeature!) as [[number, Uint8Array]];
    assertEquals(listKind, 1);
    assertEquals(parse(list), [[1, image]]);

    const [[intKind, ints]] = parse(sizeFeature!) as [[number, Uint8Array]];
    assertEquals(intKind, 3);
    const [[, varint]] = parse(ints) as [[number, Uint8Array]];
    const size = varint.reduceRight((sum, b) => sum * 128 + (b & 127), 0);
    assertEquals(size, imageBytes);
  });
}
