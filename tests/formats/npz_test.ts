import { assert, assertEquals } from "@std/assert";
import { inflateRawSync } from "node:zlib";
import { crc32 } from "../../lib/bytes/crc.ts";
import type { ElementType } from "../../lib/formats/format.ts";
import { npz } from "../../lib/formats/npz.ts";
import type { RandomSource } from "../../lib/random/random_source.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import {
  encodeFile,
  fromBase64,
  makeSpec,
  makeTools,
  PATTERN_SOURCE,
  patternBytes,
} from "./encoding.ts";
import golden from "./golden/numpy.json" with { type: "json" };

for (const file of golden.small) {
  const { sampleDims, samplesPerFile } = file;
  const elementType = file.elementType as ElementType;

  Deno.test(`npz is what numpy.savez writes: ${elementType} [${sampleDims}, ${samplesPerFile}]`, () => {
    const spec = makeSpec({ sampleDims }, { elementType, samplesPerFile });
    assertEquals(
      encodeFile(npz, spec, makeTools(PATTERN_SOURCE)),
      fromBase64(file.npz),
    );
  });
}

for (const file of golden.large) {
  Deno.test(`npz is what numpy.savez writes: both ends of ${file.fileBytes} bytes`, () => {
    const zeros: RandomSource = {
      fill: (view) => void view.fill(0),
      crc32: () => file.crc32,
      crc32c: () => 0,
    };
    const spec = makeSpec({ sampleDims: file.sampleDims });
    const pageBytes = 2 ** 23;
    let byteCount = 0;
    let head: Uint8Array | null = null;
    const tail = new Uint8Array(pageBytes + 1024);
    let tailBytes = 0;
    for (const chunk of npz.encode(spec, makeTools(zeros, pageBytes))) {
      head ??= chunk.slice(0, 1024);
      byteCount += chunk.length;
      // The last 1024 bytes before the chunk, then the chunk.
      tail.copyWithin(0, Math.max(0, tailBytes - 1024), tailBytes);
      tailBytes = Math.min(1024, tailBytes);
      tail.set(chunk, tailBytes);
      tailBytes += chunk.length;
    }
    assertEquals(byteCount, file.fileBytes);
    assertEquals(npz.fileBytes(spec), file.fileBytes);
    assertEquals(head, fromBase64(file.head));
    assertEquals(
      tail.subarray(tailBytes - 1024, tailBytes),
      fromBase64(file.tail),
    );
  });
}

Deno.test("npz fileBytes() is DLIO's size of 64 x 64 x 1 uint8", () => {
  assertEquals(npz.fileBytes(makeSpec({ sampleDims: [64, 64] })), 4594);
});

Deno.test("npz payload is the file's stream, its CRC that of the bytes", () => {
  const random = createScalarSource({ seed: 9 });
  const spec = makeSpec({ fileIndex: 17, sampleDims: [300, 301] });
  const file = encodeFile(npz, spec, makeTools(random));
  const headerEnd = 55 + 128;
  const payload = new Uint8Array(300 * 301);
  random.fill(payload, 17, 0);
  assertEquals(file.subarray(headerEnd, headerEnd + payload.length), payload);
  const view = new DataView(file.buffer);
  assertEquals(
    view.getUint32(14, true),
    crc32(file.subarray(55, headerEnd + payload.length)),
  );
});

Deno.test("npz zip deflates in pieces that inflate to the arrays", () => {
  const spec = makeSpec({ sampleDims: [500, 501] }, { compression: "zip" });
  assertEquals(npz.fileBytes(spec), null);
  const file = encodeFile(npz, spec, makeTools(PATTERN_SOURCE));
  const [x, y] = readZip(file);
  assertEquals(x!.name, "x.npy");
  assertEquals(y!.name, "y.npy");
  const plain = encodeFile(
    npz,
    makeSpec({ sampleDims: [500, 501] }),
    makeTools(PATTERN_SOURCE),
  );
  assertEquals(x!.data, plain.subarray(55, 55 + 128 + 500 * 501));
  assertEquals(x!.data.subarray(128), patternBytes(0, 500 * 501));
  assertEquals(y!.data.length, 128 + 8);
  assert(file.length < plain.length / 2, "the pattern repeats: it shrinks");
});

Deno.test("npz zip takes level 0 and arrays of exactly whole pieces", () => {
  const spec = makeSpec(
    { sampleDims: [512, 256] },
    { compression: "zip", compressionLevel: 0 },
  );
  const file = encodeFile(npz, spec, makeTools(PATTERN_SOURCE));
  assertEquals(readZip(file)[0]!.data.subarray(128), patternBytes(0, 131072));
});

