/**
 * How a format finds the number of samples in a file that others made.
 *
 * Files of somebody else's hold each as many samples as they do. A format
 * that can tell has a {@linkcode SampleCounting}; of all others a file is one
 * sample, as an image is. Counting happens before a run, outside of every
 * measured time, on threads of its own.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";

/** What the settings say beside the file. */
export interface CountHint {
  /**
   * `dataset.num_samples_per_file` where it was given, else null. Arrays
   * have no axis that is said to be that of samples: one of this length is.
   */
  readonly samplesPerFile: number | null;
  /**
   * Elements of a sample, for files that have no samples themselves.
   * @default {1}
   */
  readonly sampleElements?: number;
}

/** A file beside another one that tells how many samples the other has. */
export interface SampleIndexFile {
  /**
   * Path relative to the dataset folder, given the file's own relative path.
   */
  path(filePath: string): string;
  /**
   * Samples that the index speaks of.
   *
   * @param index The index file.
   * @param fileBytes Length of the file that it should be of.
   * @param hint What the settings say.
   * @returns Null if it is not of such a file: then the next way is used.
   */
  count(
    index: ByteSource,
    fileBytes: number,
    hint?: CountHint,
  ): Awaitable<number | null>;
}

/** How the samples of a file are counted. */
export interface SampleCounting {
  /**
   * How much of a file is read: its head, footer or index, or all of it.
   * Where all is read, what was read may be in the page cache afterwards.
   */
  readonly reads: "head" | "file";
  /**
   * True: files have no samples themselves, so that the number of them
   * depends on how large the settings say one is. @default {false}
   */
  readonly dependsOnSampleSize?: boolean;
  /** Index files, the first that is there and fits counts. Absent: none. */
  readonly indexFiles?: readonly SampleIndexFile[];
  /**
   * Counts the samples of a file.
   *
   * @throws {FormatError} If it is no file of the format, or cannot tell.
   */
  count(source: ByteSource, hint: CountHint): Awaitable<number>;
}

/** A setting of the user's is the length of an axis, or the first axis is. */
export function samplesOfShape(
  shape: readonly number[],
  { samplesPerFile }: Pick<CountHint, "samplesPerFile">,
): number {
  const last = shape.at(-1);
  if (last === undefined) return 1;
  // DLIO has samples along the last axis, nearly everybody else along the
  // first.
  if (samplesPerFile !== null && shape.includes(samplesPerFile)) {
    return samplesPerFile;
  }
  // [height, width, 1]: one sample of DLIO's, or one image of one channel.
  if (shape.length >= 3 && last === 1) return 1;
  return shape[0]!;
}
