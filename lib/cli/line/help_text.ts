/**
 * Help as text, made from the rows of commands, topics and flags.
 */
import { textTable } from "../../bytes/text_table.ts";
import type { Command } from "./command.ts";
import {
  type FlagName,
  type FlagRow,
  FLAGS,
  RUN_FLAGS,
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
    ...idleFlagsText(command),
    "",
    "Examples:",
    ...command.examples.flatMap(({ line, shows }) => [
      `${INDENT}stoker ${line}`,
      `${INDENT}    ${shows}`,
    ]),
  ].join("\n");
}

function idleFlagsText(command: Command): string[] {
  const idle = idleFlags(command).map((flag) => `--${flag}`);
  if (idle.length === 0) return [];
  return [
    "",
    "Accepted without effect, so that a line of run works:",
    ...wrapped(idle),
  ];
}

/** Words in indented lines of at most 78 characters. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= 78) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(INDENT + word);
  }
  return lines;
}

/** Flags of `run` that a command takes and that do nothing there. */
export function idleFlags(
  { flags, takesRunFlags = false }: Command,
): FlagName[] {
  return takesRunFlags ? RUN_FLAGS.filter((flag) => !flags.includes(flag)) : [];
}

function flagSpelling(name: FlagName): string {
  const row: FlagRow = FLAGS[name];
  const short = row.short === "" ? "    " : `-${row.short}, `;
  return `${short}--${name} ${row.value}`.trimEnd();
}
