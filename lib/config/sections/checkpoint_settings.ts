/**
 * Section `checkpoint`: when and how the model's state is saved.
 */
import { z } from "zod";
import {
  byteCount,
  choice,
  flag,
  folder,
  optionalText,
  realNumber,
  secondCount,
  wholeNumber,
} from "../setting.ts";

/** `checkpoint.ksm`: no effect, as in DLIO, which holds no tensors either. */
const ksmSettings = z.strictObject({
  madv_mergeable_id: wholeNumber(12, { help: "madvise number", min: 0 }),
  high_ram_trigger: realNumber(30, { help: "Percent", min: 0, max: 100 }),
  low_ram_exit: realNumber(15, { help: "Percent", min: 0, max: 100 }),
  await_time: secondCount(200, { help: "Longest wait (s)", min: 0 }),
});

/** Section `checkpoint`. */
export const checkpointSettings = z.strictObject({
  checkpoint_folder: folder("./checkpoints/", {
    help: "Folder or key prefix of checkpoints",
  }),
  checkpoint_after_epoch: wholeNumber(1, {
    help: "First epoch that is followed by a checkpoint; >= 1 where it counts",
    min: -1,
  }),
  epochs_between_checkpoints: wholeNumber(1, {
    help: "Epochs from one checkpoint to the next; >= 1 where it counts",
    min: -1,
  }),
  steps_between_checkpoints: wholeNumber(-1, {
    help: "Steps from one checkpoint to the next, instead of epochs; -1: none",
    min: -1,
  }),
  type: choice(["rank_zero", "all_ranks"], {
    help: "Who writes the state of a model without layers",
  }).default("rank_zero"),
  mode: choice(["default", "subset"], {
    help: "subset: fewer accelerators than the model needs write their share",
  }).default("default"),
  fsync: flag(false, { help: "fsync each file inside the measured time" }),
  recovery_rank_shift: flag(false, {
    help: "Load what another host's rank saved",
  }),
  rank_sync: flag(false, { help: "Barrier inside the measured time" }),
  time_between_checkpoints: secondCount(-1, {
    help: "Wait before each save and load (s); -1: none",
    min: -1,
  }),
  num_checkpoints_write: wholeNumber(-1, {
    help: "Checkpoints to write without training; <= 0: none",
    min: -1,
  }),
  num_checkpoints_read: wholeNumber(-1, {
    help: "Checkpoints to read without training; <= 0: none",
    min: -1,
  }),
  randomize_tensor: flag(true, {
    help: "false: constant bytes instead of random ones",
  }),
  container: choice(["raw", "safetensors"], {
    help: "raw: bare bytes, as DLIO; safetensors: a file that other tools open",
  }).default("raw"),
  chunk_size: byteCount(4 * 1024 * 1024, {
    help: "Bytes of one read or write",
    min: 4096,
    max: 1024 * 1024 * 1024,
  }),
  threads: wholeNumber(-1, {
    help: "Ranks that are saved or loaded at a time, each by a thread of " +
      "about 12 MiB; <= 0: up to 8, or 6 of more than 256",
    min: -1,
    max: 1024,
  }),
  read_threads: wholeNumber(-1, {
    help: "Threads that load one rank together, each a part of every file; " +
      "<= 0: up to 4 while all ranks need no more than 8 threads. Object " +
      "stores: 1, with storage_options.range_gets_in_flight (4) GETs of " +
      "multipart_part_size in flight",
    min: -1,
    max: 64,
  }),
  scale: realNumber(1, {
    help: "Factor on every file's length, rounded up; only 1 is admissible",
    min: 1e-12,
    max: 1,
  }),
  keep_checkpoints: wholeNumber(-1, {
    help: "Newest checkpoints of the run to keep, older ones are removed; " +
      "-1: all",
    min: -1,
  }),
  verify: flag(false, {
    help: "Compare every byte that is loaded with what was saved",
  }),
  checkpoint_mechanism_classname: optionalText({
    help: "Python plug-in; not possible",
  }),
  ksm: ksmSettings.nullable().default(null).meta({
    description: "No effect: no tensor is held in memory",
  }),
});
