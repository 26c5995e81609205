/**
 * Help as text, made from the rows of commands, topics and flags.
 */
import type { Command } from "./command.ts";
import {
  type FlagName,
  type FlagRow,
  FLAGS,
  UNIVERSAL_FLAGS,
} from "./flags.ts";

/** Blanks between a table's columns. */
const GAP = "  ";

/**
 * The page of `stoker help`.
 *
 * @param commands Name and summary of each command, in order.
 * @param topics Name and summary of each topic, in order.
 */
export function overviewHelp(
  commands: readonly (readonly [string, string])[],
  topics: readonly (readonly [string, string])[],
): string {
  return [
    "Stoker measures whether a storage system keeps AI accelerators busy.",
    "",
    "Usage: stoker <command> [workload] [flags] [section.key=value ...]",
    "",
    "Commands:",
    ...table(commands),
    "",
    "Topics:",
    ...table(topics),
    "",
    "A workload is a name that `stoker workloads` lists, or the path of a YAML",
    "file.",
    "A DLIO command line works too: stoker workload=NAME ++workload.KEY=VALUE",
    "",
    "Exit status: 0 done, 1 failed, 2 wrong usage or settings, 3 below the",
    "AU goal (--require-au), 130 interrupted with partial results saved.",
  ].join("\n");
}

/** The page of `stoker help COMMAND`. */
export function commandHelp(name: string, command: Command): string {
  const flags = [...command.flags, ...UNIVERSAL_FLAGS];
  return [
    `stoker ${name}: ${command.summary}`,
    "",
    `Usage: stoker ${name} ${command.usage}`.trimEnd(),
    "",
    command.details,
    "",
    "Flags:",
    ...table(flags.map((flag) => [flagSpelling(flag), FLAGS[flag].summary])),
  ].join("\n");
}

function flagSpelling(name: FlagName): string {
  const row: FlagRow = FLAGS[name];
  const short = row.short === "" ? "    " : `-${row.short}, `;
  return `${short}--${name} ${row.value}`.trimEnd();
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) =>
    `${GAP}${left.padEnd(width)}${GAP}${right}`
  );
}
