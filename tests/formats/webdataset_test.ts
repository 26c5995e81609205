import { gunzipSync, gzipSync } from "node:zlib";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { FormatError } from "../../lib/errors.ts";
import {
  fileHeader,
  parseHeader,
  paxSize,
  renameHeader,
} from "../../lib/formats/tar/tar_header.ts";
import { webdataset } from "../../lib/formats/webdataset.ts";
import {
  checkMutated,
  encodeFile,
  fileSpec,
  MemoryFile,
  mutationsOf,
  plan,
  streamBytes,
} from "./encoded_file.ts";
import { tarOf } from "./tar_archive.ts";

async function countOf(source: MemoryFile): Promise<number> {
  return await webdataset.counting!.count(source, { samplesPerFile: null });
}

/** Names and data of the files of an archive, block by block. */
function membersOf(file: Uint8Array): { name: string; data: Uint8Array }[] {
  const found: { name: string; data: Uint8Array }[] = [];
  for (let offset = 0; offset < file.length;) {
    const block = file.subarray(offset, offset + 512);
    const member = parseHeader(block, "file", offset);
    if (member === null) break;
    const data = file.subarray(offset + 512, offset + 512 + member.byteCount);
    found.push({ name: member.name, data });
    offset += 512 + 512 * Math.ceil(member.byteCount / 512);
  }
  return found;
}

for (const dims of [[1], [30, 40], [512], [300, 300]]) {
  Deno.test(`encode() of [${dims}] gives every sample its payload and its label`, () => {
    const spec = fileSpec(dims, { samplesPerFile: 3 }, 7);
    const file = encodeFile(webdataset, spec);
    const bytes = dims.reduce((product, dim) => product * dim, 1);
    const text = new TextEncoder();
    assertEquals(
      membersOf(file),
      [0, 1, 2].flatMap((sample) => [
        {
          name: `000007_0000000${sample}.bin`,
          data: streamBytes(7, sample * bytes, bytes),
        },
        {
          name: `000007_0000000${sample}.cls`,
          data: text.encode(`${sample}`),
        },
      ]),
    );
    assertEquals(file.length % 10240, 0);
  });
}

Deno.test("labels are sample numbers modulo 1000, of one to three digits", () => {
  const spec = fileSpec([1], { samplesPerFile: 1002 });
  const labels = membersOf(encodeFile(webdataset, spec))
    .filter(({ name }) => name.endsWith(".cls"))
    .map(({ data }) => new TextDecoder().decode(data));
  assertEquals(labels, Array.from({ length: 1002 }, (_, k) => `${k % 1000}`));
});

Deno.test("a renamed header has the checksum of a new one", () => {
  const block = fileHeader("000000_00000000.bin", 1234);
  renameHeader(block, "000000_00099987.bin");
  assertEquals(block, fileHeader("000000_00099987.bin", 1234));
});

Deno.test("a member of 8 GiB or more has its length in a PAX record", () => {
  const byteCount = 8 ** 11;
  const blocks = fileHeader("a.bin", byteCount);
  assertEquals(blocks.length, 3 * 512);
  const pax = parseHeader(blocks.subarray(0, 512), "x", 0);
  assertEquals(pax?.type, "x");
  const records = blocks.subarray(512, 512 + (pax?.byteCount ?? 0));
  assertEquals(new TextDecoder().decode(records), "19 size=8589934592\n");
  assertEquals(paxSize(records), byteCount);
  assertEquals(parseHeader(blocks.subarray(1024), "x", 0)?.name, "a.bin");
  const spec = fileSpec([2 ** 33], { samplesPerFile: 2 });
  assertEquals(webdataset.fileBytes(spec), 17179883520);
});

