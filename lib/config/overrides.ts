/**
 * Settings on the command line, in Stoker's and in DLIO's spelling.
 *
 *    section.key=value              Stoker
 *    workload.section.key=value     DLIO: set
 *    +workload…  ++workload…        DLIO: add, force; mean the same here
 *    ~workload.section.key          DLIO: back to the default
 *    workload=NAME                  which workload
 *    [++]hydra.run.dir=DIR          results folder
 *    [++]hydra.output_subdir=NAME   where in it the configuration is saved
 *    --config-dir DIR, --config-dir=DIR
 */
import { relativePathRule } from "../bytes/path_rules.ts";
import { ConfigError } from "../errors.ts";
import { parseHydraValue } from "./hydra_value.ts";
import { MASK, speaksOfSecret } from "./secret_words.ts";

/** One setting given on the command line. */
export interface Override {
  readonly action: "set" | "remove";
  /** Dotted path without the leading `workload`. */
  readonly path: string;
  /** Undefined where the action is "remove". */
  readonly value: unknown;
  /** The word as typed. */
  readonly text: string;
}

/** What one word of the command line sets. */
export type ParsedOverride =
  | { readonly kind: "setting"; readonly override: Override }
  | { readonly kind: "workload"; readonly name: string }
  | { readonly kind: "run_dir"; readonly folder: string }
  | { readonly kind: "output_subdir"; readonly name: string };

/** Everything that a list of words sets. */
export interface ParsedOverrides {
  readonly overrides: readonly Override[];
  readonly workloadName: string | null;
  readonly configDir: string | null;
  readonly runDir: string | null;
  readonly outputSubdir: string | null;
  /** Words that are no override, in their order. */
  readonly rest: readonly string[];
}

const OVERRIDE_REGEXP = /^(\+\+|\+|~)?([A-Za-z_][\w.@/-]*)(?:=([^]*))?$/;

/** Whether a word of the command line is an override. */
export function isOverride(word: string): boolean {
  const match = OVERRIDE_REGEXP.exec(word);
  return match !== null && (match[3] !== undefined || match[1] === "~");
}

/**
 * Reads one override.
 *
 * @param text One word, such as "++workload.train.epochs=2".
 * @throws {ConfigError} If it cannot be understood.
 */
export function parseOverride(text: string): ParsedOverride {
  const match = OVERRIDE_REGEXP.exec(text);
  const path = (match?.[2] ?? "").replace(/^workload\./, "");
  if (match === null || !isOverride(text)) {
    throw new ConfigError([
      `Cannot use "${text}" as an override: it must be section.key=value`,
    ]);
  }
  const value = match[3] === undefined ? undefined : valueOf(match[3], {
    text,
    path,
  });
  if (match[1] === "~") {
    return setting({ action: "remove", path, value: undefined, text });
  }
  if (match[2] === "workload" && typeof value !== "object") {
    return { kind: "workload", name: String(value) };
  }
  if (path === "hydra.run.dir") {
    return { kind: "run_dir", folder: String(value) };
  }
  if (path === "hydra.output_subdir") {
    const rule = relativePathRule(String(value));
    if (rule !== null) {
      throw new ConfigError([
        `Cannot use ${JSON.stringify(text)}: it must ${rule}`,
      ]);
    }
    return { kind: "output_subdir", name: String(value) };
  }
  if (/^hydra[./]/.test(path)) {
    throw new ConfigError([
      `Cannot use "${text}": of Hydra's own settings there are only ` +
      "hydra.run.dir and hydra.output_subdir",
    ]);
  }
  const rootPath = path === "workload" ? "" : path;
  return setting({ action: "set", path: rootPath, value, text });
}

/**
 * Takes the overrides out of a command line.
 *
 * @param words The arguments, without the command's name.
 * @throws {ConfigError} With every override that cannot be understood.
 */
export function parseOverrides(words: readonly string[]): ParsedOverrides {
  const overrides: Override[] = [];
  const rest: string[] = [];
  const problems: string[] = [];
  const found: Record<string, string> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const configDir = configDirOf(word, words[i + 1]);
    if (configDir !== null) {
      found.configDir = configDir;
      if (word === "--config-dir") i++;
    } else if (isOverride(word)) {
      try {
        take(parseOverride(word), overrides, found);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(...error.problems);
      }
    } else {
      rest.push(word);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    overrides,
    workloadName: found.workloadName ?? null,
    configDir: found.configDir ?? null,
    runDir: found.runDir ?? null,
    outputSubdir: found.outputSubdir ?? null,
    rest,
  };
}

function setting(override: Override): ParsedOverride {
  return { kind: "setting", override };
}

function take(
  parsed: ParsedOverride,
  overrides: Override[],
  found: Record<string, string>,
): void {
  switch (parsed.kind) {
    case "setting":
      overrides.push(parsed.override);
      break;
    case "workload":
      found.workloadName = parsed.name;
      break;
    case "run_dir":
      found.runDir = parsed.folder;
      break;
    case "output_subdir":
      found.outputSubdir = parsed.name;
      break;
  }
}

function configDirOf(word: string, next: string | undefined): string | null {
  if (word.startsWith("--config-dir=")) {
    return word.slice("--config-dir=".length);
  }
  return word === "--config-dir" ? next ?? "" : null;
}

function valueOf(
  valueText: string,
  { text, path }: { readonly text: string; readonly path: string },
): unknown {
  try {
    return parseHydraValue(valueText);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const mayBeSecret = speaksOfSecret(path) || path.includes("storage");
    const shown = mayBeSecret
      ? `${text.slice(0, text.indexOf("=") + 1)}${MASK}`
      : text;
    throw new ConfigError([`Cannot read "${shown}": ${error.message}`]);
  }
}
