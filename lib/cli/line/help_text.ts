/**
 * Help as text, made from the rows of commands, topics and flags.
 */
import { textTable } from "../../bytes/text_table.ts";
import type { Command } from "./command.ts";
import {
  type FlagName,
  type FlagRow,
  FLAGS,
  UNIVERSAL_FLAGS,
} from "./flags.ts";

/** In front of a table's lines. */
const INDENT = "  ";

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
    ...textTable(commands, { indent: INDENT }),
    "",
    "Topics:",
    ...textTable(topics, { indent: INDENT }),
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
    ...textTable(
      flags.map((flag) => [flagSpelling(flag), FLAGS[flag].summary]),
      { indent: INDENT },
    ),
  ].join("\n");
}

function flagSpelling(name: FlagName): string {
  const row: FlagRow = FLAGS[name];
  const short = row.short === "" ? "    " : `-${row.short}, `;
  return `${short}--${name} ${row.value}`.trimEnd();
}
