/**
 * Takes a command line apart: flags by their rows (`flags.ts`), and words.
 */
import { parseArgs } from "@std/cli/parse-args";
import { didYouMean } from "../../bytes/did_you_mean.ts";
import { UsageError } from "../../errors.ts";
import {
  type FlagName,
  type FlagRow,
  FLAGS,
  type FlagValues,
} from "./flags.ts";
import { joinAddresses } from "./joined_addresses.ts";

/** A command line taken apart. */
export interface ParsedFlags {
  readonly flags: FlagValues;
  /** The flags that were given, for the check against a command's own. */
  readonly given: readonly FlagName[];
  /** Everything that is no flag, in order. */
  readonly words: readonly string[];
}

/**
 * Takes flags and words apart.
 *
 * @throws {UsageError} For an unknown flag or a value that does not fit.
 */
export function parseFlags(given: readonly string[]): ParsedFlags {
  const names = Object.keys(FLAGS) as FlagName[];
  const addresses = names.filter((name) => FLAGS[name].kind === "address");
  const args = joinAddresses(given, addresses.map((name) => `--${name}`));
  const isSwitch = (name: FlagName) => FLAGS[name].kind === "switch";
  const isOptional = (name: FlagName) => mayBeLeftOut(FLAGS[name]);
  const isBare = (name: FlagName) => isSwitch(name) || isOptional(name);
  const unknown: string[] = [];
  const parsed = parseArgs(args, {
    boolean: names.filter(isBare),
    // The value of a switch is parsed as text too, to be refused below.
    string: ["_", ...names.filter((name) => !isBare(name))],
    collect: names.filter((name) => !isBare(name)),
    alias: aliases(names),
    unknown: (arg, key) => {
      if (key === undefined) return true;
      unknown.push(arg);
      return false;
    },
  });
  refuseUnknown(unknown, names);
  refuseSwitchValues(args, names.filter(isSwitch));

  const values: Record<string, boolean | number | string | null> = {};
  for (const name of names) {
    values[name] = isSwitch(name)
      ? parsed[name] === true
      : isOptional(name)
      ? optionalValue(name, args, parsed[name] === true)
      : valueOf(name, parsed[name] as readonly string[] | undefined);
  }
  return {
    // Every name was set above, by its row's kind.
    flags: values as unknown as FlagValues,
    given: names.filter((name) =>
      values[name] !== false && values[name] !== null
    ),
    words: parsed._.map(String),
  };
}

function mayBeLeftOut({ kind }: FlagRow): boolean {
  return kind === "optional" || kind === "address";
}

function aliases(names: readonly FlagName[]): Record<string, string> {
  const alias: Record<string, string> = {};
  for (const name of names) {
    const { short } = FLAGS[name];
    if (short !== "") alias[short] = name;
  }
  return alias;
}

function refuseUnknown(
  unknown: readonly string[],
  names: readonly FlagName[],
): void {
  const arg = unknown[0];
  if (arg === undefined) return;
  const flag = arg.split("=", 1)[0]!;
  const spellings = names.map((name) => `--${name}`);
  throw new UsageError(`Unknown flag ${flag}${didYouMean(flag, spellings)}`);
}

/** `--json=no` would otherwise count as `--json`. */
function refuseSwitchValues(
  args: readonly string[],
  switches: readonly FlagName[],
): void {
  for (const name of switches) {
    const arg = args.find((one) => one.startsWith(`--${name}=`));
    if (arg === undefined) continue;
    throw new UsageError(
      `Cannot use ${arg}: --${name} is a switch and takes no value`,
    );
  }
}

/** @returns "" where the flag has no value, null where it is not given. */
function optionalValue(
  name: FlagName,
  args: readonly string[],
  isGiven: boolean,
): string | null {
  const start = `--${name}=`;
  const texts = args.filter((arg) => arg.startsWith(start));
  if (texts.length === 0) return isGiven ? "" : null;
  const bareCount = args.filter((arg) => arg === `--${name}`).length;
  const values = texts.map((text) => text.slice(start.length));
  return valueOf(name, [...values, ...Array<string>(bareCount).fill("")]) as
    | string
    | null;
}

function valueOf(
  name: FlagName,
  given: readonly string[] = [],
): string | number | null {
  if (given.length === 0) return null;
  if (given.length > 1) {
    throw new UsageError(
      `Cannot use --${name} ${given.length} times: ${given.join(", ")}`,
    );
  }
  const text = given[0]!;
  const row: FlagRow = FLAGS[name];
  if (text === "" && !mayBeLeftOut(row)) {
    throw new UsageError(`Cannot use --${name} without a value: ${row.value}`);
  }
  return row.kind === "count" ? countOf(name, text) : text;
}

/** More than any machine room has; also keeps numbers exact. */
const MAX_COUNT = 1_000_000_000;

function countOf(name: FlagName, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MAX_COUNT) {
    throw new UsageError(
      `Cannot use --${name} ${text}: it must be an integer from 1 to ${MAX_COUNT}`,
    );
  }
  return count;
}
