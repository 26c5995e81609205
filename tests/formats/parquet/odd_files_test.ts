/**
 * Odd but valid files: what pyarrow reads is read here too.
 * `tests/formats/golden/make_parquet.py` made them, but for
 * `repeated_no_annotation`, whose footer says 0 rows: that one is of
 * https://github.com/apache/parquet-testing (Apache License 2.0).
 */
import { assertEquals } from "@std/assert";
import { RangeList } from "../../../lib/bytes/range_list.ts";
import { parquet } from "../../../lib/formats/parquet.ts";
import type { OpenedParquet } from "../../../lib/formats/parquet/open.ts";
import { parquetSpec } from "./parquet_file.ts";

const GOLDEN = new URL("../golden/", import.meta.url);

interface Facts {
  readonly rows: number;
  readonly groups: number;
}

const FILES = JSON.parse(
  await Deno.readTextFile(new URL("parquet.json", GOLDEN)),
) as Readonly<Record<string, Facts>>;

/** The settings of a reader that takes whatever columns there are. */
function specOf(rows: number, decode: boolean) {
  const { dataset, ...file } = parquetSpec({
    columns: [],
    rows,
    rowGroupRows: 1,
  });
  return {
    ...file,
    dataset: { ...dataset, parquet: { ...dataset.parquet, decode } },
  };
}

Deno.test("odd files of pyarrow have the rows and row groups that it reads", async () => {
  for (const [name, { rows, groups }] of Object.entries(FILES)) {
    const bytes = await Deno.readFile(
      new URL(`parquet/${name}.parquet`, GOLDEN),
    );
    const source = {
      path: name,
      byteLength: bytes.length,
      readInto(view: Uint8Array, offset: number): number {
        const part = bytes.subarray(offset, offset + view.length);
        view.set(part);
        return part.length;
      },
    };
    const spec = specOf(rows, true);
    await parquet.prepare?.(spec.dataset);
    const opened = await parquet.open?.(source, spec) as OpenedParquet;
    assertEquals(opened.groups.rowCount, rows, name);
    assertEquals(opened.groups.groupCount, groups, name);
    const counted = await parquet.counting?.count(source, {
      samplesPerFile: null,
    });
    assertEquals(counted, rows, name);

    const ranges = new RangeList();
    parquet.ranges?.(opened, 0, rows, false, ranges);
    const read = new Uint8Array(ranges.totalBytes);
    let position = 0;
    for (let i = 0; i < ranges.count; i++) {
      const offset = ranges.offsetOf(i);
      const end = offset + ranges.byteCountOf(i);
      read.set(bytes.subarray(offset, end), position);
      position += end - offset;
    }
    if (rows === 0) assertEquals(read.length, 0, name);
    const decoded = parquet.decode?.(opened, 0, rows, false, ranges, read);
    assertEquals(decoded, rows, name);
  }
});