Deno.test("open() takes Stoker's own shard after one read, sample by sample", () => {
  const spec = fileSpec([100], { samplesPerFile: 4 });
  const source = new MemoryFile(encodeFile(webdataset, spec));
  const index = webdataset.open!(source, spec) as object;
  assertEquals(source.readCount, 1);
  assertEquals(plan(webdataset, index, 1, 2), [[2048, 4096]]);
  // The last sample takes the end of the archive too.
  assertEquals(plan(webdataset, index, 3, 1), [[6144, 10240 - 6144]]);
});

Deno.test("samples of others' shards cover the file once, front to back", () => {
  const entries = [10, 3000, 1, 700, 0].map((bytes, k) => ({
    name: `s${k}.bin`,
    data: new Uint8Array(bytes),
  }));
  const file = tarOf(entries);
  const spec = fileSpec([100], { samplesPerFile: 5 });
  const index = webdataset.open!(new MemoryFile(file), spec) as object;
  let end = 0;
  for (let sample = 0; sample < 5; sample++) {
    const [range] = plan(webdataset, index, sample, 1, sample > 0);
    assertEquals(range![0], end);
    end += range![1]!;
  }
  assertEquals(end, file.length);
});

const NAMES: readonly (readonly [string, readonly string[], number])[] = [
  ["one basename each", ["a.jpg", "b.jpg", "c.jpg"], 3],
  ["neighbors of one basename", ["a.cls", "a.jpg", "b.cls", "b.jpg"], 2],
  ["a basename up to its first dot", ["a.jpg", "a.seg.png", "b.jpg"], 2],
  ["folders apart", ["x/a.jpg", "y/a.jpg"], 2],
  ["dots in folders", ["v1.0/a.jpg", "v1.0/a.txt"], 1],
  ["names without an ending", ["README", "a.jpg"], 1],
  ["meta data", ["__info__", "__shard__/x.json", "a.jpg"], 1],
  ["an empty archive", [], 0],
];
for (const [title, names, samples] of NAMES) {
  Deno.test(`counting groups members by basename: ${title}`, async () => {
    const file = tarOf(
      names.map((name) => ({ name, data: new Uint8Array(9) })),
    );
    assertEquals(await countOf(new MemoryFile(file)), samples);
    const zipped = new MemoryFile(new Uint8Array(gzipSync(file)));
    assertEquals(await countOf(zipped), samples);
  });
}

Deno.test("counting takes long names from PAX and GNU members, and no folders", async () => {
  const text = new TextEncoder();
  const long = "n".repeat(120);
  const file = tarOf([
    { name: "d", type: "5" },
    { name: "pax", type: "x", data: text.encode(`134 path=d/${long}.jpg\n`) },
    { name: "cut.jpg" },
    { name: "link", type: "L", data: text.encode(`d/${long}.txt\0`) },
    { name: "cut.txt" },
  ]);
  assertEquals(await countOf(new MemoryFile(file)), 1);
});

Deno.test("counting answers later where the source does, in few reads", async () => {
  const file = tarOf(Array.from({ length: 50 }, (_, k) => ({
    name: `${k}.bin`,
    data: new Uint8Array(300),
  })));
  const source = new MemoryFile(file, true);
  assertEquals(await countOf(source), 50);
  // One to see whether it is gzip.
  assertEquals(source.readCount, 2);
});

Deno.test("what is no shard is refused by what it is", async () => {
  const zstd = new Uint8Array(2048);
  zstd.set([0x28, 0xb5, 0x2f, 0xfd]);
  const spec = fileSpec([10]);
  assertThrows(
    () => webdataset.open!(new MemoryFile(zstd), spec),
    FormatError,
    "this one begins as Zstandard; of shards that are compressed as a whole " +
      "only gzip can be read",
  );
  const cut = tarOf([{ name: "a.bin", data: new Uint8Array(5000) }])
    .subarray(0, 3000);
  const text = "a member of 5000 bytes must end within the archive";
  await assertRejects(() => countOf(new MemoryFile(cut)), FormatError, text);
  const zippedCut = new MemoryFile(new Uint8Array(gzipSync(cut)));
  await assertRejects(() => countOf(zippedCut), FormatError, text);
  const cutZipped = new Uint8Array(gzipSync(cut)).subarray(0, 80);
  await assertRejects(
    () => countOf(new MemoryFile(cutZipped)),
    FormatError,
    "its gzip is damaged",
  );
});

