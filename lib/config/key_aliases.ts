/**
 * Keys that count under another name.
 *
 * DLIO renamed settings between its releases, and the field's own files put
 * options of an object store one level higher. Each old key sets the setting
 * of today, unless that is set by the same source or a stronger one: then the
 * old key is dropped with a note.
 *
 * Sources: PyPI's dlio-benchmark 2.0.0 (`record_length`, the sizes below
 * `checkpoint`, a model that is only a name), DLIO before 2.0 (batch sizes
 * below `dataset`), https://github.com/mlcommons/storage (the rest).
 */
import type { LayeredValues } from "./layered_values.ts";
import { formatOrigin, type Origin } from "./origins.ts";

interface KeyAlias {
  /** The setting of today. */
  readonly key: string;
  /** The old value in today's words; undefined: it says nothing. */
  readonly translate?: (value: unknown) => unknown;
}

const OPTIONS = "storage.storage_options";
const MODEL_NAME = "model.name";

/** Of two old keys for one setting the first goes first. */
const KEY_ALIASES: ReadonlyMap<string, KeyAlias> = new Map([
  ["model", {
    key: MODEL_NAME,
    // As a map it is the section of today.
    translate: (value: unknown) =>
      typeof value === "string" ? value : undefined,
  }],
  ["model.model_size", { key: "model.model_size_bytes" }],
  ...[
    ["model_size", "model_size_bytes"],
    ["optimization_groups", "optimization_groups"],
    ["num_layers", "num_layers"],
    ["layer_parameters", "layer_parameters"],
    ["tensor_parallelism", "parallelism.tensor"],
    ["pipeline_parallelism", "parallelism.pipeline"],
  ].map(([old, key]) =>
    [`checkpoint.${old}`, { key: `model.${key}` }] as const
  ),
  ...["", "_stdev", "_resize"].map((suffix) =>
    [`dataset.record_length${suffix}`, {
      key: `dataset.record_length_bytes${suffix}`,
    }] as const
  ),
  ...["batch_size", "batch_size_eval", "file_access"].map((name) =>
    [`dataset.${name}`, { key: `reader.${name}` }] as const
  ),
  ["dataset.file_list_train", { key: "dataset.files_train" }],
  ["dataset.file_list_eval", { key: "dataset.files_eval" }],
  ["storage.s3_force_path_style", { key: `${OPTIONS}.s3_force_path_style` }],
  ["storage.endpoint_uris", { key: `${OPTIONS}.endpoint_uris` }],
  ["storage.use_mpi_endpoint_distribution", {
    key: `${OPTIONS}.endpoint_selection`,
    translate: (value: unknown) =>
      /^(true|yes|on)$/i.test(String(value)) ? "per_rank" : undefined,
  }],
  ["storage.load_balance_strategy", {
    key: `${OPTIONS}.endpoint_selection`,
    translate: (value: unknown) =>
      value === "least_connections" ? "least_in_flight" : value,
  }],
]);

/** Sections under another name. */
const SECTION_ALIASES: Readonly<Record<string, string>> = {
  data_reader: "reader",
};

/** A path with its section by its proper name. */
export function canonicalPath(path: string): string {
  const [section = "", ...rest] = path.split(".");
  const canonical = Object.hasOwn(SECTION_ALIASES, section)
    ? SECTION_ALIASES[section]!
    : section;
  return [canonical, ...rest].join(".");
}

/** The setting that an old key sets; undefined if it is no old key. */
export function keyOfToday(path: string): string | undefined {
  const key = KEY_ALIASES.get(path)?.key;
  // Of a section with its old meaning the whole is meant.
  return key?.startsWith(`${path}.`) === true ? undefined : key;
}

/** What an old key did to the setting of today that a map is keyed by. */
interface MovedKey {
  readonly old: string;
  readonly origin: Origin;
  /** Where the value came from that it replaced; null: there was none. */
  readonly replaced: Origin | null;
}

/** Moves the old keys of each source as it is laid over the others. */
export class AliasedKeys {
  readonly #values: LayeredValues;
  readonly #moved = new Map<string, MovedKey>();
  readonly #notes: string[];

  /** @param notes Receives what is said of keys that are dropped. */
  constructor(values: LayeredValues, notes: string[]) {
    this.#values = values;
    this.#notes = notes;
  }

  /** Call after each source, the weakest first. */
  move(): void {
    const values = this.#values;
    for (const [old, { key, translate }] of KEY_ALIASES) {
      const isSection = key.startsWith(`${old}.`);
      if (isSection ? values.at(old) === undefined : !values.has(old)) continue;
      const given = values.value(old);
      const value = translate === undefined ? given : translate(given);
      if (isSection && (value === undefined || value === null)) continue;
      const origin = values.origin(old);
      values.remove(old);
      if (value === undefined || value === null) continue;
      const replaced = values.has(key) ? values.origin(key) : null;
      if (replaced !== null && !isStronger(origin, replaced)) {
        this.#drop(old, origin, key);
        continue;
      }
      values.assign(key, value, () => origin);
      this.#moved.set(key, { old, origin, replaced });
    }
  }

  /** Call when all is laid: a later word may have replaced an earlier one. */
  finish(): void {
    for (const [key, { old, origin, replaced }] of this.#moved) {
      if (!this.#values.has(key)) continue;
      const now = this.#values.origin(key);
      if (now !== origin) {
        if (!isStronger(now, origin)) this.#drop(old, origin, key);
      } else if (replaced !== null && key !== MODEL_NAME) {
        this.#notes.push(
          `${old} (from ${formatOrigin(origin)}) replaces ${key} (from ` +
            `${formatOrigin(replaced)}), which is what it is called today`,
        );
      }
    }
  }

  #drop(old: string, origin: Origin, key: string): void {
    this.#notes.push(
      `${old} (from ${formatOrigin(origin)}) is ignored: ${key} is set too ` +
        `(from ${formatOrigin(this.#values.origin(key))})`,
    );
  }
}

/** The command line goes over files. */
function isStronger(one: Origin, other: Origin): boolean {
  return one.kind === "override" && other.kind !== "override";
}
