import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { crc32c } from "../../lib/bytes/crc.ts";
import { FormatError } from "../../lib/errors.ts";
import { tfrecord } from "../../lib/formats/tfrecord.ts";
import { frameExample } from "../../lib/formats/protobuf_example.ts";
import {
  maskCrc,
  parseRecordHead,
  recordHead,
} from "../../lib/formats/tfrecord_framing.ts";
import {
  checkMutated,
  encodeFile,
  fileSpec,
  joinChunks,
  MemoryFile,
  plan,
  scalarTools,
  streamBytes,
} from "./encoded_file.ts";

/** A record as any other writer would make it. */
function record(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length + 4);
  bytes.set(recordHead(payload.length));
  bytes.set(payload, 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(12 + payload.length, maskCrc(crc32c(payload)), true);
  return bytes;
}

function foreignFile(payloadLengths: readonly number[]): Uint8Array {
  return Uint8Array.from(
    payloadLengths.flatMap((length) => [...record(new Uint8Array(length))]),
  );
}

Deno.test("maskCrc() masks the check value of CRC-32C", () => {
  const crc = crc32c(new TextEncoder().encode("123456789"));
  assertEquals(crc, 0xe3069283);
  assertEquals(
    maskCrc(crc),
    (((crc >>> 15 | crc << 17) >>> 0) + 0xa282ead8) %
      2 ** 32,
  );
});

Deno.test("recordHead() gives the head that TensorFlow writes", () => {
  // tf.io.TFRecordWriter, record b"a".
  assertEquals(
    [...recordHead(1)],
    [1, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x75, 0xde, 0x41],
  );
});

Deno.test("parseRecordHead() returns the length it was made of", () => {
  assertEquals(parseRecordHead(recordHead(1000), "x", 0, 1016), 1000);
});

Deno.test("parseRecordHead() names file, offset and both sums", () => {
  const head = recordHead(1000);
  head[0]!++;
  const error = assertThrows(
    () => parseRecordHead(head, "train/x", 24, 1e6),
    FormatError,
    'Cannot use "train/x" at byte 32: the masked CRC-32C',
  );
  assertEquals(error.offset, 32);
});

Deno.test("parseRecordHead() refuses a record behind the end of the file", () => {
  assertThrows(
    () => parseRecordHead(recordHead(1000), "x", 0, 1015),
    FormatError,
    "must be <= 999",
  );
});

for (
  const [dims, samplesPerFile] of [[[1], 1], [[30, 30], 3], [
    [300, 300],
    2,
  ]] as const
) {
  Deno.test(`encode() of [${dims}] × ${samplesPerFile} frames every sample`, () => {
    const spec = fileSpec(dims, { samplesPerFile }, 5);
    const file = encodeFile(tfrecord, spec);
    const imageBytes = dims.reduce<number>((a, b) => a * b, 1);
    const { prefix, suffix } = frameExample(imageBytes);
    const parts: Uint8Array[] = [];
    for (let k = 0; k < samplesPerFile; k++) {
      const image = streamBytes(5, k * imageBytes, imageBytes);
      const payload = new Uint8Array(
        prefix.length + imageBytes + suffix.length,
      );
      payload.set(prefix);
      payload.set(image, prefix.length);
      payload.set(suffix, prefix.length + imageBytes);
      parts.push(record(payload));
    }
    const expected = new Uint8Array(totalBytes(parts));
    let at = 0;
    for (const part of parts) {
      expected.set(part, at);
      at += part.length;
    }
    assertEquals(file, expected);
  });
}

function totalBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

Deno.test("a multi-byte element type multiplies the image's bytes", () => {
  const narrow = fileSpec([8, 8]);
  const wide = fileSpec([8, 8], { elementType: "float32" });
  const sizes = [narrow, wide].map((spec) => tfrecord.fileBytes(spec)!);
  assertEquals(sizes[1]! > sizes[0]! + 190, true);
});

Deno.test("the companion lists offset and length of each record", () => {
  const [companion] = tfrecord.companions!;
  const spec = fileSpec([10, 10], { samplesPerFile: 3000 });
  const text = new TextDecoder().decode(
    joinChunks(companion!.encode(spec, scalarTools())),
  );
  const recordBytes = tfrecord.fileBytes(spec)! / 3000;
  const lines = text.split("\n");
  assertEquals(lines.length, 3001);
  assertEquals(lines[0], `0 ${recordBytes}`);
  assertEquals(lines[2999], `${2999 * recordBytes} ${recordBytes}`);
  assertEquals(lines[3000], "");
});

Deno.test("the companion's path drops sub-folders and keeps the split", () => {
  const [companion] = tfrecord.companions!;
  assertEquals(
    companion!.path("valid/07/img_3_of_8.tfrecord"),
    "index/valid/img_3_of_8.tfrecord.idx",
  );
  assertEquals(companion!.path("img.tfrecord"), "index/img.tfrecord.idx");
});

