/**
 * What stands around the image of each TFRecord of a file.
 *
 *    front: head, Example prefix | image | back: Example suffix, tail
 *
 * Front and back are the same for all records but for the last four bytes,
 * the checksum.
 */
import { crc32c } from "../bytes/crc.ts";
import type { RandomSource } from "../random/random_source.ts";
import type { FileSpec } from "./format.ts";
import { sampleBytes } from "./format.ts";
import type { SampleFrame } from "./framed_samples.ts";
import { frameExample } from "./protobuf_example.ts";
import { maskCrc, RECORD_TAIL_BYTES, recordHead } from "./tfrecord_framing.ts";

/** The frame of the records of one file. */
export function recordFrame(spec: FileSpec, random: RandomSource): SampleFrame {
  const imageBytes = sampleBytes(spec);
  const { prefix, suffix } = frameExample(imageBytes);
  const head = recordHead(prefix.length + imageBytes + suffix.length);
  const front = new Uint8Array(head.length + prefix.length);
  front.set(head);
  front.set(prefix, head.length);
  const back = new Uint8Array(suffix.length + RECORD_TAIL_BYTES);
  back.set(suffix);
  const tail = new DataView(back.buffer, suffix.length);
  const prefixCrc = crc32c(prefix);
  return {
    front,
    payloadBytes: imageBytes,
    back,
    turnBack(record) {
      const imageCrc = random.crc32c(
        spec.fileIndex,
        record * imageBytes,
        imageBytes,
        prefixCrc,
      );
      tail.setUint32(0, maskCrc(crc32c(suffix, imageCrc)), true);
    },
  };
}
