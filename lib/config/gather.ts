/**
 * Lays the sources of a workload over each other.
 *
 * Order of work: YAML, then the command line on top, then the environment and
 * `.env` into what is still empty. The result holds only keys that the schema
 * knows, besides what was reported as a problem.
 */
import { ConfigError } from "../errors.ts";
import { didYouMean } from "../bytes/did_you_mean.ts";
import { DISTRIBUTION_KEYS, STDEV_SUFFIX } from "./distribution.ts";
import {
  type Environment,
  ENVIRONMENT_ROWS,
  type EnvironmentRow,
  parseDotenv,
  valueFrom,
} from "./environment_source.ts";
import { isPlainMap, LayeredValues } from "./layered_values.ts";
import {
  canonicalPath,
  KEY_ALIASES,
  legacyKeyOf,
  successorOf,
} from "./legacy_keys.ts";
import { formatOrigin, type Origin } from "./origins.ts";
import type { Override } from "./overrides.ts";
import { maskOverride } from "./secrets.ts";
import { kindNamed } from "../storage/kinds.ts";
import { optionKind, OPTIONS_KEY } from "./option_settings.ts";
import { rowOfPath, SECTIONS, SETTING_ROWS } from "./setting_rows.ts";
import { parseYaml, type YamlText } from "./yaml_source.ts";

/** Everything that a workload is made from. */
export interface WorkloadSources {
  /** The workload file; absent: defaults only. */
  readonly yaml?: YamlText;
  readonly overrides?: readonly Override[];
  /** See `ENVIRONMENT_NAMES` in `environment_source.ts`. */
  readonly environment?: Environment;
  /** Text of the `.env` file. */
  readonly dotenv?: string;
}

/** Texts for the user, collected on the way. */
export interface Findings {
  /** What makes the workload unusable. */
  readonly problems: string[];
  /** What is accepted but should be known. */
  readonly warnings: string[];
}

/**
 * Gathers the values of all sources.
 *
 * @param findings Receives problems and warnings.
 * @param options.allowUnknown Unknown keys are warnings.
 */
export function gatherValues(
  sources: WorkloadSources,
  findings: Findings,
  { allowUnknown = false }: { readonly allowUnknown?: boolean } = {},
): LayeredValues {
  const values = new LayeredValues();
  if (sources.yaml !== undefined) {
    try {
      layYaml(values, sources.yaml);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      findings.problems.push(...error.problems);
    }
  }
  for (const each of sources.overrides ?? []) layOverride(values, each);
  const dotenv = parseDotenv(sources.dotenv ?? "");
  fillFrom(values, sources.environment ?? {}, "environment");
  fillFrom(values, dotenv, "dotenv");
  dropEmptySections(values, findings);
  reportUnknownKeys(values, findings, allowUnknown);
  return values;
}

function layYaml(values: LayeredValues, yaml: YamlText): void {
  const { tree, lineOf } = parseYaml(yaml);
  // Where both names of a section are there, DLIO lets `data_reader` win.
  const names = Object.keys(tree).sort((a, b) =>
    Number(a === "data_reader") - Number(b === "data_reader")
  );
  for (const name of names) {
    const section = canonicalPath(name);
    values.assign(section, tree[name], (path) => ({
      kind: "file",
      path: yaml.path,
      line: lineOf(name + path.slice(section.length)),
    }));
  }
  for (const [alias, key] of KEY_ALIASES) {
    const entry = values.at(alias);
    if (entry === undefined) continue;
    values.remove(alias);
    if (values.has(key)) continue;
    values.assign(key, entry.value, () => entry.origin);
  }
}

function layOverride(values: LayeredValues, override: Override): void {
  const path = canonicalPath(override.path);
  const text = maskOverride(override.text, override.path, override.value);
  if (override.action === "remove") {
    // Removing an unknown key is as wrong as setting one.
    if (rowOfPath(path) === undefined && !SECTIONS.has(path)) {
      values.assign(path, null, () => ({ kind: "override", text }));
    } else {
      values.remove(path);
    }
    return;
  }
  values.assign(path, override.value, () => ({ kind: "override", text }));
}

function fillFrom(
  values: LayeredValues,
  environment: Environment,
  kind: "environment" | "dotenv",
): void {
  for (const row of ENVIRONMENT_ROWS) {
    const value = valueFrom(row, environment);
    if (value === undefined || isSet(values, row.path)) continue;
    if (!isForStorage(row, values)) continue;
    // A map that is null or empty in the file does not keep its keys out.
    values.assign(row.path, value, () => ({ kind, name: row.name }));
  }
}

/**
 * Checkpoints may be in an object store when the data is not; they need its
 * options.
 */
function isForStorage(
  { storageTypes, path }: EnvironmentRow,
  values: LayeredValues,
): boolean {
  if (storageTypes === null) return true;
  const textOf = (key: string) =>
    String(values.has(key) ? values.value(key) : rowOfPath(key)?.fallback);
  const storageType = textOf("storage.storage_type");
  const kind = path.startsWith(`${OPTIONS_KEY}.`)
    ? optionKind(storageType, textOf("checkpoint.checkpoint_folder"))
    : kindNamed(storageType);
  return kind !== undefined && storageTypes.includes(kind.name);
}

/** An explicit null leaves a setting open whose default is null. */
function isSet(values: LayeredValues, path: string): boolean {
  if (!values.has(path)) return false;
  return values.value(path) !== null || rowOfPath(path)?.fallback !== null;
}

/**
 * Removes sections that are no maps. DLIO reads nothing from such a section,
 * and published files have some, so a scalar is a warning and a list an error.
 */
function dropEmptySections(values: LayeredValues, findings: Findings): void {
  for (const [path, { value, origin }] of [...values.entries()]) {
    if (path !== "" && !SECTIONS.has(path)) continue;
    values.remove(path);
    if (value === null || isPlainMap(value)) continue;
    const shown = `${path} = ${JSON.stringify(value)} (from ${
      formatOrigin(origin)
    })`;
    if (Array.isArray(value)) {
      findings.problems.push(`Cannot use ${shown}: it must be a map`);
    } else {
      findings.warnings.push(
        `${shown} is ignored: the section ${path} is a map`,
      );
    }
  }
}

function reportUnknownKeys(
  values: LayeredValues,
  findings: Findings,
  allowUnknown: boolean,
): void {
  const legacy = new Map<string, Origin>();
  for (const [path, { origin }] of [...values.entries()]) {
    if (rowOfPath(path) !== undefined || isStdevKey(path)) continue;
    values.remove(path);
    const legacyKey = legacyKeyOf(path);
    if (legacyKey !== null) {
      if (!legacy.has(legacyKey)) legacy.set(legacyKey, origin);
      continue;
    }
    const from = `${path} (from ${formatOrigin(origin)})`;
    if (allowUnknown) {
      findings.warnings.push(`${from} is ignored: there is no such setting`);
    } else {
      findings.problems.push(
        `Cannot use ${from}: there is no such setting` +
          didYouMean(path, SETTING_ROWS.keys()),
      );
    }
  }
  for (const [key, origin] of legacy) {
    const successor = successorOf(key);
    // A file that sets both needs no hint.
    const hint = successor === undefined || values.has(successor)
      ? ""
      : `; the setting is ${successor}`;
    findings.warnings.push(
      `${key} (from ${formatOrigin(origin)}) is ignored, as in DLIO${hint}`,
    );
  }
}

function isStdevKey(path: string): boolean {
  return DISTRIBUTION_KEYS.some((key) => path === `${key}${STDEV_SUFFIX}`);
}
