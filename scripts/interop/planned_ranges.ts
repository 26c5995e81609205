/**
 * Where Stoker's reader would look for the samples of a file.
 */
import { RangeList } from "../../lib/bytes/range_list.ts";
import { openIndex } from "../../lib/engine/plan/open_index.ts";
import type { FileSpec, Format } from "../../lib/formats/format.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";

/** Offset and length of each range of a sample. */
export type SampleRanges = readonly (readonly [number, number])[];

/**
 * Opens a file and plans each of its samples by itself.
 *
 * @param path On this host.
 * @param spec As many samples as it has are planned.
 * @throws {FormatError} If the format cannot use the file.
 */
export async function plannedRanges(
  format: Format,
  path: string,
  spec: FileSpec,
): Promise<readonly SampleRanges[]> {
  const storage = new LocalStorage("/");
  const source = storage.open(path);
  try {
    const index = await openIndex(path, source, { format, spec, storage });
    const list = new RangeList();
    return Array.from({ length: spec.dataset.samplesPerFile }, (_, sample) => {
      list.clear();
      format.ranges?.(index, sample, 1, false, list);
      return Array.from(
        { length: list.count },
        (_, i): [number, number] => [list.offsetOf(i), list.byteCountOf(i)],
      );
    });
  } finally {
    source.close();
  }
}
