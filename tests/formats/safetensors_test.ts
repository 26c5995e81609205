import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { FormatError } from "../../lib/errors.ts";
import type { FileIndex } from "../../lib/formats/format.ts";
import { safetensors } from "../../lib/formats/safetensors.ts";
import {
  checkMutated,
  encodeFile,
  fileSpec,
  MemoryFile,
  mutationsOf,
  plan,
  streamBytes,
} from "./encoded_file.ts";

const SPEC = fileSpec([3, 5], { samplesPerFile: 4, elementType: "float32" }, 7);

Deno.test("safetensors: the header names the tensors of the stream behind it", () => {
  const file = encodeFile(safetensors, SPEC);
  const headerBytes = Number(new DataView(file.buffer).getBigUint64(0, true));
  assertEquals(headerBytes % 8, 0);
  const text = new TextDecoder().decode(file.subarray(8, 8 + headerBytes));
  const header = JSON.parse(text);
  assertEquals(Object.keys(header).length, 4);
  assertEquals(header["model.layers.7.2.weight"], {
    dtype: "F32",
    shape: [3, 5],
    data_offsets: [120, 180],
  });
  assertEquals(file.subarray(8 + headerBytes), streamBytes(7, 0, 240));
});

Deno.test("safetensors: neighboring tensors are one range", async () => {
  const file = encodeFile(safetensors, SPEC);
  const index = safetensors.open!(new MemoryFile(file), SPEC) as FileIndex;
  const data = file.length - 240;
  assertEquals(plan(safetensors, index, 0, 4), [[data, 240]]);
  assertEquals(plan(safetensors, index, 1, 2), [[data + 60, 120]]);
  assertEquals(plan(safetensors, index, 3, 1, true), [[data + 180, 60]]);
  assertEquals(
    await safetensors.counting!.count(new MemoryFile(file), {
      samplesPerFile: null,
    }),
    4,
  );
});

/** A file of a header and so many bytes. */
function fileOf(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

Deno.test("safetensors: tensors of any sizes are found in the order of the file", () => {
  const header = '{"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},' +
    '"__metadata__":{"format":"pt"},' +
    '"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}';
  const file = fileOf(header, 5);
  const spec = fileSpec([1], { samplesPerFile: 2 });
  const index = safetensors.open!(new MemoryFile(file), spec) as FileIndex;
  const data = 8 + header.length;
  assertEquals(plan(safetensors, index, 0, 1), [[data, 3]]);
  assertEquals(plan(safetensors, index, 1, 1), [[data + 3, 2]]);
});

Deno.test("safetensors: open() names what is wrong with a file", () => {
  const span = (begin: number, end: number) =>
    `{"a":{"dtype":"U8","shape":[1],"data_offsets":[${begin},${end}]}}`;
  const gzip = new Uint8Array(100);
  gzip.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 9]);
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(0), "must begin with the length of its header"],
    [gzip, "it begins as gzip"],
    [fileOf("{", 0), "its header must be JSON"],
    [fileOf("1", 0), "its header must be an object"],
    [fileOf('{"a":{}}', 0), 'data_offsets of tensor "a" must be two integers'],
    [fileOf(span(1, 2), 2), "tensors must lie back to back"],
    [fileOf(span(0, 3), 2), "the tensors must end inside the file"],
    [fileOf("{}", 0), "must have the 1 tensors"],
  ];
  for (const [bytes, text] of cases) {
    assertThrows(
      () => safetensors.open!(new MemoryFile(bytes), fileSpec([1])),
      FormatError,
      text,
    );
  }
});

Deno.test("safetensors: ranges of mutated files stay inside them", () => {
  const file = encodeFile(safetensors, SPEC);
  fc.assert(
    fc.property(
      mutationsOf(file, 3),
      (mutations) => checkMutated(safetensors, SPEC, file, mutations),
    ),
    { seed: 3, numRuns: 1000 },
  );
});

Deno.test("safetensors: problems() names a header that is too long", () => {
  const spec = fileSpec([1], { samplesPerFile: 2e6 });
  assertEquals(safetensors.problems(spec), [
    "Cannot make a safetensors file of 2000000 tensors: its header must have " +
    "<= 100000000 bytes",
  ]);
});
