/**
 * Keys that published DLIO and MLPerf files carry and that DLIO never reads:
 * accepted with one warning each, so that those files work unchanged.
 *
 * Two such keys are honored by Stoker and therefore not here: `model_size`
 * means `model_size_bytes`, and `read` of a Parquet column means what it says.
 */

/** Each matches the key itself and everything below it. */
const LEGACY_KEY_REGEXPS: readonly RegExp[] = [
  /^hydra$/,
  /^defaults$/,
  /^data_loader$/,
  /^logging$/,
  /^workflow\.debug$/,
  /^train\.batch_size$/,
  /^checkpoint\.(model_size|checkpoint_mechanism)$/,
  /^dataset\.record_length(_stdev|_resize)?$/,
  /^dataset\.storage_\w+$/,
  /^dataset\.file_list_(train|eval)$/,
  /^dataset\.(parquet\.)?read_mode$/,
  /^(dataset|reader)\.listing_threads$/,
];

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

/** A path with its sections and keys by their proper names. */
export function canonicalPath(path: string): string {
  const [section = "", ...rest] = path.split(".");
  const canonical = Object.hasOwn(SECTION_ALIASES, section)
    ? SECTION_ALIASES[section]!
    : section;
  const joined = [canonical, ...rest].join(".");
  return joined === MODEL_SIZE ? MODEL_SIZE_BYTES : joined;
}

/** What shipped files say for {@linkcode MODEL_SIZE_BYTES}. */
export const MODEL_SIZE = "model.model_size";

/** The setting that {@linkcode MODEL_SIZE} stands for. */
export const MODEL_SIZE_BYTES = "model.model_size_bytes";
