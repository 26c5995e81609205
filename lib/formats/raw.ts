/**
 * Raw: a file of any kind is one sample and is read whole. Its content does
 * not matter, so Stoker can also read what it has no format for: videos,
 * audio, archives.
 *
 * A generated file is its random stream and nothing else.
 */
import { arrayProblems } from "./array_problems.ts";
import type { EncodeTools, FileSpec, Format } from "./format.ts";
import { sampleBytes } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";

/** The format `raw`. */
export const raw: Format = {
  name: "raw",
  anyEnding: true,
  reading: "whole_file",
  codecs: [],

  problems(spec: FileSpec): string[] {
    const { samplesPerFile } = spec.dataset;
    const problems = arrayProblems(raw, spec);
    if (samplesPerFile > 1) {
      problems.push(
        "Cannot use dataset.num_samples_per_file with dataset.format = raw " +
          "as a raw file is one sample: current value is " +
          `${samplesPerFile}`,
      );
    }
    return problems;
  },

  fileBytes: sampleBytes,

  *encode(spec: FileSpec, tools: EncodeTools): Generator<Uint8Array, void> {
    const cursor = new PageCursor(tools);
    yield* cursor.random(spec.fileIndex, 0, sampleBytes(spec));
    yield* cursor.end();
  },
};
