/**
 * A resolved workload as text and as plain data, always without secrets.
 */
import { stringify } from "@std/yaml";
import { textTable } from "../bytes/text_table.ts";
import { isPlainMap } from "./layered_values.ts";
import { optionKind, OPTIONS_KEY, optionsOfKind } from "./option_settings.ts";
import { formatOrigin } from "./origins.ts";
import type { ResolvedWorkload } from "./resolve.ts";
import { maskSecrets } from "./secrets.ts";
import { SETTING_ROWS } from "./setting_rows.ts";
import type { Workload } from "./workload.ts";

/** Widest that values make their column, in characters. */
const MAX_VALUE_WIDTH = 32;

/** One value of a resolved workload. */
export interface SettingOrigin {
  /** Dotted key; of options and distributions, that of the part. */
  readonly key: string;
  /** Masked if it is a secret. */
  readonly value: unknown;
  /** See `formatOrigin`. */
  readonly origin: string;
}

/** Plain data that can be shown, logged and saved. */
export function maskedWorkload(workload: Workload): Record<string, unknown> {
  return maskSecrets(workload, "") as Record<string, unknown>;
}

/** The workload as YAML that `stoker` reads back to the same workload. */
export function renderYaml(workload: Workload): string {
  return toYaml(maskedWorkload(workload));
}

/** Every value with its origin, in the order of the schema. */
export function settingOrigins(
  { workload, origins }: Pick<ResolvedWorkload, "workload" | "origins">,
): SettingOrigin[] {
  const masked = maskedWorkload(workload);
  return [...SETTING_ROWS.keys()].flatMap((key) =>
    key === OPTIONS_KEY
      ? optionLeaves(workload, valueBelow(masked, key))
      : leavesOf(valueBelow(masked, key), key)
  ).map(({ key, value, isDefault }) => ({
    key,
    value,
    origin: isDefault === true ? "default" : originText(origins, key),
  }));
}

/** One line per value: key, value, origin, in columns. */
export function renderOrigins(
  resolved: Pick<ResolvedWorkload, "workload" | "origins">,
): string {
  const rows = settingOrigins(resolved).map(({ key, value, origin }) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
    origin,
  ]);
  // One long list must not push every origin off the screen.
  return textTable(rows, { maxWidths: [Infinity, MAX_VALUE_WIDTH] })
    .map((line) => `${line}\n`).join("");
}

function toYaml(value: Record<string, unknown>): string {
  return stringify(value, { lineWidth: -1, useAnchors: false });
}

function valueBelow(tree: Record<string, unknown>, key: string): unknown {
  let node: unknown = tree;
  for (const name of key.split(".")) {
    node = (node as Record<string, unknown>)[name];
  }
  return node;
}

interface Leaf {
  readonly key: string;
  readonly value: unknown;
  /** True: no source gave it, whatever gave what is beside it. */
  readonly isDefault?: boolean;
}

function leavesOf(value: unknown, key: string): Leaf[] {
  if (!isPlainMap(value) || Object.keys(value).length === 0) {
    return [{ key, value }];
  }
  return Object.entries(value).flatMap(([name, each]) =>
    leavesOf(each, `${key}.${name}`)
  );
}

/** Options as they are given, and the defaults of all others. */
function optionLeaves(
  { storage, checkpoint }: Workload,
  given: unknown,
): Leaf[] {
  const kind = optionKind(storage.storage_type, checkpoint.checkpoint_folder);
  const leaves = leavesOf(given, OPTIONS_KEY);
  if (kind === undefined || Object.keys(kind.options).length === 0) {
    return leaves;
  }
  const names = isPlainMap(given) ? Object.keys(given) : [];
  const defaults = [...optionsOfKind(kind)]
    .filter(([name, { option }]) =>
      option.type !== "ignored" && !names.includes(name)
    )
    .map(([, { key, fallback }]): Leaf => ({
      key,
      value: fallback,
      isDefault: true,
    }));
  return names.length === 0 ? defaults : [...leaves, ...defaults];
}

/** The origin of a key, or of the nearest key above that has one. */
function originText(
  origins: ResolvedWorkload["origins"],
  key: string,
): string {
  for (let end = key.length; end > 0; end = key.lastIndexOf(".", end - 1)) {
    const origin = origins.get(key.slice(0, end));
    if (origin !== undefined) return formatOrigin(origin);
  }
  return "default";
}
