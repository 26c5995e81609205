/**
 * The Format seam: what a file format knows.
 *
 * A format turns a {@linkcode FileSpec} into bytes and says which bytes a
 * sample needs. It sees bytes and ranges only: never a path of its own
 * making, never storage, settings or Deno's file APIs. Everything here is a
 * pure function of its arguments, so two hosts make the same file and a test
 * can compare plans by value.
 *
 * Adding a format: one file that exports a {@linkcode Format}, one line in
 * `registry.ts`.
 */
import type { Awaitable } from "../bytes/awaitable.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import type { RandomSource } from "../random/random_source.ts";
import type { RangeList } from "../bytes/range_list.ts";
import type { SampleCounting } from "./counting/sample_counting.ts";
import type { FileInside } from "./inside/file_inside.ts";

/** NumPy's names of the element types that a record can have. */
export type ElementType =
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "float16"
  | "float32"
  | "float64";

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

/** One Parquet column, as `dataset.parquet.columns` gives it. */
export interface ParquetColumn {
  readonly name: string;
  readonly dtype: string;
  readonly size: number;
  /** False where training does not read the column. */
  readonly read: boolean;
}

/** What is the same for every file of a dataset: plain, frozen data. */
export interface DatasetSpec {
  /** An older DLIO that is to read the files; absent: those of today. */
  readonly dlioCompat?: "2.0.0";
  readonly seed: number;
  readonly elementType: ElementType;
  readonly samplesPerFile: number;
  /** "none" or the format's own codec name. */
  readonly compression: string;
  readonly compressionLevel: number;
  /** Bytes of logical data per byte left after deduplication; 1 = unique. */
  readonly dedupeRatio: number;
  /** Bytes of logical data per byte left after compression; 1 = random. */
  readonly compressRatio: number;
  readonly hdf5: {
    readonly chunkDims: readonly number[];
    readonly datasetsPerRecord: number;
    readonly maxShape: readonly number[];
  };
  readonly parquet: {
    readonly columns: readonly ParquetColumn[];
    readonly rowGroupRows: number;
    /** Rows of one write; a row group never spans two. */
    readonly generationBatchRows: number;
    readonly partitionBy: string | null;
    /** True: batches are decoded, and that is charged to load time. */
    readonly decode: boolean;
  };
  readonly arrow: ArrowSettings;
  readonly megatron: MegatronSettings;
}

/** `dataset.megatron`, as far as files depend on it. */
export interface MegatronSettings {
  /** Mean tokens of a document. */
  readonly documentLength: number;
  /** Standard deviation of that; 0: all documents have the mean. */
  readonly documentLengthStdev: number;
}

/** `dataset.arrow`. */
export interface ArrowSettings {
  /** True: a stream, without a footer. */
  readonly isStream: boolean;
  /** Rows of a record batch. */
  readonly batchRows: number;
}

/** One file of a dataset: plain data. */
export interface FileSpec {
  readonly dataset: DatasetSpec;
  /** Index over training files, then evaluation files: the random stream. */
  readonly fileIndex: number;
  /**
   * Dimensions of one sample in elements: [height, width] as drawn, or
   * `record_dims` of any rank.
   */
  readonly sampleDims: readonly number[];
}

/** What an encoder works with. */
export interface EncodeTools {
  readonly random: RandomSource;
  /**
   * Page-aligned work buffer in the random source's arena; its length is a
   * multiple of the page size, 64 KiB or more.
   */
  readonly pages: Uint8Array;
}

/** A second file that belongs to one, such as an index. */
export interface CompanionFile {
  /**
   * Path relative to the dataset folder, given the file's own relative path
   * ("train/1/img_03_of_64.tfrecord").
   */
  path(filePath: string): string;
  encode(spec: FileSpec, tools: EncodeTools): Iterable<Uint8Array>;
}

/** A file of a split, for a list of them. */
export interface SplitEntry {
  /** Relative to the split's folder: "1/img_03_of_64.mds". */
  readonly path: string;
  readonly spec: FileSpec;
}

/** A file that each split has once, such as a list of its shards. */
export interface SplitFile {
  /** In the split's folder. */
  readonly name: string;
  /** As {@linkcode Format.encode}; memory must not grow with the files. */
  encode(
    files: Iterable<SplitEntry>,
    tools: EncodeTools,
  ): Iterable<Uint8Array>;
}

/** What is known of an opened file beyond its length; the format's own. */
export type FileIndex = object;

/** How a file's samples are fetched. */
export type Reading =
  /** Nothing is read. */
  | "nothing"
  /** The whole file, with the first batch that needs a sample of it. */
  | "whole_file"
  /**
   * Ranges, front to back: samples are reached through what comes before or
   * in groups, so a shuffle inside the file does not change what is read.
   */
  | "stream"
  /**
   * As "stream", but a file is a shard: one reader alone reads it, all of it,
   * in large pieces, and mixes samples in a buffer of its own.
   */
  | "shard"
  /** The ranges of each sample, in any order. */
  | "samples";

