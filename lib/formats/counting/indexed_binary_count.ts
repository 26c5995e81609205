/**
 * Samples in raw files with an index: entries of 8 bytes each in either index
 * file. The file itself does not tell.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { FormatError } from "../../errors.ts";
import type { SampleCounting, SampleIndexFile } from "./sample_counting.ts";

const ENTRY_BYTES = 8;

/** How the samples of a file are counted. */
export const indexedBinaryCounting: SampleCounting = {
  reads: "head",
  indexFiles: [entries(".off.idx"), entries(".sz.idx")],
  count(source, { samplesPerFile }) {
    if (samplesPerFile !== null) return samplesPerFile;
    throw new FormatError(
      source.path,
      0,
      "samples are counted in the .off.idx or .sz.idx beside a file: there " +
        "is none that fits it; dataset.num_samples_per_file can say the number",
    );
  },
};

function entries(extension: string): SampleIndexFile {
  return {
    path: (filePath) => filePath + extension,
    count: ({ byteLength }: ByteSource, fileBytes) => {
      const count = byteLength / ENTRY_BYTES;
      // Samples of a file have one length.
      return Number.isInteger(count) && count > 0 && fileBytes % count === 0
        ? count
        : null;
    },
  };
}
