/**
 * The kinds of setting: each function makes one row of the schema.
 *
 * A row is a zod type that knows its accepted spellings, default, bounds and
 * help text. Its only error message is its rule ("it must be an integer
 * >= 0"), whichever check failed; `resolve.ts` puts key, value and origin in
 * front. What `meta` holds beside the description goes into the JSON Schema.
 */
import { z } from "zod";
import {
  fileNameRule,
  hasControlCharacters,
  relativePathRule,
} from "../bytes/path_rules.ts";
import {
  spelledBoolean,
  spelledBytes,
  spelledList,
  spelledNumber,
  spelledSeconds,
} from "./spelling.ts";

/** How the help of a setting begins that is accepted but changes nothing. */
export const NO_EFFECT = "No effect";

/** What every setting has. */
export interface SettingOptions {
  /** What it does and its unit, for help, README and JSON Schema. */
  readonly help: string;
}

/** Bounds of a number, both included. */
export interface NumberOptions extends SettingOptions {
  readonly min?: number;
  readonly max?: number;
}

const SIZE_TEXT = { type: "string", pattern: "^[0-9.]+ ?([KMGTP]i?)?B$" };
const DURATION_TEXT = {
  type: "string",
  pattern: "^([0-9.]+(us|ms|s|m|h|d))+$",
};

/** A whole number. */
export function wholeNumber(fallback: number, options: NumberOptions) {
  return wholeNumberWithoutDefault(options).default(fallback);
}

/** A whole number whose default depends on the host. */
export function wholeNumberWithoutDefault(options: NumberOptions) {
  const rule = `it must be an integer${boundsText(options)}`;
  return z.preprocess(spelledNumber, boundedInt(rule, options))
    .meta({ description: options.help, type: "integer", ...limits(options) });
}

/** A whole number, or null where there is none. */
export function optionalWholeNumber(options: NumberOptions) {
  const rule = `it must be an integer${boundsText(options)} or null`;
  return z.preprocess(spelledBytes, boundedInt(rule, options).nullable())
    .default(null)
    .meta({
      description: options.help,
      anyOf: [{ type: "integer", ...limits(options) }, SIZE_TEXT, {
        type: "null",
      }],
    });
}

/** A number. */
export function realNumber(fallback: number, options: NumberOptions) {
  const rule = `it must be a number${boundsText(options)}`;
  return z.preprocess(spelledNumber, boundedNumber(rule, options))
    .default(fallback)
    .meta({ description: options.help, type: "number", ...limits(options) });
}

/** A number of bytes, also as `4KiB`. */
export function byteCount(fallback: number, options: NumberOptions) {
  const rule = `it must be a whole size such as 4096 or 4KiB${
    boundsText(options)
  }`;
  return z.preprocess(spelledBytes, boundedInt(rule, options))
    .default(fallback)
    .meta({
      description: options.help,
      anyOf: [{ type: "integer", ...limits(options) }, SIZE_TEXT],
    });
}

/** A mean number of bytes, which may have a fraction. */
export function meanByteCount(fallback: number, options: NumberOptions) {
  const rule = `it must be a size such as 4096, 114660.07 or 4KiB${
    boundsText(options)
  }`;
  return z.preprocess(spelledBytes, boundedNumber(rule, options))
    .default(fallback)
    .meta({
      description: options.help,
      anyOf: [{ type: "number", ...limits(options) }, SIZE_TEXT],
    });
}

/** A number of seconds, also as `90s`. */
export function secondCount(fallback: number, options: NumberOptions) {
  const rule = `it must be a duration such as 5 (seconds) or 90s${
    boundsText(options)
  }`;
  return z.preprocess(spelledSeconds, boundedNumber(rule, options))
    .default(fallback)
    .meta({
      description: options.help,
      anyOf: [{ type: "number", ...limits(options) }, DURATION_TEXT],
    });
}

/** What a flag may also be called: spelling → value. */
export interface FlagOptions extends SettingOptions {
  readonly aliases?: Readonly<Record<string, boolean>>;
}

/** A boolean. */
export function flag(fallback: boolean, options: FlagOptions) {
  const aliases = options.aliases ?? {};
  const words = Object.keys(aliases);
  const rule = `it must be ${["true", ...words].join(", ")} or false`;
  const spelled = (value: unknown): unknown =>
    typeof value === "string" && Object.hasOwn(aliases, value)
      ? aliases[value]
      : spelledBoolean(value);
  return z.preprocess(spelled, z.boolean({ error: rule }))
    .default(fallback)
    .meta({
      description: options.help,
      ...(words.length === 0
        ? { type: "boolean" }
        : { enum: [true, false, ...words] }),
    });
}

/** A boolean, or null where the help says what holds. */
export function optionalFlag(options: SettingOptions) {
  const rule = "it must be true, false or null";
  return z.preprocess(spelledBoolean, z.boolean({ error: rule }).nullable())
    .default(null)
    .meta({ description: options.help, type: ["boolean", "null"] });
}

