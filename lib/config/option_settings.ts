/**
 * The option rows of each kind of storage as settings, below
 * `storage.storage_options`.
 *
 * Which options there are depends on `storage.storage_type`: see
 * {@linkcode optionKind}.
 */
import { z } from "zod";
import { ALL_KINDS, checkpointKind, kindNamed } from "../storage/kinds.ts";
import type { OptionRow } from "../storage/option_row.ts";
import type { StorageKind } from "../storage/storage.ts";
import {
  byteCount,
  choice,
  flag,
  optionalFlag,
  optionalText,
  optionalWholeNumber,
  secondCount,
  text,
  textList,
  wholeNumber,
} from "./setting.ts";
import { rowOf, type SettingRow } from "./setting_rows.ts";

/** The setting that options are below. */
export const OPTIONS_KEY = "storage.storage_options";

/** An option of one kind of storage. */
export interface OptionSetting extends SettingRow {
  readonly option: OptionRow;
}

/** An option as all kinds have it. */
export interface SharedOption {
  readonly key: string;
  readonly name: string;
  /** Kinds that have it; more than one only if they say the same of it. */
  readonly kinds: readonly string[];
  readonly setting: OptionSetting;
}

const SETTINGS: ReadonlyMap<StorageKind, ReadonlyMap<string, OptionSetting>> =
  new Map(ALL_KINDS.map((kind) => [kind, settingsOf(kind)]));

/** Options of all kinds, by name; of one name as many as kinds differ in. */
export const ALL_OPTIONS: readonly SharedOption[] = sharedOptions();

/**
 * The kind whose options are in force: that of the data, or that of the
 * checkpoints where the data is on files and they are not.
 *
 * @param storageType `storage.storage_type` in any of its spellings.
 * @param checkpointFolder `checkpoint.checkpoint_folder`.
 * @returns Undefined if there is no such kind.
 */
export function optionKind(
  storageType: string,
  checkpointFolder: string,
): StorageKind | undefined {
  return checkpointKind(kindNamed(storageType), checkpointFolder);
}

/** The options of a kind by their names. */
export function optionsOfKind(
  kind: StorageKind,
): ReadonlyMap<string, OptionSetting> {
  return SETTINGS.get(kind) ?? new Map();
}

/**
 * What an option's spelling means, for its schema to check.
 *
 * @returns Null if it is as good as not given.
 */
export function spelledOption({ type }: OptionRow, value: unknown): unknown {
  if (value === null || value === "") return null;
  if (type === "texts" && typeof value === "string") {
    const texts = value.split(",").map((each) => each.trim());
    return texts.filter((each) => each !== "");
  }
  if (type === "flag" && /^[01]$/.test(String(value))) {
    return String(value) === "1";
  }
  return type === "text" && typeof value === "string" ? value.trim() : value;
}

function settingsOf(
  { name: kind, options }: StorageKind,
): ReadonlyMap<string, OptionSetting> {
  return new Map(
    Object.entries(options).map(([name, option]) => {
      if (!/^[a-z][a-z0-9_]*$/.test(name)) {
        throw new Error(`${kind}: option "${name}" must be of a-z, 0-9, _`);
      }
      const row = rowOf(`${OPTIONS_KEY}.${name}`, schemaOf(option));
      return [name, { ...row, fallback: option.fallback, option }];
    }),
  );
}

function schemaOf(option: OptionRow): z.ZodType {
  const { help } = option;
  switch (option.type) {
    case "text":
      return option.fallback === null
        ? optionalText({ help })
        : text(option.fallback, { help });
    case "texts":
      return textList({ help });
    case "flag":
      return option.fallback === null
        ? optionalFlag({ help })
        : flag(option.fallback, { help });
    case "count":
      return option.fallback === null
        ? optionalWholeNumber(option)
        : wholeNumber(option.fallback, option);
    case "bytes":
      return option.fallback === null
        ? optionalWholeNumber(option)
        : byteCount(option.fallback, option);
    case "seconds":
      return secondCount(option.fallback, option);
    case "choice":
      return choice(option.words, { help }).default(option.fallback);
    case "ignored":
      return z.unknown().meta({ description: help });
  }
}

function sharedOptions(): SharedOption[] {
  const shared = new Map<string, { kinds: string[]; setting: OptionSetting }>();
  for (const kind of ALL_KINDS) {
    for (const [name, setting] of optionsOfKind(kind)) {
      const identity = `${name} ${JSON.stringify(setting.option)}`;
      const known = shared.get(identity);
      if (known === undefined) {
        shared.set(identity, { kinds: [kind.name], setting });
      } else known.kinds.push(kind.name);
    }
  }
  return [...shared.values()].map(({ kinds, setting }) => ({
    key: setting.key,
    name: setting.key.slice(OPTIONS_KEY.length + 1),
    kinds,
    setting,
  }));
}
