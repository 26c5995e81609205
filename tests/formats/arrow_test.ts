import { assert, assertEquals, assertThrows } from "@std/assert";
import { tableFromIPC } from "apache-arrow";
import * as fc from "fast-check";
import { FormatError } from "../../lib/errors.ts";
import { arrow } from "../../lib/formats/arrow.ts";
import {
  type ElementType,
  type FileIndex,
  type FileSpec,
  sampleBytes,
} from "../../lib/formats/format.ts";
import {
  checkMutated,
  encodeFile,
  fileSpec,
  MemoryFile,
  mutationsOf,
  plan,
  streamBytes,
} from "./encoded_file.ts";
import type { GroupIndex } from "../../lib/formats/parquet/group_index.ts";

function arrowSpec(
  rows: number,
  batchRows: number,
  { isStream = false, elementType = "int16" as ElementType } = {},
): FileSpec {
  return fileSpec([3, 7], {
    samplesPerFile: rows,
    elementType,
    arrow: { isStream, batchRows },
  }, 5);
}

for (const isStream of [false, true]) {
  const kind = isStream ? "stream" : "file";

  Deno.test(`arrow: apache-arrow reads every value of a ${kind}`, () => {
    for (const elementType of ["uint8", "int32", "int64", "float32"] as const) {
      const spec = arrowSpec(10, 4, { isStream, elementType });
      const table = tableFromIPC(encodeFile(arrow, spec));
      assertEquals(table.batches.map((batch) => batch.numRows), [4, 4, 2]);
      assertEquals(table.schema.fields.map(({ name }) => name), ["data"]);
      const bytes = table.batches.flatMap((batch) => {
        const values = batch.data.children[0]!.children[0]!.values;
        return [
          ...new Uint8Array(
            values.buffer,
            values.byteOffset,
            batch.numRows * sampleBytes(spec),
          ),
        ];
      });
      assertEquals(
        Uint8Array.from(bytes),
        streamBytes(5, 0, 10 * sampleBytes(spec)),
      );
    }
  });

  Deno.test(`arrow: record batches of a ${kind} begin and end at multiples of 64`, () => {
    const spec = arrowSpec(10, 4, { isStream });
    const index = arrow.open!(
      new MemoryFile(encodeFile(arrow, spec)),
      spec,
    ) as FileIndex;
    const [range] = plan(arrow, index, 0, 1);
    assertEquals(range!.map((value) => value % 64), [0, 0]);
  });

  Deno.test(`arrow: a ${kind} of another's, with the same bytes, is planned the same`, () => {
    const spec = arrowSpec(10, 4, { isStream });
    const file = encodeFile(arrow, spec);
    const own = arrow.open!(new MemoryFile(file), spec) as FileIndex;
    // Other settings: every message is read.
    const other = fileSpec([1], { samplesPerFile: 10 });
    const foreign = arrow.open!(new MemoryFile(file), other) as FileIndex;
    for (const [first, count] of [[0, 1], [3, 2], [0, 10], [9, 1]] as const) {
      assertEquals(
        plan(arrow, foreign, first, count),
        plan(arrow, own, first, count),
      );
    }
    assertEquals((foreign as GroupIndex).rowCount, 10);
  });

  Deno.test(`arrow: a ${kind} with too few rows is told with both numbers`, () => {
    const spec = arrowSpec(10, 4, { isStream });
    const source = new MemoryFile(encodeFile(arrow, spec));
    assertThrows(
      () => arrow.open!(source, arrowSpec(11, 4)),
      FormatError,
      "the file must have the 11 rows of dataset.num_samples_per_file, it " +
        "has 10",
    );
  });

  Deno.test(`arrow: ranges of mutated ${kind}s stay inside them`, () => {
    const spec = arrowSpec(7, 3, { isStream });
    const file = encodeFile(arrow, spec);
    fc.assert(
      fc.property(
        mutationsOf(file, 4),
        (mutations) => checkMutated(arrow, spec, file, mutations),
      ),
      { seed: 3, numRuns: 2000 },
    );
  });
}

Deno.test("arrow: batches are read once, front to back", () => {
  const spec = arrowSpec(10, 4);
  const file = encodeFile(arrow, spec);
  const index = arrow.open!(new MemoryFile(file), spec) as FileIndex;
  const [whole] = plan(arrow, index, 0, 10);
  let readBytes = 0;
  for (let first = 0; first < 10; first += 3) {
    const count = Math.min(3, 10 - first);
    for (const [, bytes] of plan(arrow, index, first, count, first > 0)) {
      readBytes += bytes!;
    }
  }
  assertEquals(readBytes, whole![1]);
});

Deno.test("arrow: of a file of Stoker's only the ends are read to open it", () => {
  const spec = arrowSpec(5000, 10);
  const source = new MemoryFile(encodeFile(arrow, spec));
  arrow.open!(source, spec);
  assert(source.readCount <= 4, `${source.readCount} reads`);
});

Deno.test("arrow: open() says what a file is that is none", () => {
  const spec = arrowSpec(1, 1);
  const open = (bytes: Uint8Array) => arrow.open!(new MemoryFile(bytes), spec);
  const gzip = new Uint8Array(100);
  gzip.set([0x1f, 0x8b, 8, 0]);
  assertThrows(() => open(gzip), FormatError, "it begins as gzip");
  const cut = encodeFile(arrow, spec).subarray(0, -20);
  assertThrows(() => open(cut), FormatError, "it was cut");
  assertThrows(() => open(new Uint8Array(0)), FormatError);
});

Deno.test("arrow: problems() names what a list or a footer cannot hold", () => {
  const wide = fileSpec([2 ** 31], {});
  assertEquals(arrow.problems(wide).length, 1);
  const long = arrowSpec(1e9, 1);
  assert(arrow.problems(long)[0]!.includes("dataset.arrow.batch_size"));
  assertEquals(arrow.problems(arrowSpec(1e9, 1, { isStream: true })), []);
});
