import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { FormatError } from "../../lib/errors.ts";
import { mds } from "../../lib/formats/mds.ts";
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

/** A shard as `MDSWriter` lays it out, of samples of any lengths. */
function foreignShard(lengths: readonly number[]): Uint8Array {
  const config = new TextEncoder().encode('{"column_names": ["x"]}');
  const dataAt = 4 * (lengths.length + 2) + config.length;
  const words = [lengths.length, dataAt];
  for (const length of lengths) words.push(words.at(-1)! + length);
  const file = new Uint8Array(words.at(-1)!);
  const view = new DataView(file.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  file.set(config, 4 * words.length);
  return file;
}

function uint32At(file: Uint8Array, offset: number): number {
  return new DataView(file.buffer).getUint32(offset, true);
}

for (const dims of [[1], [7, 9], [300, 300]]) {
  Deno.test(`encode() of [${dims}] gives offsets, columns, and samples of a payload and a number`, () => {
    const spec = fileSpec(dims, { samplesPerFile: 3 }, 5);
    const file = encodeFile(mds, spec);
    const bytes = dims.reduce((product, dim) => product * dim, 1);
    assertEquals(uint32At(file, 0), 3);
    const offsets = [0, 1, 2, 3].map((k) => uint32At(file, 4 + 4 * k));
    const config = new TextDecoder().decode(file.subarray(20, offsets[0]));
    assertEquals(JSON.parse(config), {
      column_encodings: ["bytes", "int"],
      column_names: ["x", "y"],
      column_sizes: [null, 8],
      compression: null,
      format: "mds",
      hashes: [],
      size_limit: 67108864,
      version: 2,
    });
    for (const sample of [0, 1, 2]) {
      const at = offsets[sample]!;
      assertEquals(uint32At(file, at), bytes);
      assertEquals(
        file.subarray(at + 4, at + 4 + bytes),
        streamBytes(5, sample * bytes, bytes),
      );
      assertEquals(uint32At(file, at + 4 + bytes), sample);
      assertEquals(offsets[sample + 1], at + 12 + bytes);
    }
    assertEquals(offsets[3], file.length);
  });
}

Deno.test("index.json lists every shard with its bytes and samples", () => {
  const [indexFile] = mds.splitFiles ?? [];
  const entries = [0, 1].map((fileIndex) => ({
    path: `${fileIndex}/img_${fileIndex}_of_2.mds`,
    spec: fileSpec([10], { samplesPerFile: 4 }, fileIndex),
  }));
  const text = joinChunks(indexFile!.encode(entries, scalarTools()));
  const { version, shards } = JSON.parse(new TextDecoder().decode(text));
  assertEquals(version, 2);
  assertEquals(
    shards.map((shard: Record<string, unknown>) => [
      shard["raw_data"],
      shard["samples"],
      shard["zip_data"],
    ]),
    entries.map(({ path, spec }) => [
      { basename: path, bytes: mds.fileBytes(spec), hashes: {} },
      4,
      null,
    ]),
  );
});

Deno.test("problems() refuses a shard whose offsets do not fit into 32 bits", () => {
  const spec = fileSpec([2 ** 20], { samplesPerFile: 4096 });
  const [problem] = mds.problems(spec);
  assertEquals(problem?.includes("it must be <= 4294967295 bytes"), true);
  assertEquals(mds.problems(fileSpec([2 ** 20], { samplesPerFile: 4000 })), []);
});

Deno.test("open() takes Stoker's own shard after one read; a sample is its offsets and its bytes", () => {
  const spec = fileSpec([100], { samplesPerFile: 4 });
  const file = encodeFile(mds, spec);
  const source = new MemoryFile(file);
  const index = mds.open!(source, spec) as object;
  assertEquals(source.readCount, 1);
  const dataAt = uint32At(file, 4);
  assertEquals(plan(mds, index, 2, 1), [[12, 8], [dataAt + 224, 112]]);
});

Deno.test("open() reads the offsets of others' shards, also where it answers later", async () => {
  const file = foreignShard([10, 0, 300, 7]);
  const spec = fileSpec([100], { samplesPerFile: 4 });
  const index = await mds.open!(new MemoryFile(file, true), spec) as object;
  const begin = uint32At(file, 4);
  assertEquals(plan(mds, index, 2, 1), [[12, 8], [begin + 10, 300]]);
  assertEquals(plan(mds, index, 1, 1), [[8, 8]]);
});

const DAMAGES: readonly (readonly [string, Uint8Array, string])[] = [
  ["too few samples", foreignShard([1, 2]), "it holds 2"],
  [
    "gzip",
    Uint8Array.from([0x1f, 0x8b, ...new Uint8Array(40)]),
    "begins as gzip; compressed shards cannot be read",
  ],
  [
    "Zstandard",
    Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...new Uint8Array(40)]),
    "begins as Zstandard; compressed shards cannot be read",
  ],
  ["nothing", new Uint8Array(0), "must begin with its number of samples"],
  [
    "a cut end",
    foreignShard([10, 20, 30, 40]).subarray(0, 100),
    "the last sample must end with the file, at 100",
  ],
];
for (const [title, file, text] of DAMAGES) {
  Deno.test(`open() refuses a shard of ${title}`, () => {
    const spec = fileSpec([100], { samplesPerFile: 4 });
    assertThrows(
      () => mds.open!(new MemoryFile(file), spec),
      FormatError,
      text,
    );
  });
}

Deno.test("open() of mutated shards ends with ranges or a FormatError", () => {
  const spec = fileSpec([20], { samplesPerFile: 3 });
  const file = encodeFile(mds, spec);
  const mutation = fc.record({
    at: fc.nat(file.length),
    byte: fc.nat(255),
    keptPermille: fc.integer({ min: 0, max: 1000 }),
  });
  fc.assert(
    fc.property(
      fc.array(mutation, { maxLength: 8 }),
      (mutations) => checkMutated(mds, spec, file, mutations),
    ),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("inside() tells the columns of a shard and their encodings", async () => {
  const spec = fileSpec([20], { samplesPerFile: 3 });
  assertEquals(
    await mds.inside!(new MemoryFile(encodeFile(mds, spec))),
    {
      compression: [],
      groups: null,
      parts: [
        { name: "x", type: "bytes", shape: null, storedBytes: null },
        {
          name: "y",
          type: "int, 8 bytes each",
          shape: null,
          storedBytes: null,
        },
      ],
    },
  );
});

Deno.test("inside() refuses a shard without columns", async () => {
  const file = new Uint8Array(64);
  await assertRejects(
    () => mds.inside!(new MemoryFile(file)),
    FormatError,
    "must have JSON with column_names",
  );
});