/** A file format. */
export interface Format {
  /** DLIO's name of it, which is also the file name extension. */
  readonly name: string;
  /**
   * The extension where it is not the name: a reader may need it to see that
   * a file is compressed. See {@linkcode fileExtension}.
   */
  readonly extension?: (compression: string) => string;
  /**
   * Further endings that such files have elsewhere, without their first dot:
   * datasets that others made are found by these too. Absent: none.
   */
  readonly endings?: readonly string[];
  /**
   * True: every file of a folder is one, whatever its ending, or without one.
   * @default {false}
   */
  readonly anyEnding?: boolean;
  /**
   * True: elsewhere such files may also have no ending at all, as shards
   * called `train-00000-of-00004`. @default {false}
   */
  readonly hasShardsWithoutEnding?: boolean;
  /**
   * Folders that the files of a split are in by turns, such as partitions:
   * file i of the split is in folder i mod count, below the split's folder
   * and sub-folder. None, or absent: they are in those themselves.
   */
  readonly folders?: (dataset: DatasetSpec) => readonly string[];
  readonly reading: Reading;
  /**
   * How the samples of a file that others made are counted; absent: a file
   * is one sample.
   */
  readonly counting?: SampleCounting;
  /**
   * Lengths of a sample's axes that `stoker inspect` takes where the settings
   * say none and the files do not either, see
   * {@linkcode SampleCounting.dependsOnSampleSize}.
   */
  readonly usualSampleDims?: readonly number[];
  /**
   * Looks into a file, for `stoker inspect`; loads what that takes when it is
   * called. Absent: there is nothing to tell but its length.
   *
   * @param index The file of {@linkcode Format.indexPath}, where the format
   *   has that.
   * @throws {FormatError} If it is no file of the format.
   */
  inside?(source: ByteSource, index?: ByteSource): Promise<FileInside>;
  /**
   * True if a plain file is not its random stream in one piece: the format's
   * own bytes stand within, so that equal parts of streams are not equal
   * blocks of files.
   */
  readonly isInterleaved?: boolean;
  /** Codec names that `dataset.compression` may have, beside "none". */
  readonly codecs: readonly string[];

  /**
   * Says what keeps the format from making such a file.
   *
   * @returns One sentence per problem; none if the file can be made.
   */
  problems(spec: FileSpec): string[];

  /**
   * Exact length of the file.
   *
   * @returns Bytes, or null where only encoding shows it (compressed): for
   *   every file of a dataset or for none.
   */
  fileBytes(spec: FileSpec): number | null;

  /**
   * The file's bytes in order.
   *
   * Every chunk but the last fills `tools.pages`, so that storage with
   * alignment or part rules can send it as it is. A chunk is valid until the
   * next one is requested. No more memory than `tools.pages` and a fixed
   * amount, however long the file.
   */
  encode(spec: FileSpec, tools: EncodeTools): Iterable<Uint8Array>;

  /** Further files written with this one. */
  readonly companions?: readonly CompanionFile[];

  /** Further files of each split, for other loaders: no run reads them. */
  readonly splitFiles?: readonly SplitFile[];

  /**
   * Loads what reading this dataset takes, such as a decoder: once per
   * reader, before the clock runs. Afterwards {@linkcode Format.open} and
   * {@linkcode Format.decode} answer at once wherever the storage does.
   */
  prepare?(dataset: DatasetSpec): Awaitable<void>;

  /**
   * Path of a file that tells where the samples of another are, given the
   * other's own path. Absent: files tell it themselves.
   */
  indexPath?(path: string): string;

  /**
   * Reads what is needed to find samples: footer, index, first header.
   * Formats whose reading is "stream", "shard" or "samples" have it. Answers
   * at once where the source does.
   *
   * @param index The file of {@linkcode Format.indexPath}, where the format
   *   has that.
   * @throws {FormatError} If the file breaks the format's rules.
   */
  open?(
    source: ByteSource,
    spec: FileSpec,
    index?: ByteSource,
  ): Awaitable<FileIndex>;

  /**
   * Adds the byte ranges of samples [first, first + count) of a file.
   * Formats whose reading is "stream", "shard" or "samples" have it. Pure;
   * allocates nothing.
   *
   * @param continues True if the same reader has read the samples just before
   *   `first`: a unit such as a row group that began there is not read again.
   */
  ranges?(
    index: FileIndex,
    first: number,
    count: number,
    continues: boolean,
    ranges: RangeList,
  ): void;

  /**
   * Decodes what {@linkcode Format.ranges} of the same samples named, as a
   * loader's CPU would; its time belongs to load time. Only formats that can
   * decode (`dataset.parquet.decode`) have it; does nothing for an index that
   * was opened without decoding.
   *
   * @param bytes The bytes of `ranges`, one range after another.
   * @returns Samples decoded.
   * @throws {FormatError} If they cannot be decoded.
   */
  decode?(
    index: FileIndex,
    first: number,
    count: number,
    continues: boolean,
    ranges: RangeList,
    bytes: Uint8Array,
  ): number;
}

/** File name extension of a format's files, without its first dot. */
export function fileExtension(format: Format, compression: string): string {
  return format.extension?.(compression) ?? format.name;
}

/** Elements in one sample. */
export function sampleElementCount(spec: FileSpec): number {
  let count = 1;
  for (const dim of spec.sampleDims) count *= dim;
  return count;
}

/** Bytes of one sample as an array in memory. */
export function sampleBytes(spec: FileSpec): number {
  return sampleElementCount(spec) * ELEMENT_BYTES[spec.dataset.elementType];
}
