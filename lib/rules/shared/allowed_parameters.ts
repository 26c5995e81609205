/**
 * Settings of training that a submission may change (rules 3.6.2, 3.6.3), and
 * those that the field's tool writes into every run by itself.
 */

/** What CLOSED may change. */
export const CLOSED_PARAMETERS: readonly string[] = [
  "dataset.num_files_train",
  "dataset.num_subfolders_train",
  "dataset.data_folder",
  "reader.read_threads",
  "reader.computation_threads",
  "reader.transfer_size",
  "reader.prefetch_size",
  "reader.odirect",
  "checkpoint.checkpoint_folder",
  "storage.storage_root",
  "storage.storage_type",
  "storage.storage_options.prefetch_window",
];

/** What OPEN may change beside these. */
export const OPEN_PARAMETERS: readonly string[] = [
  "framework",
  "dataset.format",
  "dataset.num_samples_per_file",
  "reader.data_loader",
];

/** What the tool itself writes. */
export const TOOL_PARAMETERS: readonly string[] = [
  "dataset.skip_listing",
  "dataset.listing_validation_interval",
  "dataset.num_files_generated",
  "dataset.total_disk_bytes",
  "storage.storage_options.storage_library",
  "storage.storage_options.uri_scheme",
  "storage.s3_force_path_style",
  "storage.storage_library",
];
