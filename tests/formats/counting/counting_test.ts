/**
 * Samples that are counted in files: Stoker's own, and those of the libraries
 * that own the formats (`foreign/`, made by `foreign/make.py`).
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { FormatError } from "../../../lib/errors.ts";
import type { Format } from "../../../lib/formats/format.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import { encodeFile, fileSpec, MemoryFile } from "../encoded_file.ts";

const FORMATS = await loadFormats();
const FOREIGN = new URL("./foreign/", import.meta.url);

/** Formats by what foreign files' names end in. */
const BY_ENDING: Readonly<Record<string, string>> = {
  npy: "npy",
  npz: "npz",
  h5: "hdf5",
  parquet: "parquet",
  tfrecord: "tfrecord",
  csv: "csv",
  arrow: "arrow",
  "csv.gz": "csv",
  tar: "webdataset",
  "tar.gz": "webdataset",
  mds: "mds",
};

async function count(
  format: Format,
  bytes: Uint8Array,
  { isLate = false, samplesPerFile = null as number | null } = {},
): Promise<number> {
  const { counting } = format;
  assert(counting !== undefined, format.name);
  const file = new MemoryFile(bytes, isLate);
  return await counting.count(file, { samplesPerFile });
}

const counts: Record<string, number> = JSON.parse(
  await Deno.readTextFile(new URL("counts.json", FOREIGN)),
);
for (const [name, expected] of Object.entries(counts)) {
  Deno.test(`${name} of its owner holds ${expected} samples, on disks and in object stores`, async () => {
    const format = FORMATS[BY_ENDING[name.slice(name.indexOf(".") + 1)] ?? ""]!;
    const bytes = await Deno.readFile(new URL(name, FOREIGN));
    assertEquals(await count(format, bytes), expected);
    assertEquals(await count(format, bytes, { isLate: true }), expected);
  });
}

/** Whose own files do not tell without an index file. */
const NEED_INDEX = ["indexed_binary", "mmap_indexed_binary"];

