/**
 * A command line's words, sorted by what they mean.
 *
 * Both spellings are understood everywhere: Stoker's
 * `run unet3d_h100 train.epochs=2` and DLIO's
 * `workload=unet3d_h100 ++workload.train.epochs=2 hydra.run.dir=out`. A line
 * whose first word holds "=" or is a deletion means `run`.
 *
 * Spec: `interface.md`, "Commands"; `dlio.md` 8.1.
 */
import { UsageError } from "../errors.ts";
import { type FlagName, type FlagValues, parseFlags } from "./flags.ts";

/** What a command is told. */
export interface CommandLine {
  /** The command's name; null for an empty line. */
  readonly command: string | null;
  readonly flags: FlagValues;
  /** Names of the flags that were given. */
  readonly givenFlags: readonly FlagName[];
  /** Words after the command that are no settings. */
  readonly words: readonly string[];
  /** The workload: `workload=NAME` or the first word; null if neither. */
  readonly workload: string | null;
  /** `section.key=value` and `~section.key` as typed, in order. */
  readonly overrides: readonly string[];
  /** `--results` or `hydra.run.dir`; null if neither was given. */
  readonly resultsFolder: string | null;
  /** `hydra.output_subdir`: the folder of the saved configuration. */
  readonly configSubfolder: string | null;
}

/** `++`, `+` or nothing before a key that Stoker itself understands. */
const OWN_KEY_REGEXP = /^\+{0,2}(workload|hydra\.[\w.]+)=(.*)$/s;

/**
 * Sorts the words of a command line.
 *
 * @throws {UsageError} For flags that do not parse and for contradictions.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { flags, given, words } = parseFlags(args);
  const [first] = words;
  const isDlioLine = first !== undefined && isSetting(first);
  const command = isDlioLine ? "run" : first ?? null;
  const operands = isDlioLine ? words : words.slice(1);

  const own = new Map<string, string>();
  const overrides: string[] = [];
  for (const operand of operands.filter(isSetting)) {
    const match = OWN_KEY_REGEXP.exec(operand);
    if (match === null) overrides.push(operand);
    else setOnce(own, match[1]!, match[2]!);
  }
  const plainWords = operands.filter((word) => !isSetting(word));
  refuseOtherHydraKeys(own);
  return {
    command,
    flags,
    givenFlags: given,
    words: plainWords,
    workload: oneOf("workload", own.get("workload"), plainWords[0]),
    overrides,
    resultsFolder: oneOf(
      "results folder",
      own.get("hydra.run.dir"),
      flags.results ?? undefined,
    ),
    configSubfolder: own.get("hydra.output_subdir") ?? null,
  };
}

function isSetting(word: string): boolean {
  return word.includes("=") || word.startsWith("~");
}

function setOnce(own: Map<string, string>, key: string, value: string): void {
  if (value === "") {
    throw new UsageError(`Cannot use ${key}= without a value`);
  }
  const before = own.get(key);
  if (before !== undefined) {
    throw new UsageError(`Cannot use ${key} twice: ${before} and ${value}`);
  }
  own.set(key, value);
}

/** Hydra keys that mean something to Stoker. */
const HYDRA_KEYS = ["hydra.run.dir", "hydra.output_subdir"];

function refuseOtherHydraKeys(own: ReadonlyMap<string, string>): void {
  for (const key of own.keys()) {
    if (key === "workload" || HYDRA_KEYS.includes(key)) continue;
    throw new UsageError(
      `Cannot use ${key}: of Hydra's own settings Stoker knows ${
        HYDRA_KEYS.join(" and ")
      }`,
    );
  }
}

function oneOf(what: string, a?: string, b?: string): string | null {
  if (a !== undefined && b !== undefined) {
    throw new UsageError(`Cannot use two names of the ${what}: ${a} and ${b}`);
  }
  return a ?? b ?? null;
}
