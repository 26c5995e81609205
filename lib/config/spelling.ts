/**
 * The ways in which one value may be written.
 *
 * YAML 1.1 and Hydra disagree on booleans, and published files write numbers
 * as text. Each function turns every accepted spelling into the plain value
 * and hands anything else through, for the schema to refuse.
 */
import { parseBytes } from "../bytes/sizes.ts";
import { parseDuration } from "../bytes/durations.ts";

const NUMBER_REGEXP = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/** A number, or text that is one: "1e3", "-0.5". */
export function spelledNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  return NUMBER_REGEXP.test(text) ? Number(text.replaceAll("_", "")) : value;
}

/** A boolean in YAML 1.1's words: true/false, yes/no, on/off, any case. */
export function spelledBoolean(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const word = value.trim().toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : value;
}

/** A number of bytes, or a text such as "4KiB". */
export function spelledBytes(value: unknown): unknown {
  const number = spelledNumber(value);
  return typeof number === "string" ? orItself(parseBytes, number) : number;
}

/** A number of seconds, or a text such as "90s". */
export function spelledSeconds(value: unknown): unknown {
  const number = spelledNumber(value);
  return typeof number === "string" ? orItself(parseDuration, number) : number;
}

/** One value where a list is wanted is a list of one. */
export function spelledList(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelledNumber);
  return value === null || value === undefined ? value : [spelledNumber(value)];
}

/** The text itself where it cannot be read: the schema states the rule. */
function orItself(parse: (text: string) => number, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return text;
    }
    throw error;
  }
}
