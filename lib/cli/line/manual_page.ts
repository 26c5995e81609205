/**
 * The manual page, in the macros of man(7): the texts of `help`, commands,
 * flags and topics, on one page for `man`.
 *
 * Macros: https://man7.org/linux/man-pages/man7/groff_man.7.html
 */
import { ENVIRONMENT_NAMES } from "../../config/environment_source.ts";
import type { Command } from "./command.ts";
import {
  type FlagName,
  type FlagRow,
  FLAGS,
  UNIVERSAL_FLAGS,
} from "./flags.ts";

/** What the page is made from. */
export interface ManualFacts {
  readonly version: string;
  /** Of the page, "2026-11-30". */
  readonly date: string;
  /** Name and command, in order. */
  readonly commands: readonly (readonly [string, Command])[];
  /** Name and summary of each topic. */
  readonly topics: readonly (readonly [string, string])[];
}

/**
 * Makes the page.
 *
 * @param facts What there is.
 * @returns roff without a line feed at the end.
 */
export function manualPage(
  { version, date, commands, topics }: ManualFacts,
): string {
  const names = Object.keys(FLAGS) as FlagName[];
  return [
    `.TH STOKER 1 ${date} ${argument(`Stoker ${version}`)} "User Commands"`,
    ".SH NAME",
    "stoker \\- measure whether a storage system keeps AI accelerators busy",
    ".SH SYNOPSIS",
    ".B stoker",
    "[\\fIcommand\\fR] [\\fIworkload\\fR] [\\fIflags\\fR]",
    "[\\fIsection.key\\fR=\\fIvalue\\fR ...]",
    ".SH DESCRIPTION",
    text(
      "Stoker emulates training, evaluation and checkpointing of real models " +
        "with simulated accelerators. It reads and writes real files or " +
        "objects, and reports how busy the storage kept the accelerators " +
        "(accelerator utilization, AU), how fast it was, and how much came " +
        "from the page cache. It runs the workload files of DLIO and MLPerf " +
        "Storage.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap(commandLines),
    ".SH OPTIONS",
    "Each command takes some of these; \\fBstoker help\\fR \\fIcommand\\fR",
    "lists them.",
    ...names.flatMap(flagLines),
    ".SH TOPICS",
    "\\fBstoker help\\fR \\fItopic\\fR prints one.",
    ...topics.flatMap(([name, summary]) => tagged(bold(name), summary)),
    ".SH EXIT STATUS",
    ...[
      ["0", "done"],
      ["1", "failed: storage, data or a worker"],
      ["2", "wrong usage or settings; nothing was started"],
      ["3", "below the AU goal (\\-\\-require\\-au), or not admissible"],
      ["130", "interrupted, partial results saved"],
    ].flatMap(([code, meaning]) => [".TP", bold(code!), meaning!]),
    ".SH ENVIRONMENT",
    text("Read, where nothing else gives the setting:"),
    text(`${[...ENVIRONMENT_NAMES].sort().join(", ")}.`),
    ".SH FILES",
    ...tagged(
      "\\fIresults/<model>/<time>/\\fR",
      "results of a run; stoker.json has everything",
    ),
    ...tagged("\\fI.env\\fR", "variables of the working folder"),
    ".SH EXAMPLES",
    ...commands.flatMap(([, { examples }]) => examples)
      .flatMap(({ line, shows }) => tagged(bold(`stoker ${line}`), shows)),
  ].join("\n");
}

function commandLines([name, command]: readonly [string, Command]): string[] {
  return [
    `.SS ${argument(`stoker ${name} ${command.usage}`.trimEnd())}`,
    `${text(command.summary)}.`,
    ...command.details.split("\n\n").flatMap((paragraph) => [
      ".PP",
      // Indented lines are a table, which must stay as it is.
      ...(/^ {2}/m.test(paragraph)
        ? [".nf", text(paragraph), ".fi"]
        : [text(paragraph)]),
    ]),
  ];
}

function flagLines(name: FlagName): string[] {
  const row: FlagRow = FLAGS[name];
  const short = row.short === "" ? "" : `${bold(`-${row.short}`)}, `;
  const value = row.value === "" ? "" : ` \\fI${escaped(row.value)}\\fR`;
  const everywhere = UNIVERSAL_FLAGS.includes(name) ? " (every command)" : "";
  return [
    ".TP",
    `${short}${bold(`--${name}`)}${value}`,
    text(row.summary + everywhere),
  ];
}

function tagged(tag: string, meaning: string): string[] {
  return [".TP", tag, text(meaning)];
}

function bold(words: string): string {
  return `\\fB${escaped(words)}\\fR`;
}

/** A macro's argument. */
function argument(words: string): string {
  return `"${escaped(words).replaceAll('"', "\\(dq")}"`;
}

/** Lines of text; a line that begins with a dot would be a macro. */
function text(words: string): string {
  return escaped(words).split("\n")
    .map((line) => /^[.']/.test(line) ? `\\&${line}` : line).join("\n");
}

/** Backslashes, and hyphens that must stay hyphens when they are copied. */
function escaped(words: string): string {
  return words.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replaceAll("…", "...").replaceAll("µ", "\\(mc");
}
