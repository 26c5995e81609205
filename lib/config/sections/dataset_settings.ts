/**
 * Section `dataset`: what is in storage. Names and defaults are DLIO's;
 * `seed`, `dedupe_ratio` and `compress_ratio` are Stoker's.
 */
import { z } from "zod";
import { fileCount } from "../file_count.ts";
import { sampleCount } from "../sample_count.ts";
import { FORMATS } from "../../formats/registry.ts";
import {
  asWords,
  byteCount,
  choice,
  flag,
  folder,
  meanByteCount,
  optionalText,
  pathText,
  realNumber,
  textList,
  wholeNumber,
  wholeNumberList,
} from "../setting.ts";
import { parquetColumns } from "./parquet_columns.ts";

/** Numbers of files beyond which a plan would not fit into 2^53 samples. */
const MAX_FILES = 1e12;

/** Row limit of one file that keeps sample numbers exact. */
const MAX_SAMPLES = 1e12;

const ELEMENT_TYPES = [
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "int8",
  "int16",
  "int32",
  "int64",
  "float16",
  "float32",
  "float64",
] as const;

/** `record_element_type` and its like: a NumPy type name. */
export function elementType(help: string) {
  return choice(ELEMENT_TYPES, { help }).default("uint8");
}

/** `dataset.parquet`. */
const parquetSettings = z.strictObject({
  columns: parquetColumns({
    help: "Columns as {name, dtype, size, read}; empty: one column of bytes. " +
      "read: false leaves the column out of training reads",
  }),
  row_group_size: wholeNumber(1024, {
    help: "Rows per row group",
    min: 1,
    max: MAX_SAMPLES,
  }),
  partition_by: optionalText({
    help: "Column of integers, strings or booleans whose values become " +
      "folders: file i of a split is in partition i mod 256 (int8: 128, " +
      "bool: 2) and does not contain the column; null: none",
  }),
  generation_batch_size: wholeNumber(0, {
    help: "Rows of one write while generating; 0: row_group_size",
    min: -1,
    max: MAX_SAMPLES,
  }),
  decode: flag(false, {
    help: "true: batches are decoded in the reader thread, which counts as " +
      "load time (Stoker's own)",
  }),
  use_s3dlio_gen: flag(false, {
    help: "No effect: s3dlio's generator; Stoker always uses its own",
  }),
});

/** `dataset.hdf5`. */
const hdf5Settings = z.strictObject({
  chunk_dims: wholeNumberList({
    help: "Chunk shape in elements; empty: contiguous",
    min: 1,
  }),
  num_dset_per_record: wholeNumber(1, {
    help: "HDF5 datasets that a record is split into; needs record_dims",
    min: 1,
    max: 65536,
  }),
  max_shape: wholeNumberList({
    help: "Largest shape in elements; empty: the shape itself",
    min: -1,
  }),
});

/** Section `dataset`. */
export const datasetSettings = z.strictObject({
  format: choice(asWords(Object.keys(FORMATS)), { help: "File format" })
    .default("tfrecord"),
  format_module: optionalText({
    help: "JavaScript or TypeScript module that exports a format, which " +
      "replaces dataset.format; relative to the workload file, or to the " +
      "working directory (Stoker's own)",
  }),
  data_folder: folder("./data/", { help: "Folder or key prefix of the data" }),
  file_prefix: pathText("img", {
    help: "First part of every file name; may have folders, none leads up",
  }),
  num_files_train: fileCount(8, {
    help: "Files for training; all: those that are there, which holds where " +
      "a run generates nothing and no number is given",
    max: MAX_FILES,
  }),
  num_files_eval: fileCount(0, {
    help: "Files for evaluation; all: as for training",
    max: MAX_FILES,
  }),
  files_train: textList({
    help: "Files for training in a dataset that is there: patterns such as " +
      "shards/**/*.tar, paths, or @FILE with one path a line, all below " +
      "data_folder; empty: they are looked for (Stoker's own)",
  }),
  files_eval: textList({
    help: "The same for evaluation (Stoker's own)",
  }),
  num_samples_per_file: sampleCount(1, {
    help: "Samples in each file; auto: as many as each holds, which is " +
      "counted before a run and holds where a run generates nothing and no " +
      "number is given",
    max: MAX_SAMPLES,
  }),
  num_subfolders_train: wholeNumber(0, {
    help: "Sub-folders that training files are spread over; 0: none",
    min: 0,
    max: 1e6,
  }),
  num_subfolders_eval: wholeNumber(0, {
    help: "Sub-folders that evaluation files are spread over; 0: none",
    min: 0,
    max: 1e6,
  }),
  record_length_bytes: meanByteCount(65536, {
    help: "Mean size of one sample in bytes; record_dims replaces it",
    min: 1,
    max: 2 ** 50,
  }),
  record_length_bytes_stdev: meanByteCount(0, {
    help: "Standard deviation of the sample size in bytes",
    min: 0,
    max: 2 ** 50,
  }),
  record_length_bytes_resize: meanByteCount(0, {
    help: "Size of a sample in memory after decoding, in bytes; 0: as read",
    min: 0,
    max: 2 ** 50,
  }),
  record_dims: wholeNumberList({
    help: "Shape of one sample in elements; empty: from record_length_bytes",
    min: 1,
  }),
  record_element_type: elementType("Element type of a sample"),
  record_element_bytes: wholeNumber(4, {
    help: "No effect, as in DLIO: record_element_type decides",
    min: 1,
  }),
  seed: wholeNumber(10, {
    help: "Seed of the data's random bytes and sizes (Stoker's own)",
    min: 0,
  }),
  dedupe_ratio: realNumber(1, {
    help: "Logical bytes per byte left after deduplication (Stoker's own)",
    min: 1,
    max: 1e6,
  }),
  compress_ratio: realNumber(1, {
    help: "Logical bytes per byte left after compression (Stoker's own)",
    min: 1,
    max: 1e6,
  }),
  compression: choice(
    ["none", "gzip", "lzf", "bz2", "zip", "xz", "snappy", "zstd", "lz4"],
    {
      help: "Codec of the files, where their format has one",
      aliases: { off: "none", false: "none", null: "none" },
    },
  ).default("none"),
  compression_level: wholeNumber(4, {
    help: "Level of the codec",
    min: 0,
    max: 22,
  }),
  enable_chunking: flag(false, {
    help: "No effect, as in DLIO: hdf5.chunk_dims decides",
  }),
  chunk_size: byteCount(0, {
    help: "No effect, as in DLIO: hdf5.chunk_dims decides",
    min: 0,
  }),
  generation_buffer_size: byteCount(2 * 2 ** 30, {
    help: "No effect: files are written in constant memory (bytes)",
    min: 1,
  }),
  keep_files: flag(true, {
    help: "false: the files that the manifest lists are deleted at the end",
  }),
  data_gen_method: optionalText({
    help: "No effect: DLIO's dgen or numpy; Stoker has its own generator",
  }),
  skip_listing: flag(false, {
    help: "true: file names are computed instead of listed; with a manifest " +
      "they always are",
  }),
  listing_validation_interval: wholeNumber(1000, {
    help: "Where names are computed, one of so many files is checked to " +
      "exist, at least 64 files; 0: none",
    min: 0,
  }),
  parquet: parquetSettings,
  hdf5: hdf5Settings,
});
