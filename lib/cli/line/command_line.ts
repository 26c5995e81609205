/**
 * A command line's words, sorted by what they mean.
 *
 *    stoker <command> [workload] [flags] [section.key=value ...]
 *
 * A workload is the name of a built-in one or the path of a YAML file. Both
 * spellings are understood everywhere: Stoker's
 * `run unet3d_h100 train.epochs=2` and DLIO's
 * `workload=unet3d_h100 ++workload.train.epochs=2 hydra.run.dir=out`. A line
 * whose first word is a setting means `run`, so a DLIO command line works
 * with `dlio_benchmark` replaced by `stoker`. Without a workload a line in
 * DLIO's spelling means `default`, as in DLIO.
 *
 * DLIO's grammar is Hydra's:
 * https://hydra.cc/docs/advanced/override_grammar/basic/
 */
import {
  isOverride,
  type Override,
  parseOverrides,
} from "../../config/overrides.ts";
import { UsageError } from "../../errors.ts";
import type { FlagName, FlagValues } from "./flags.ts";
import { parseFlags } from "./parse_flags.ts";

/** DLIO's workload where a line names none. */
const DLIO_WORKLOAD = "default";

/** Settings as only DLIO's lines spell them. */
const DLIO_WORD_REGEXP = /^([+~]|workload\.|hydra[./])/;

/** What a command is given. */
export interface CommandLine {
  /** The command's name; null for an empty line. */
  readonly command: string | null;
  readonly flags: FlagValues;
  /** Names of the flags that were given. */
  readonly givenFlags: readonly FlagName[];
  /** Words after the command that are no settings. */
  readonly words: readonly string[];
  /**
   * The workload: `workload=NAME` or the first word, "default" of DLIO's
   * lines; null if none of them.
   */
  readonly workload: string | null;
  /** Settings, in order. */
  readonly overrides: readonly Override[];
  /** `--results` or `hydra.run.dir`; null if neither was given. */
  readonly resultsFolder: string | null;
  /** `hydra.output_subdir`: the folder of the saved configuration. */
  readonly configSubfolder: string | null;
}

/**
 * Sorts the words of a command line.
 *
 * @throws {UsageError} For flags that do not parse and for contradictions.
 * @throws {ConfigError} With every setting that cannot be understood.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { flags, given, words } = parseFlags(args);
  const [first] = words;
  const isDlioLine = first !== undefined && isOverride(first);
  const settings = parseOverrides(isDlioLine ? words : words.slice(1));
  const isDlioSpelled = isDlioLine ||
    words.some((word) => DLIO_WORD_REGEXP.test(word) && isOverride(word));
  return {
    command: isDlioLine ? "run" : first ?? null,
    flags,
    givenFlags: given,
    words: settings.rest,
    workload: oneOf("workload", settings.workloadName, settings.rest[0]) ??
      (isDlioSpelled ? DLIO_WORKLOAD : null),
    overrides: settings.overrides,
    resultsFolder: oneOf("results folder", settings.runDir, flags.results),
    configSubfolder: settings.outputSubdir,
  };
}

function oneOf(
  what: string,
  a: string | null,
  b: string | null | undefined,
): string | null {
  if (a !== null && b !== null && b !== undefined) {
    throw new UsageError(`Cannot use two names of the ${what}: ${a} and ${b}`);
  }
  return a ?? b ?? null;
}
