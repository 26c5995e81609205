/**
 * Keys that published DLIO and MLPerf files carry and that DLIO never reads:
 * accepted with one warning each, so that those files work unchanged.
 *
 * Some such keys are honored by Stoker and therefore not here: those of
 * `KEY_ALIASES`, and `read` of a Parquet column, which means what it says.
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
  /^checkpoint\.(model_size|checkpoint_mechanism)$/,
  /^dataset\.record_length(_stdev|_resize)?$/,
  /^dataset\.storage_\w+$/,
  /^dataset\.eval_num_samples_per_file$/,
  /^dataset\.(parquet\.)?read_mode$/,
  /^(dataset|reader)\.listing_threads$/,
];

/** Where what a legacy key says belongs today. */
const SUCCESSORS: Readonly<Record<string, string>> = {
  "checkpoint.model_size": "model.model_size_bytes",
  "dataset.record_length": "dataset.record_length_bytes",
  "dataset.record_length_stdev": "dataset.record_length_bytes_stdev",
  "dataset.record_length_resize": "dataset.record_length_bytes_resize",
  "train.batch_size": "reader.batch_size",
  "workflow.do_eval": "workflow.evaluation",
};

/** Sections under another name. */
const SECTION_ALIASES: Readonly<Record<string, string>> = {
  data_reader: "reader",
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

/** A path with its sections and keys by their proper names. */
export function canonicalPath(path: string): string {
  const [section = "", ...rest] = path.split(".");
  const canonical = Object.hasOwn(SECTION_ALIASES, section)
    ? SECTION_ALIASES[section]!
    : section;
  const joined = [canonical, ...rest].join(".");
  return KEY_ALIASES.get(joined) ?? joined;
}

/** What shipped files say for {@linkcode MODEL_SIZE_BYTES}. */
export const MODEL_SIZE = "model.model_size";

/** The setting that {@linkcode MODEL_SIZE} stands for. */
export const MODEL_SIZE_BYTES = "model.model_size_bytes";

/**
 * Keys under another name: what shipped files say → the setting. The lists of
 * files are those of DLIO's first versions.
 */
export const KEY_ALIASES: ReadonlyMap<string, string> = new Map([
  [MODEL_SIZE, MODEL_SIZE_BYTES],
  ["dataset.file_list_train", "dataset.files_train"],
  ["dataset.file_list_eval", "dataset.files_eval"],
]);