Deno.test("npz bytes do not depend on the length of the work buffer", () => {
  for (const compression of ["none", "zip"]) {
    const spec = makeSpec(
      { sampleDims: [700, 500], fileIndex: 3 },
      { compression },
    );
    const random = createScalarSource({ seed: 1 });
    const file = encodeFile(npz, spec, makeTools(random, 65536));
    for (const pageBytes of [69632, 2 ** 20]) {
      assertEquals(encodeFile(npz, spec, makeTools(random, pageBytes)), file);
    }
  }
});

Deno.test("npz problems() names bad dims, samples, codec and level", () => {
  const problemsOf = (...args: Parameters<typeof makeSpec>) =>
    npz.problems(makeSpec(...args));
  assertEquals(problemsOf({ sampleDims: [1] }), []);
  assertEquals(problemsOf({ sampleDims: [4, 0] }), [
    "Cannot use sample dims [4, 0] in format npz: there must be at least " +
    "one and each must be an integer >= 1",
  ]);
  assertEquals(problemsOf({ sampleDims: [] }).length, 1);
  assertEquals(problemsOf({ sampleDims: [1.5] }).length, 1);
  assertEquals(problemsOf({}, { samplesPerFile: 0 }), [
    "Cannot use num_samples_per_file = 0 in format npz: it must be an " +
    "integer >= 1",
  ]);
  assertEquals(problemsOf({}, { compression: "gzip" }), [
    'Cannot use compression "gzip" in format npz: it must be one of none, zip',
  ]);
  assertEquals(problemsOf({}, { compression: "zip", compressionLevel: 10 }), [
    "Cannot use compression_level = 10 in format npz: it must be an integer " +
    "in [0, 9]",
  ]);
  assertEquals(problemsOf({ sampleDims: [2 ** 30, 2 ** 30] }), [
    "Cannot make a file of 1 samples of dims [1073741824, 1073741824] in " +
    "format npz: it must be smaller than 2^53 bytes",
  ]);
  assertEquals(problemsOf({ sampleDims: Array(63).fill(1) }), []);
  assertEquals(problemsOf({ sampleDims: Array(64).fill(1) }), [
    "Cannot use 64 sample dims in format npz: with the axis of samples " +
    "there must be at most 64, NumPy's limit",
  ]);
});

interface ReadEntry {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Entries of an archive of deflated, streamed entries, all rules checked. */
function readZip(file: Uint8Array<ArrayBuffer>): ReadEntry[] {
  const view = new DataView(file.buffer);
  const text = (at: number, length: number) =>
    new TextDecoder().decode(file.subarray(at, at + length));
  const endAt = file.length - 22;
  assertEquals(view.getUint32(endAt, true), 0x06054b50);
  const entries: ReadEntry[] = [];
  let at = view.getUint32(endAt + 16, true);
  while (at < endAt) {
    assertEquals(view.getUint32(at, true), 0x02014b50);
    assertEquals(view.getUint16(at + 8, true), 8, "flags");
    assertEquals(view.getUint16(at + 10, true), 8, "method");
    const crc = view.getUint32(at + 16, true);
    const archivedBytes = view.getUint32(at + 20, true);
    const dataBytes = view.getUint32(at + 24, true);
    const nameBytes = view.getUint16(at + 28, true);
    const localAt = view.getUint32(at + 42, true);
    assertEquals(view.getUint32(localAt, true), 0x04034b50);
    assertEquals(view.getUint16(localAt + 6, true), 8, "local flags");
    const dataAt = localAt + 30 + nameBytes +
      view.getUint16(localAt + 28, true);
    const dataEnd = dataAt + archivedBytes;
    assertEquals(view.getUint32(dataEnd, true), 0x08074b50);
    assertEquals(view.getUint32(dataEnd + 4, true), crc);
    assertEquals(view.getBigUint64(dataEnd + 8, true), BigInt(archivedBytes));
    assertEquals(view.getBigUint64(dataEnd + 16, true), BigInt(dataBytes));
    const data = new Uint8Array(
      inflateRawSync(file.subarray(dataAt, dataEnd)),
    );
    assertEquals(data.length, dataBytes);
    assertEquals(crc32(data), crc);
    entries.push({ name: text(at + 46, nameBytes), data });
    at += 46 + nameBytes;
  }
  return entries;
}
