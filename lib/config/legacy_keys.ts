/**
 * Keys that published DLIO and MLPerf files carry and that DLIO never reads:
 * accepted with one warning each, so that those files work unchanged.
 *
 * Keys that count under another name are in `key_aliases.ts`. `read` of a
 * Parquet column means what it says, which DLIO ignores.
 */

/** Each matches the key itself and everything below it. */
const LEGACY_KEY_REGEXPS: readonly RegExp[] = [
  /^hydra$/,
  /^defaults$/,
  /^data_loader$/,
  /^logging$/,
  /^workflow\.(debug|do_eval)$/,
  /^train\.(batch_size|total_eval_steps)$/,
  /^evaluation\.steps_between_evals$/,
  /^checkpoint\.(checkpoint_mechanism|num_checkpoints|recovery_after_steps)$/,
  /^dataset\.storage_\w+$/,
  /^dataset\.eval_num_samples_per_file$/,
  /^dataset\.(parquet\.)?read_mode$/,
  /^(dataset|reader)\.listing_threads$/,
  // Files of the field that choose a client library of an object store.
  /^reader\.(shuffle|seed|data_loader_root|checkpoint_folder)$/,
  /^reader\.storage_\w+$/,
  /^generator$/,
];

/** Where what a legacy key says belongs today. */
const SUCCESSORS: Readonly<Record<string, string>> = {
  "checkpoint.num_checkpoints": "checkpoint.num_checkpoints_write",
  "reader.shuffle": "reader.file_shuffle",
  "reader.seed": "train.seed",
  "reader.data_loader_root": "dataset.data_folder",
  "reader.storage_root": "storage.storage_root",
  "reader.storage_type": "storage.storage_type",
  "reader.storage_options": "storage.storage_options",
  "reader.storage_library": "storage.storage_library",
  "reader.checkpoint_folder": "checkpoint.checkpoint_folder",
  "train.batch_size": "reader.batch_size",
  "workflow.do_eval": "workflow.evaluation",
};

/**
 * The legacy key that a path is or lies below.
 *
 * @returns The key, or null if the path is none of them.
 */
export function legacyKeyOf(path: string): string | null {
  const keys = path.split(".");
  for (let length = 1; length <= keys.length; length++) {
    const key = keys.slice(0, length).join(".");
    if (LEGACY_KEY_REGEXPS.some((each) => each.test(key))) return key;
  }
  return null;
}

/** The setting that takes the place of a legacy key; undefined if none. */
export function successorOf(legacyKey: string): string | undefined {
  return Object.hasOwn(SUCCESSORS, legacyKey)
    ? SUCCESSORS[legacyKey]
    : undefined;
}
