import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { RangeList } from "../../../lib/bytes/range_list.ts";
import type { ByteSource } from "../../../lib/bytes/byte_source.ts";
import { FormatError } from "../../../lib/errors.ts";
import type { FileSpec } from "../../../lib/formats/format.ts";
import { parquet as parquetFormat } from "../../../lib/formats/parquet.ts";
import {
  GroupIndex,
  MERGE_GAP_BYTES,
} from "../../../lib/formats/parquet/group_index.ts";
import type { OpenedParquet } from "../../../lib/formats/parquet/open.ts";
import { DLRM_ROWS, dlrmFooter, dlrmSpec } from "./dlrm_file.ts";
import { tailSource } from "./memory_source.ts";
import { column, encodeParquet, parquetSpec } from "./parquet_file.ts";
import { PYARROW_FILES, type PyarrowFile } from "./pyarrow_files.ts";

function open(source: ByteSource, spec: FileSpec): GroupIndex {
  const opened = parquetFormat.open!(source, spec) as OpenedParquet;
  assertInstanceOf(opened.groups, GroupIndex);
  return opened.groups;
}

function plan(
  index: GroupIndex,
  first: number,
  count: number,
  continues = false,
): number[][] {
  const ranges = new RangeList();
  index.addRanges(first, count, continues, ranges);
  return Array.from(
    { length: ranges.count },
    (_, i) => [ranges.offsetOf(i), ranges.byteCountOf(i)],
  );
}

/** Row groups of 4 rows, with columns between that are not read. */
function gapSpec(gapFloats: number): FileSpec {
  const columns = [
    column("a", "int32", 10),
    column("gap", "float32", gapFloats, false),
    column("b", "int64", 10),
    // Parts the row groups, which would else be read as one.
    column("end", "float32", 4000, false),
  ];
  return parquetSpec({ columns, rows: 10, rowGroupRows: 4 });
}

function pyarrowSource(file: PyarrowFile): ByteSource {
  const footer = Uint8Array.from(atob(file.footer), (c) => c.charCodeAt(0));
  return tailSource(footer, file.byteLength);
}

function pyarrowSpec(names: readonly string[], rows = 60): FileSpec {
  // Only names and what is read matter: the types are the file's.
  const columns = names.map((name) => column(name, "float32"));
  return parquetSpec({ columns, rows });
}

/** Chunks of some columns, merged by hand. */
function mergedChunks(
  chunks: readonly (readonly [string, number, number])[],
  names: readonly string[],
): number[][] {
  const ranges: number[][] = [];
  for (const [name, offset, byteCount] of chunks) {
    if (!names.includes(name)) continue;
    const last = ranges.at(-1);
    const end = last === undefined ? -Infinity : last[0]! + last[1]!;
    if (offset - end <= 8192) last![1] = offset + byteCount - last![0]!;
    else ranges.push([offset, byteCount]);
  }
  return ranges;
}

Deno.test("ranges() are the chunks of the columns that are read", () => {
  const spec = gapSpec(1000);
  const file = encodeParquet(spec);
  const index = open(tailSource(file), spec);
  assertEquals(index.rowCount, 10);
  assertEquals(index.groupCount, 3);
  // Header 19, levels 10 and 6, values 4 × 10 × 4; then the gap's 16,053.
  assertEquals(plan(index, 0, 4), [[4, 195], [4 + 195 + 16053, 355]]);
});

Deno.test("ranges() reads over gaps up to MERGE_GAP_BYTES", () => {
  const near = gapSpec(MERGE_GAP_BYTES / 16 - 20);
  const far = gapSpec(MERGE_GAP_BYTES / 16 + 1);
  assertEquals(
    plan(open(tailSource(encodeParquet(near)), near), 0, 4).length,
    1,
  );
  assertEquals(plan(open(tailSource(encodeParquet(far)), far), 0, 4).length, 2);
});

Deno.test("ranges() has each row group of the samples once", () => {
  const spec = gapSpec(4000);
  const index = open(tailSource(encodeParquet(spec)), spec);
  const groups = [0, 4, 8].map((first) => plan(index, first, 1));
  const [one, two, three] = groups;
  assertEquals(plan(index, 3, 1), one);
  assertEquals(plan(index, 3, 2), [...one!, ...two!]);
  assertEquals(plan(index, 0, 10), groups.flat());
  assertEquals(plan(index, 4, 4), two);
  assertEquals(plan(index, 7, 3), [...two!, ...three!]);
  assertEquals(plan(index, 5, 0), []);
});

Deno.test("ranges() that continue leave out what was read", () => {
  const spec = gapSpec(4000);
  const index = open(tailSource(encodeParquet(spec)), spec);
  assertEquals(plan(index, 1, 2, true), []);
  assertEquals(plan(index, 2, 4, true), plan(index, 4, 1));
  assertEquals(plan(index, 4, 2, true), plan(index, 4, 1));
  assertEquals(plan(index, 0, 4, true), plan(index, 0, 4));
});

Deno.test("ranges() of consecutive batches read every byte once", () => {
  const spec = gapSpec(4000);
  const index = open(tailSource(encodeParquet(spec)), spec);
  for (const batch of [1, 2, 3, 4, 7, 10]) {
    const batches: number[][] = [];
    for (let first = 0; first < 10; first += batch) {
      const count = Math.min(batch, 10 - first);
      batches.push(...plan(index, first, count, first > 0));
    }
    assertEquals(batches, plan(index, 0, 10), `batches of ${batch}`);
  }
});

Deno.test("ranges() throws for rows that the file has not", () => {
  const spec = gapSpec(10);
  const index = open(tailSource(encodeParquet(spec)), spec);
  assertThrows(() => plan(index, 8, 3), RangeError, "rows 8 to 11");
});