Deno.test("problems() refuses a message over 2 GiB", () => {
  const problems = tfrecord.problems(fileSpec([2 ** 31]));
  assertEquals(problems.length, 1);
  assertEquals(problems[0]!.includes("protocol-buffer message"), true);
  assertEquals(tfrecord.problems(fileSpec([2 ** 31 - 100])), []);
});

Deno.test("problems() names every unusable setting at once", () => {
  const spec = fileSpec([0, 5], { samplesPerFile: 0, compression: "gzip" });
  assertEquals(tfrecord.problems(spec).length, 3);
});

Deno.test("open() plans equal records by arithmetic after two reads", () => {
  const spec = fileSpec([10, 10], { samplesPerFile: 50 });
  const source = new MemoryFile(encodeFile(tfrecord, spec));
  const index = tfrecord.open!(source, spec) as object;
  const recordBytes = source.byteLength / 50;
  assertEquals(source.readCount, 2);
  assertEquals(plan(tfrecord, index, 0, 1), [[0, recordBytes]]);
  assertEquals(plan(tfrecord, index, 7, 3), [[
    7 * recordBytes,
    3 * recordBytes,
  ]]);
});

Deno.test("open() works on sources that answer later", async () => {
  const spec = fileSpec([10, 10], { samplesPerFile: 4 });
  const source = new MemoryFile(encodeFile(tfrecord, spec), true);
  const index = await tfrecord.open!(source, spec);
  assertEquals(plan(tfrecord, index, 3, 1)[0]![0], source.byteLength * 3 / 4);
});

Deno.test("open() walks a foreign file of records of many lengths", () => {
  const source = new MemoryFile(foreignFile([5, 100, 0]));
  const spec = fileSpec([10, 10], { samplesPerFile: 3 });
  const index = tfrecord.open!(source, spec) as object;
  assertEquals(plan(tfrecord, index, 0, 1), [[0, 21]]);
  assertEquals(plan(tfrecord, index, 1, 1), [[21, 116]]);
  assertEquals(plan(tfrecord, index, 1, 2), [[21, 132]]);
});

Deno.test("open() walks a file of the expected length whose end is not", () => {
  const spec = fileSpec([10, 10], { samplesPerFile: 3 });
  const recordBytes = tfrecord.fileBytes(spec)! / 3;
  const [first, second] = [recordBytes - 16, recordBytes - 16 - 40];
  const source = new MemoryFile(foreignFile([first, second, first + 40]));
  const index = tfrecord.open!(source, spec) as object;
  assertEquals(plan(tfrecord, index, 2, 1), [[
    2 * recordBytes - 40,
    recordBytes + 40,
  ]]);
});

Deno.test("open() is not fooled by a total that equal records would have", () => {
  const source = new MemoryFile(foreignFile([50, 80, 20, 50]));
  const spec = fileSpec([10, 10], { samplesPerFile: 4 });
  const index = tfrecord.open!(source, spec) as object;
  assertEquals(plan(tfrecord, index, 2, 1), [[66 + 96, 36]]);
});

Deno.test("open() refuses a file of more or of fewer records", () => {
  const source = new MemoryFile(foreignFile([5, 100]));
  const open = (samplesPerFile: number) => () =>
    tfrecord.open!(source, fileSpec([9, 9], { samplesPerFile }));
  assertThrows(open(1), FormatError, "must hold 1 records");
  assertThrows(open(3), FormatError, "must hold 3 records");
  assertThrows(open(9), FormatError, "at least 144 bytes");
});

Deno.test("open() refuses an empty and a truncated file", async () => {
  const spec = fileSpec([10, 10], { samplesPerFile: 2 });
  const file = encodeFile(tfrecord, spec);
  assertThrows(
    () => tfrecord.open!(new MemoryFile(new Uint8Array(0)), spec),
    FormatError,
    "the file ends after 0",
  );
  await assertRejects(
    async () =>
      await tfrecord.open!(new MemoryFile(file.slice(0, -1), true), spec),
    FormatError,
  );
});

Deno.test("open() of mutated files ends with ranges or a FormatError", () => {
  const spec = fileSpec([6, 6], { samplesPerFile: 5 });
  const files = [encodeFile(tfrecord, spec), foreignFile([5, 9, 1, 30, 2])];
  const mutation = fc.record({
    at: fc.nat(600),
    byte: fc.nat(255),
    keptPermille: fc.oneof(fc.constant(1000), fc.nat(1000)),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(mutation, { maxLength: 4 }),
      (file, mutations) => checkMutated(tfrecord, spec, file, mutations),
    ),
    { seed: 7, numRuns: 500 },
  );
});