for (const [name, format] of Object.entries(FORMATS)) {
  // Megatron's files are counted by their index files alone, see below.
  if (format.counting === undefined || name === "megatron") continue;
  for (const samplesPerFile of [1, 3, 17]) {
    Deno.test(`${name} files of Stoker's with ${samplesPerFile} samples are counted as such`, async () => {
      for (const compression of ["none", ...format.codecs]) {
        const spec = fileSpec([4, 5], {
          samplesPerFile,
          compression,
          ...(name === "hdf5" && compression !== "none"
            ? {
              hdf5: { chunkDims: [2, 5], datasetsPerRecord: 1, maxShape: [] },
            }
            : {}),
        });
        if (format.problems(spec).length > 0) continue;
        const bytes = encodeFile(format, spec);
        assertEquals(
          await count(format, bytes, { samplesPerFile }),
          samplesPerFile,
        );
        // DLIO's arrays have samples along the last axis, and do not say so.
        if (name === "npy" || NEED_INDEX.includes(name)) continue;
        assertEquals(await count(format, bytes), samplesPerFile, compression);
      }
    });
  }

  Deno.test(`${name} files that are damaged are counted or refused by name, never read for ever`, async () => {
    const spec = fileSpec([4, 5], { samplesPerFile: 3 });
    const whole = encodeFile(format, spec);
    const cuts = fc.record({
      end: fc.nat(whole.length),
      at: fc.nat(whole.length - 1),
      byte: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(cuts, async ({ end, at, byte }) => {
        const bytes = whole.slice(0, end);
        if (at < end) bytes[at] = byte;
        try {
          const found = await count(format, bytes);
          assert(Number.isInteger(found) && found >= 0, `${found}`);
        } catch (error) {
          assert(error instanceof FormatError, String(error));
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });
}

for (const name of NEED_INDEX) {
  Deno.test(`${name} is counted by either index file, if it fits the file`, async () => {
    const { indexFiles = [], ...counting } = FORMATS[name]!.counting!;
    assertEquals(indexFiles.map((each) => each.path("train/a.bin")), [
      "train/a.bin.off.idx",
      "train/a.bin.sz.idx",
    ]);
    for (const { count } of indexFiles) {
      assertEquals(await count(new MemoryFile(new Uint8Array(40)), 1000), 5);
      assertEquals(await count(new MemoryFile(new Uint8Array(40)), 1001), null);
      assertEquals(await count(new MemoryFile(new Uint8Array(41)), 1000), null);
    }
    const error = await assertRejects(
      async () => {
        await counting.count(new MemoryFile(new Uint8Array(9)), {
          samplesPerFile: null,
        });
      },
      FormatError,
    );
    assert(error.message.includes("dataset.num_samples_per_file"));
  });
}

Deno.test("megatron's files are counted by their tokens, however many sequences and documents", async () => {
  const { indexFiles: [byIndex] = [], ...counting } = FORMATS.megatron!
    .counting!;
  assertEquals(byIndex?.path("train/a.bin"), "train/a.idx");
  // 100 tokens: a window has one more, for its last label.
  const { size } = await Deno.stat(new URL("tokens.bin", FOREIGN));
  const index = await Deno.readFile(new URL("tokens.idx", FOREIGN));
  for (
    const [sampleElements, expected] of [[1, 99], [10, 9], [99, 1], [100, 0]]
  ) {
    for (const isLate of [false, true]) {
      const file = new MemoryFile(index, isLate);
      const hint = { samplesPerFile: null, sampleElements: sampleElements! };
      assertEquals(await byIndex?.count(file, size, hint), expected);
    }
  }
  const error = await assertRejects(
    async () => await byIndex?.count(new MemoryFile(index), size - 1),
    FormatError,
  );
  assert(error.message.includes("199 bytes"), error.message);
  const missing = await assertRejects(
    async () => {
      await counting.count(new MemoryFile(new Uint8Array(9), false), {
        samplesPerFile: null,
      });
    },
    FormatError,
  );
  assert(missing.message.includes("index file"), missing.message);
});

Deno.test("tfrecord is counted by the lines of an index whose last record ends the file", async () => {
  const { indexFiles = [] } = FORMATS.tfrecord!.counting!;
  const index = new TextEncoder().encode("0 100\n100 50\n");
  for (const { count } of indexFiles) {
    assertEquals(await count(new MemoryFile(index), 150), 2);
    assertEquals(await count(new MemoryFile(index), 151), null);
  }
  assert(
    indexFiles.map((each) => each.path("train/a.tfrecord"))
      .includes("index/train/a.tfrecord.idx"),
  );
});

Deno.test("tfrecord records beyond one block are counted, small and large ones", async () => {
  const format = FORMATS.tfrecord!;
  for (const [dims, samplesPerFile] of [[[3, 3], 9000], [[300, 300], 7]]) {
    const spec = fileSpec(dims as number[], {
      samplesPerFile: samplesPerFile as number,
    });
    assertEquals(await count(format, encodeFile(format, spec)), samplesPerFile);
  }
});

Deno.test("csv rows are counted whatever the pieces that a file comes in", async () => {
  const text = 'a,b\r\n"1\n""x""",2\r\n\r\n3,"4\r\n"\r\n5,6';
  const { RowCounter } = await import(
    "../../../lib/formats/counting/csv_count.ts"
  );
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const rows = new RowCounter();
    for (let at = 0; at < bytes.length; at += size) {
      rows.take(bytes.subarray(at, at + size));
    }
    assertEquals(rows.end(), 3, `pieces of ${size}`);
  }
});

Deno.test("a first row of names is no sample, a first row with a number is", async () => {
  const format = FORMATS.csv!;
  const rows = (text: string) => count(format, new TextEncoder().encode(text));
  assertEquals(await rows("id,text\n1,a\n2,b\n"), 2);
  assertEquals(await rows("1,a\n2,b\n"), 2);
  assertEquals(await rows("a,b\nc,d\n"), 2);
  assertEquals(await rows(""), 0);
});

Deno.test("an axis of the number that the settings give is that of samples", async () => {
  const bytes = await Deno.readFile(new URL("rows.npy", FOREIGN));
  const { npy } = FORMATS;
  assertEquals(await count(npy!, bytes), 5);
  assertEquals(await count(npy!, bytes, { samplesPerFile: 3 }), 3);
  assertEquals(await count(npy!, bytes, { samplesPerFile: 8 }), 5);
});