/** A text that is not empty. */
export function text(fallback: string, options: SettingOptions) {
  return z.preprocess(numberAsText, requiredText()).default(fallback)
    .meta({ description: options.help });
}

/** A text that becomes a part of paths below a folder. */
export function pathText(fallback: string, options: SettingOptions) {
  return ruledText(fallback, relativePathRule, options);
}

/** A text that becomes the name of a file in a folder. */
export function fileNameText(fallback: string, options: SettingOptions) {
  return ruledText(fallback, fileNameRule, options);
}

function ruledText(
  fallback: string,
  ruleOf: (text: string) => string | null,
  options: SettingOptions,
) {
  const checked = requiredText().refine((text) => ruleOf(text) === null, {
    error: ({ input }) => `it must ${ruleOf(String(input))}`,
  });
  return z.preprocess(numberAsText, checked).default(fallback)
    .meta({ description: options.help });
}

/** A folder, whose trailing slashes mean nothing. */
export function folder(fallback: string, options: SettingOptions) {
  const trimmed = requiredText()
    .transform((path) => path.replace(/(?<=.)\/+$/, ""));
  return z.preprocess(numberAsText, trimmed)
    .default(fallback.replace(/(?<=.)\/+$/, ""))
    .meta({ description: options.help });
}

/** A text, or null where there is none. */
export function optionalText(options: SettingOptions) {
  return z.preprocess(numberAsText, requiredText().nullable()).default(null)
    .meta({ description: options.help, type: ["string", "null"] });
}

/** What a choice may also be called: spelling → value. */
export interface ChoiceOptions extends SettingOptions {
  readonly aliases?: Readonly<Record<string, string>>;
}

/** The names in a registry, which is never empty, as words of a choice. */
export function asWords(names: readonly string[]): [string, ...string[]] {
  const [first, ...others] = names;
  if (first === undefined) throw new Error("a registry is empty");
  return [first, ...others];
}

/** One of a few words, in any case. */
export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  options: ChoiceOptions,
) {
  const rule = `it must be one of ${words.join(", ")}`;
  const aliases = options.aliases ?? {};
  const spelled = (value: unknown): unknown => {
    if (typeof value === "object" && value !== null) return value;
    const word = String(value).toLowerCase();
    if (Object.hasOwn(aliases, word)) return aliases[word];
    return typeof value === "string" ? word : value;
  };
  return z.preprocess(spelled, z.enum(words, { error: rule }))
    .meta({
      description: options.help,
      enum: [...words, ...Object.keys(aliases).map(asYamlWord)],
    });
}

/** A list of whole numbers; a single one is a list of one. */
export function wholeNumberList(options: NumberOptions) {
  const rule = `it must be a list of integers${boundsText(options)}`;
  return z.preprocess(
    spelledList,
    z.array(boundedInt(rule, options), { error: rule }),
  ).default([]).meta({
    description: options.help,
    type: "array",
    items: { type: "integer", ...limits(options) },
  });
}

/** A list of texts; a single one is a list of one. */
export function textList(options: SettingOptions) {
  const rule = "it must be a list of texts";
  return z.preprocess(
    (value) => typeof value === "string" ? [value] : value,
    z.array(z.string({ error: rule }), { error: rule }),
  ).default([]).meta({
    description: options.help,
    type: "array",
    items: { type: "string" },
  });
}

function requiredText() {
  const rule = "it must be a text that is not empty";
  return z.string({ error: rule }).min(1, { error: rule })
    .refine((text) => !text.includes("${"), {
      error: "it must not have ${…}: Stoker does not interpolate",
    })
    .refine((text) => !hasControlCharacters(text), {
      error: "it must not have control characters",
    });
}

function boundedInt(rule: string, { min, max }: NumberOptions) {
  return z.int({ error: rule })
    .min(min ?? Number.MIN_SAFE_INTEGER, { error: rule })
    .max(max ?? Number.MAX_SAFE_INTEGER, { error: rule });
}

function boundedNumber(rule: string, { min, max }: NumberOptions) {
  return z.number({ error: rule })
    .min(min ?? -Number.MAX_VALUE, { error: rule })
    .max(max ?? Number.MAX_VALUE, { error: rule });
}

function boundsText({ min, max }: NumberOptions): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` >= ${min}`;
  return max === undefined ? "" : ` <= ${max}`;
}

function limits({ min, max }: NumberOptions) {
  return {
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
  };
}

/** A version or date that YAML took for a number is meant as text. */
function numberAsText(value: unknown): unknown {
  return typeof value === "number" ? String(value) : value;
}

function asYamlWord(word: string): string | boolean | null {
  if (word === "null") return null;
  return word === "false" ? false : word;
}
