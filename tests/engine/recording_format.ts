/**
 * The example format, writing down every sample that is read: a line
 * "FILE SAMPLE" for each, into the file that its own URL names
 * (`recording_format.ts?log=PATH`). All threads append to the same one.
 */
import type { ByteSource } from "../../lib/bytes/byte_source.ts";
import type { RangeList } from "../../lib/bytes/range_list.ts";
import type { FileIndex, FileSpec, Format } from "../../lib/formats/format.ts";
import { format as example } from "../formats/example_format.ts";

const logPath = new URL(import.meta.url).searchParams.get("log") ?? "";

interface RecordedIndex {
  readonly inner: FileIndex;
  readonly fileIndex: number;
}

/** The recording format. */
export const format: Format = {
  ...example,

  open(source: ByteSource, spec: FileSpec) {
    const { fileIndex } = spec;
    const inner = example.open?.(source, spec);
    return inner instanceof Promise
      ? inner.then((index) => ({ inner: index, fileIndex }))
      : { inner: inner as FileIndex, fileIndex };
  },

  ranges(
    index: FileIndex,
    first: number,
    count: number,
    continues: boolean,
    ranges: RangeList,
  ): void {
    const { inner, fileIndex } = index as unknown as RecordedIndex;
    for (let sample = first; sample < first + count; sample++) {
      Deno.writeTextFileSync(logPath, `${fileIndex} ${sample}\n`, {
        append: true,
      });
    }
    example.ranges?.(inner, first, count, continues, ranges);
  },
};
