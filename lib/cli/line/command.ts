/**
 * The Command seam: what `dispatch.ts` and `help` know of a command.
 *
 * Adding a command: one file in `commands/` that exports a `command`, one
 * line in `registry.ts`.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { Joined } from "../../cluster/joined.ts";
import type { ProcessLink } from "../../cluster/link.ts";
import type { CommandLine } from "./command_line.ts";
import type { Console } from "../console.ts";
import type { Keyboard } from "../keyboard.ts";
import type { FlagName, FlagValues } from "./flags.ts";

/** A command line that does something worth knowing. */
export interface Example {
  /** After the program's name, as for a shell. */
  readonly line: string;
  /** What it does: a clause without a period. */
  readonly shows: string;
}

/** What a shell offers for the words of a command. */
export type CompletedWords =
  | "workloads"
  | "folders"
  | "topics"
  | readonly string[];

/** One command of the command line. */
export interface Command {
  /** One line for the list of commands: a clause without a period. */
  readonly summary: string;
  /** What may follow the command's name: "[workload] [flags]". */
  readonly usage: string;
  /** Paragraphs for `help COMMAND`. */
  readonly details: string;
  /** The flags it takes besides those that every command takes. */
  readonly flags: readonly FlagName[];
  /**
   * Whether it also takes the other flags of `run`, without effect.
   * @default {false}
   */
  readonly takesRunFlags?: boolean;
  /** Most words that may follow: a workload, a command's name. */
  readonly maxWords: number;
  /** Whether it takes `section.key=value`. */
  readonly takesOverrides: boolean;
  /**
   * Whether the processes of a launch carry it out together. Any other
   * command is for the first of them alone.
   * @default {false}
   */
  readonly spansProcesses?: boolean;
  /**
   * What its words are, for shells that complete them.
   * @default {nothing}
   */
  readonly completes?: CompletedWords;
  /** At least one; `help COMMAND` prints them. */
  readonly examples: readonly Example[];
  /**
   * Does it.
   *
   * @returns An exit status of `lib/errors.ts`.
   * @throws {StokerError} For everything the user can act on.
   */
  run(line: CommandLine, context: Context): Awaitable<number>;
}

/** Loads the file of a command. */
export type CommandLoader = () => Promise<{ readonly command: Command }>;

/** The world outside of a command: a test makes its own. */
export interface Context {
  /** The command line after the program's name. */
  readonly args: readonly string[];
  /** All commands by name. */
  readonly commands: Readonly<Record<string, CommandLoader>>;
  readonly console: Console;
  /** Null: nobody can press keys, or nothing is redrawn. */
  readonly keyboard: Keyboard | null;
  /** The value of an environment variable that `deno.json` permits. */
  env(name: string): string | undefined;
  /** Wall-clock time, for names and display. */
  now(): Date;
  /**
   * Asks for a yes or no. Absent where nobody is at a terminal.
   *
   * @param question One line.
   */
  ask?(question: string): boolean;
  /**
   * Joins the processes that a launcher started with this one. Absent: nobody
   * could be joined.
   */
  joinProcesses?(flags: FlagValues): Promise<ProcessLink>;
  /** The processes that carry the command out; absent: this one alone. */
  readonly joined?: Joined;
  /**
   * From now on Ctrl-C and SIGTERM abort this signal instead of Stoker.
   *
   * @param console Where a signal is told of. @default {the context's}
   */
  interrupt(console?: Console): AbortSignal;
}