for (const [name, file] of Object.entries(PYARROW_FILES)) {
  Deno.test(`ranges() of pyarrow's file are pyarrow's: ${name}`, () => {
    for (
      const names of [["id"], ["nested", "last"], ["list", "blob"], ["noise"]]
    ) {
      const index = open(pyarrowSource(file), pyarrowSpec(names));
      for (const [group, chunks] of file.chunks.entries()) {
        const rows = Math.min(25, 60 - group * 25);
        assertEquals(
          plan(index, group * 25, rows),
          mergedChunks(chunks, names),
          `row group ${group} of ${names}`,
        );
      }
    }
  });
}

Deno.test("open() reads all columns where none are named", () => {
  const file = PYARROW_FILES["snappy"]!;
  const index = open(pyarrowSource(file), parquetSpec({ rows: 60 }));
  const [first] = file.chunks[0]!;
  const last = file.chunks[2]!.at(-1)!;
  assertEquals(plan(index, 0, 60), [[
    first![1],
    last[1] + last[2] - first![1],
  ]]);
});

Deno.test("open() names a column that the file has not", () => {
  const source = pyarrowSource(PYARROW_FILES["snappy"]!);
  const error = assertThrows(
    () => open(source, pyarrowSpec(["id", "label"])),
    FormatError,
  );
  assertStringIncludes(
    error.message,
    'column "label" of dataset.parquet.columns; it has id, list, nested',
  );
});

Deno.test("open() names the rows that are missing", () => {
  const source = pyarrowSource(PYARROW_FILES["snappy"]!);
  const error = assertThrows(
    () => open(source, pyarrowSpec(["id"], 61)),
    FormatError,
  );
  assertStringIncludes(error.message, "must have the 61 rows");
  assertStringIncludes(error.message, "it has 60");
});

Deno.test("open() works with sources that answer later", async () => {
  const spec = gapSpec(10);
  const source = tailSource(encodeParquet(spec), null, true);
  const opening = parquetFormat.open!(source, spec);
  assertInstanceOf(opening, Promise);
  const { groups } = await opening as OpenedParquet;
  assertEquals(groups.rowCount, 10);
});

Deno.test("open() reads a footer of 153,600 chunks and keeps little", () => {
  const spec = dlrmSpec();
  const footer = dlrmFooter(spec);
  const source = tailSource(footer, parquetFormat.fileBytes(spec)!);
  const index = open(source, spec);
  assertEquals(source.readCount, 2);
  assertEquals(index.groupCount, 768);
  assertEquals(index.rowCount, DLRM_ROWS);
  assertLess(index.byteLength, 8e6);
  // 3 row groups of 6144, of whose 761 bytes per row 160 are read.
  const bytes = plan(index, 0, 16384).reduce((n, range) => n + range[1]!, 0);
  assertLessOrEqual(160 * 3 * 6144, bytes);
  assertLess(bytes, 170 * 3 * 6144 + 40 * 3 * MERGE_GAP_BYTES);
});

Deno.test("open() rejects what is no Parquet file", () => {
  const spec = gapSpec(10);
  const file = encodeParquet(spec);
  const end = file.length;
  const cases: [string, (bytes: Uint8Array) => Uint8Array, number, string][] = [
    ["short", (b) => b.subarray(0, 11), 0, "must have 12 bytes, it has 11"],
    ["cut", (b) => b.subarray(0, end - 1), end - 5, 'must end with "PAR1"'],
    ["encrypted", (b) => (b[end - 1] = 0x45, b), end - 4, "encrypted footer"],
    [
      "length",
      (b) => (b[end - 5] = 0x7f, b),
      end - 8,
      `at most ${end - 12} bytes, its length says 21`,
    ],
  ];
  for (const [name, damage, offset, rule] of cases) {
    const source = tailSource(damage(file.slice()));
    const error = assertThrows(() => open(source, spec), FormatError);
    assertEquals(error.offset, offset, name);
    assertStringIncludes(error.message, rule, name);
    assertStringIncludes(error.message, source.path, name);
  }
});

Deno.test("open() says so if the file is shorter than it was", () => {
  const spec = gapSpec(10);
  const file = encodeParquet(spec);
  const source = tailSource(file, null, false, 5);
  assertThrows(() => open(source, spec), FormatError, "the file ends after");
});

Deno.test("open() ends or throws a FormatError for any changed footer", () => {
  const spec = gapSpec(4000);
  const ours = encodeParquet(spec);
  const theirs = PYARROW_FILES["zstd_plain_v2"]!;
  const foreign = pyarrowSource(theirs);
  const footer = Uint8Array.from(atob(theirs.footer), (c) => c.charCodeAt(0));
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 });
  fc.assert(
    fc.property(fc.boolean(), changes, fc.nat(3), (isOurs, bytes, cutBytes) => {
      const original = isOurs ? ours : footer;
      const tail = original.slice(
        0,
        original.length - (cutBytes && bytes.length),
      );
      // The last kilobyte is metadata in both.
      for (const [at, byte] of bytes) tail[tail.length - 1 - at % 1000] = byte;
      const byteLength = isOurs ? tail.length : foreign.byteLength;
      const source = tailSource(tail, byteLength);
      try {
        const index = open(source, isOurs ? spec : pyarrowSpec(["id", "blob"]));
        for (const [offset, byteCount] of plan(index, 0, 10)) {
          assert(offset! >= 0 && offset! + byteCount! <= byteLength);
        }
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
      assertLessOrEqual(source.readCount, 2);
    }),
    { seed: 1, numRuns: 3000 },
  );
});
