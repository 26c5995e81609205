/**
 * Section `reader` (also written `data_reader`): how training reads.
 */
import { z } from "zod";
import { distribution } from "../distribution.ts";
import {
  choice,
  flag,
  optionalText,
  optionalWholeNumber,
  wholeNumber,
  wholeNumberList,
  wholeNumberWithoutDefault,
} from "../setting.ts";
import { elementType } from "./dataset_settings.ts";

const MAX_THREADS = 4096;
/** Of one host: accelerators, or their readers. */
const MAX_WORKERS = 1e6;

function shuffle(help: string) {
  return choice(["off", "seed", "random"], {
    help,
    aliases: { false: "off", none: "off" },
  }).default("off");
}

/** Section `reader`. */
export const readerSettings = z.strictObject({
  data_loader: choice(
    [
      "tensorflow",
      "pytorch",
      "dali",
      "native_dali",
      "synthetic",
      "custom",
      "none",
    ],
    { help: "Loader that is emulated; absent: the framework's own" },
  ),
  batch_size: wholeNumber(1, {
    help: "Samples per step and accelerator in training",
    min: 1,
    max: 1e9,
  }),
  batch_size_eval: wholeNumber(1, {
    help: "Samples per step and accelerator in evaluation",
    min: 1,
    max: 1e9,
  }),
  read_threads: wholeNumberWithoutDefault({
    help: "Reader threads per accelerator; 0: the accelerator reads itself; " +
      "1 means 1. Absent: CPUs per accelerator, at most 8 " +
      "(DLIO_MAX_AUTO_THREADS)",
    min: 0,
    max: MAX_THREADS,
  }),
  write_threads: wholeNumberWithoutDefault({
    help: "Generator threads per accelerator; 1 means 1. Absent: CPUs per " +
      "accelerator, at most 32; s3 and direct_fs: twice as many, at least 8",
    min: 1,
    max: MAX_THREADS,
  }),
  accelerators_per_thread: wholeNumberWithoutDefault({
    help: "Accelerators that one thread emulates; 1: each has its own. " +
      "Absent: 1 where the host has a CPU for each, beyond that so many " +
      "that every CPU has one such thread (Stoker's own)",
    min: 1,
    max: MAX_WORKERS,
  }),
  readers_per_thread: wholeNumberWithoutDefault({
    help: "Readers that one thread serves in turns; 1: each has its own. " +
      "Absent: 1 up to 2 accelerators per CPU, beyond that so many that " +
      "16 threads per CPU read files, or 2 per CPU ask an object store or " +
      "read files with io_engine uring (Stoker's own)",
    min: 1,
    max: MAX_WORKERS,
  }),
  computation_threads: wholeNumber(1, {
    help: "No effect: Stoker decodes nothing on the CPU",
    min: 0,
    max: MAX_THREADS,
  }),
  prefetch_size: wholeNumber(2, {
    help: "Batches that the reader threads of an accelerator may be ahead, " +
      "together; 0: 2 per thread",
    min: 0,
    max: 1e6,
  }),
  broadcast: flag(false, {
    help:
      "true: every accelerator reads all samples, as servers do that load " +
      "the same model; false: they divide them (Stoker's own)",
  }),
  file_shuffle: shuffle(
    "Order of files: off, seed (repeatable from train.seed), random",
  ),
  sample_shuffle: shuffle(
    "Order of samples in a file: off, seed (repeatable), random",
  ),
  shuffle_size: wholeNumber(1024, {
    help: "No effect: a shuffle always covers everything (samples); shards " +
      "have shuffle_buffer_samples",
    min: 1,
  }),
  shuffle_buffer_samples: wholeNumber(1000, {
    help: "Samples of the shuffle buffer of each reader where shards are " +
      "streamed (webdataset), with sample_shuffle; 1: none (Stoker's own)",
    min: 1,
    max: 1e12,
  }),
  shard_cache_folder: optionalText({
    help: "Folder of this host that shards are copied to whole, before their " +
      "samples are read from the copy, as MosaicML Streaming does it (mds); " +
      "null: samples are read where the data is (Stoker's own)",
  }),
  shard_cache_bytes: optionalWholeNumber({
    help: "Bytes that the copies of shard_cache_folder may take together: " +
      "the one that was opened longest ago goes first; null: no limit " +
      "(Stoker's own)",
    min: 1,
    max: 2 ** 53 - 1,
  }),
  shard_cache_predownload: optionalWholeNumber({
    help: "Samples ahead of each reader whose shards are copied; null: 8 " +
      "batches (Stoker's own)",
    min: 0,
    max: 1e12,
  }),
  read_type: choice(["on_demand", "memory"], {
    help: "on_demand: every sample is read from storage when it is needed",
  }).default("on_demand"),
  file_access: choice(["multi", "shared", "collective", "mpio", "posix"], {
    help: "No effect, as in DLIO",
  }).default("multi"),
  transfer_size: optionalWholeNumber({
    help: "Bytes of one read call; null: as large as possible",
    min: 1,
    max: 2 ** 31,
  }),
  io_engine: choice(["sync", "uring", "auto"], {
    help: "How local files are read, generated, and saved and loaded as " +
      "checkpoints: sync: one call after another, as PyTorch's; uring: many " +
      "in flight through io_uring; auto: uring where this host has it, else " +
      "sync. Absent: sync; with O_DIRECT auto, as DLIO's reader has many in " +
      "flight (Stoker's own)",
  }),
  io_depth: optionalWholeNumber({
    help:
      "Reads that each reader, and each thread that loads checkpoints, has " +
      "in flight with io_engine uring; at most as many writes has each " +
      "thread that writes. null: with O_DIRECT what the device's queue takes, " +
      "divided among the threads that share it, 4 to 64; 64 where Linux knows " +
      "no queue, and through the page cache (Stoker's own)",
    min: 1,
    max: 1024,
  }),
  odirect: flag(false, {
    help: "Read, generate and checkpoint with O_DIRECT, around the page " +
      "cache (files)",
  }),
  preprocess_time: distribution({
    help: "Emulated preprocessing per sample in the reader thread (s)",
  }),
  pin_memory: flag(true, { help: "No effect: there is no GPU memory" }),
  multiprocessing_context: choice(["spawn", "fork", "forkserver"], {
    help: "No effect: readers are threads",
    aliases: { null: "spawn" },
  }).default("spawn"),
  dont_use_mmap: flag(false, { help: "No effect: DALI only" }),
  transformed_record_dims: wholeNumberList({
    help: "No effect: shape of DLIO's in-memory sample",
    min: 1,
  }),
  transformed_record_element_type: elementType(
    "No effect: element type of DLIO's in-memory sample",
  ),
  reader_classname: optionalText({ help: "Python plug-in; not possible" }),
  data_loader_classname: optionalText({ help: "Python plug-in; not possible" }),
  data_loader_sampler: choice(["none", "iterative", "index"], {
    help: "No effect: Stoker's order is that of index sampling",
    aliases: { null: "none" },
  }).default("none"),
});