Deno.test("a shard in gzip inflates to the shard without, and is read as it is", async () => {
  const plain = fileSpec([300, 300], { samplesPerFile: 5 }, 3);
  const zipped = fileSpec(
    [300, 300],
    { samplesPerFile: 5, compression: "gzip", compressionLevel: 1 },
    3,
  );
  assertEquals(webdataset.fileBytes(zipped), null);
  assertEquals(webdataset.extension!("gzip"), "tar.gz");
  const file = encodeFile(webdataset, zipped);
  assertEquals(
    new Uint8Array(gunzipSync(file)),
    encodeFile(webdataset, plain),
  );
  assertEquals(await countOf(new MemoryFile(file, true)), 5);
  const index = webdataset.open!(new MemoryFile(file), zipped) as object;
  const ranges = [0, 1, 2, 3, 4].flatMap((sample) =>
    plan(webdataset, index, sample, 1, sample > 0)
  );
  let end = 0;
  for (const [offset, byteCount] of ranges) {
    assertEquals(offset, end);
    end += byteCount!;
  }
  assertEquals(end, file.length);
});

for (const isGzip of [false, true]) {
  Deno.test(`inside() tells the members of the first sample, gzip: ${isGzip}`, async () => {
    const plain = tarOf([
      { name: "__info__", data: new Uint8Array(3) },
      { name: "d/a.seg.png", data: new Uint8Array(700) },
      { name: "d/a.cls", data: new Uint8Array(1) },
      { name: "d/b.seg.png", data: new Uint8Array(800) },
    ]);
    const file = isGzip ? new Uint8Array(gzipSync(plain)) : plain;
    assertEquals(await webdataset.inside!(new MemoryFile(file)), {
      compression: isGzip ? ["gzip"] : [],
      groups: null,
      parts: [
        { name: "seg.png", type: "member", shape: null, storedBytes: 700 },
        { name: "cls", type: "member", shape: null, storedBytes: 1 },
      ],
    });
  });
}

Deno.test("open() of mutated shards ends with ranges or a FormatError", () => {
  const spec = fileSpec([20], { samplesPerFile: 3 });
  const file = encodeFile(webdataset, spec);
  fc.assert(
    fc.property(mutationsOf(file, 8), (mutations) => {
      checkMutated(webdataset, spec, file, mutations);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("counting mutated shards ends with a number or a FormatError", async () => {
  const spec = fileSpec([20], { samplesPerFile: 3 });
  const whole = encodeFile(webdataset, spec);
  await fc.assert(
    fc.asyncProperty(mutationsOf(whole, 8), async (mutations) => {
      const file = whole.slice();
      for (const { at, byte } of mutations) file[at] = byte;
      try {
        await countOf(new MemoryFile(file));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("an index of Energon's tells the samples of the shard that it is of", async () => {
  const { path, count } = webdataset.counting!.indexFiles![0]!;
  assertEquals(path("train/x.tar"), "train/x.tar.idx");
  const index = (offsets: readonly number[]) =>
    new MemoryFile(
      new Uint8Array(
        BigUint64Array.from(offsets.map(BigInt)).buffer,
      ),
    );
  assertEquals(await count(index([0, 1024, 4096]), 10240), 2);
  // Of another shard, cut, empty.
  assertEquals(await count(index([0, 1024, 4096]), 102400), null);
  assertEquals(await count(index([0, 1024, 40960]), 10240), null);
  assertEquals(await count(index([0]), 10240), null);
  assertEquals(await count(new MemoryFile(new Uint8Array(13)), 10240), null);
});
