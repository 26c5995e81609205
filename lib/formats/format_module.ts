/**
 * A format of the user's own: `dataset.format_module`, a module that exports
 * a {@linkcode Format} as `format`.
 *
 * Its members are checked here, once per thread, so that a missing one is
 * reported before anything runs and not in the middle of an epoch.
 */
import { ConfigError } from "../errors.ts";
import { lazyImport } from "../lazy_import.ts";
import type { Format, Reading } from "./format.ts";
import { withModuleErrors } from "./module_errors.ts";
import { FORMATS } from "./registry.ts";

const READINGS: readonly Reading[] = [
  "nothing",
  "whole_file",
  "stream",
  "shard",
  "samples",
];

/** Those that are read by ranges. */
const RANGED: readonly unknown[] = ["stream", "shard", "samples"];

/** It ends every file name, where other tools look for it. */
const NAME_REGEXP = /^[a-z][a-z0-9_]*$/;

const TYPESCRIPT_REGEXP = /\.[mc]?tsx?$/;

/** What a member has to be, and whether it may be absent. */
interface MemberRule {
  readonly rule: string;
  readonly isOptional?: boolean;
  readonly holds: (value: unknown) => boolean;
}

const FUNCTION: MemberRule = { rule: "a function", holds: isFunction };
const OPTIONAL_FUNCTION: MemberRule = { ...FUNCTION, isOptional: true };
const TRUE_OR_FALSE: MemberRule = {
  rule: "true or false",
  isOptional: true,
  holds: (value) => typeof value === "boolean",
};

const MEMBERS: Readonly<Record<string, MemberRule>> = {
  name: {
    rule: "a text of a-z, 0-9 and _ that begins with a letter",
    holds: (value) => typeof value === "string" && NAME_REGEXP.test(value),
  },
  reading: {
    rule: `one of ${READINGS.join(", ")}`,
    holds: (value) => READINGS.includes(value as Reading),
  },
  counting: {
    rule: "an object with the function count and reads: head or file",
    isOptional: true,
    holds: isCounting,
  },
  isInterleaved: TRUE_OR_FALSE,
  codecs: { rule: "a list of texts", holds: isTextList },
  problems: FUNCTION,
  fileBytes: FUNCTION,
  encode: FUNCTION,
  extension: OPTIONAL_FUNCTION,
  endings: { rule: "a list of texts", isOptional: true, holds: isTextList },
  anyEnding: TRUE_OR_FALSE,
  hasShardsWithoutEnding: TRUE_OR_FALSE,
  folders: OPTIONAL_FUNCTION,
  companions: {
    rule: "a list of objects with the functions path and encode",
    isOptional: true,
    holds: isCompanionList,
  },
  prepare: OPTIONAL_FUNCTION,
  indexPath: OPTIONAL_FUNCTION,
  open: OPTIONAL_FUNCTION,
  ranges: OPTIONAL_FUNCTION,
  decode: OPTIONAL_FUNCTION,
  inside: OPTIONAL_FUNCTION,
};

/** Members without which samples could not be found in a file. */
const RANGE_MEMBERS = { open: FUNCTION, ranges: FUNCTION };

/**
 * Imports a module and takes its format.
 *
 * @param url URL of the module: `file:`.
 * @throws {ConfigError} If it cannot be imported, or with every member that
 *   is missing or not what it has to be.
 *
 * @example
 * ```ts
 * import { loadFormatModule } from "./format_module.ts";
 * const format = await loadFormatModule("file:///home/me/my_format.ts");
 * format.name; // "mine"
 * ```
 */
export async function loadFormatModule(url: string): Promise<Format> {
  const { format } = await importModule(url);
  const problems = formatProblems(format);
  if (problems.length > 0) {
    throw new ConfigError(
      problems.map((rule) => `Cannot use ${settingOf(url)}: ${rule}`),
    );
  }
  return withModuleErrors(format as Format, url);
}

async function importModule(
  url: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await lazyImport(url);
  } catch (error) {
    const hint = Deno.build.standalone && error instanceof SyntaxError &&
        TYPESCRIPT_REGEXP.test(url)
      ? '; this executable reads JavaScript alone: "deno transpile", or ' +
        '"npx esbuild --format=esm", makes it of TypeScript'
      : "";
    throw new ConfigError([
      `Cannot load ${settingOf(url)}: ${reasonOf(error)}${hint}`,
    ]);
  }
}

/** What happened and where, without the lines of code between the two. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").map((line) => line.trim());
  const place = lines.slice(1).find((line) => line.startsWith("at "));
  return place === undefined ? `${lines[0]}` : `${lines[0]} ${place}`;
}

/** What is wrong with a module's export, one clause per member. */
function formatProblems(format: unknown): string[] {
  if (typeof format !== "object" || format === null) {
    return [`its export "format" must be an object, it is ${shown(format)}`];
  }
  const members = format as Readonly<Record<string, unknown>>;
  const isRanged = RANGED.includes(members.reading);
  const rules = { ...MEMBERS, ...(isRanged ? RANGE_MEMBERS : {}) };
  const problems = Object.entries(rules).flatMap(([name, member]) => {
    const value = members[name];
    if (value === undefined && member.isOptional === true) return [];
    return member.holds(value)
      ? []
      : [`format.${name} must be ${member.rule}, it is ${shown(value)}`];
  });
  const { name } = members;
  if (typeof name === "string" && Object.hasOwn(FORMATS, name)) {
    problems.push(
      `format.name must not be one of Stoker's own, it is "${name}"`,
    );
  }
  return problems;
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((each) => typeof each === "string");
}

function isCounting(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { count, reads, indexFiles } = value as Record<string, unknown>;
  const areIndexes = indexFiles === undefined || (Array.isArray(indexFiles) &&
    indexFiles.every((each) =>
      isFunction(each?.path) && isFunction(each?.count)
    ));
  return isFunction(count) && (reads === "head" || reads === "file") &&
    areIndexes;
}

function isCompanionList(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((each) => isFunction(each?.path) && isFunction(each?.encode));
}

function settingOf(url: string): string {
  return `dataset.format_module = "${url}"`;
}

/** A wrong value in a few words. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "function") return "a function";
  return JSON.stringify(value) ?? typeof value;
}
