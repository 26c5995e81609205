/**
 * What is inside of a TFRecord file: the features of the first record, where
 * it is a `tf.train.Example`.
 *
 *    Example   1: Features
 *    Features  1: entries of a map { 1: name, 2: Feature }
 *    Feature   1: BytesList | 2: FloatList | 3: Int64List
 *
 * Spec: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/example.proto
 * and https://protobuf.dev/programming-guides/encoding/
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps } from "../../bytes/steps.ts";
import { readAt } from "../counting/zip_directory.ts";
import { RECORD_HEAD_BYTES } from "../tfrecord_framing.ts";
import { recordPayloadBytes } from "../tfrecord_index.ts";
import type { FileInside, FilePart } from "./file_inside.ts";

/** Larger records are not looked into. */
const MAX_RECORD_BYTES = 64 * 2 ** 20;
const KINDS: Readonly<Record<number, string>> = {
  1: "bytes",
  2: "float",
  3: "int64",
};
const LENGTH_DELIMITED = 2;

/** Reads the first record. */
export async function tfrecordInside(source: ByteSource): Promise<FileInside> {
  const nothing = { compression: [], groups: null, parts: [] };
  if (source.byteLength === 0) return nothing;
  const head = await runSteps(
    readAt(source, 0, Math.min(RECORD_HEAD_BYTES, source.byteLength)),
  );
  const payloadBytes = recordPayloadBytes(head, source, 0);
  if (payloadBytes > MAX_RECORD_BYTES) return nothing;
  const record = await runSteps(
    readAt(source, RECORD_HEAD_BYTES, payloadBytes),
  );
  return { ...nothing, parts: featuresOf(record) };
}

function featuresOf(record: Uint8Array): FilePart[] {
  const features: FilePart[] = [];
  for (const example of fieldsOf(record)) {
    if (example.id !== 1) continue;
    for (const entry of fieldsOf(example.bytes)) {
      if (entry.id !== 1) continue;
      const pair = [...fieldsOf(entry.bytes)];
      const name = pair.find(({ id }) => id === 1);
      const value = pair.find(({ id }) => id === 2);
      if (name === undefined || value === undefined) continue;
      const [list] = fieldsOf(value.bytes);
      features.push({
        name: new TextDecoder().decode(name.bytes),
        type: KINDS[list?.id ?? 0] ?? "unknown",
        shape: null,
        storedBytes: value.bytes.length,
      });
    }
  }
  return features.toSorted((a, b) => a.name < b.name ? -1 : 1);
}

interface Field {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** Fields that have a length; none from where a message is none. */
function* fieldsOf(message: Uint8Array): Generator<Field, void> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < message.length && shift < 63; shift += 7) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    at = message.length + 1;
    return 0;
  };
  while (at < message.length) {
    const tag = varint();
    if (tag % 8 !== LENGTH_DELIMITED) return;
    const byteCount = varint();
    if (at + byteCount > message.length) return;
    const bytes = message.subarray(at, at + byteCount);
    yield { id: Math.floor(tag / 8), bytes };
    at += byteCount;
  }
}
