/**
 * From a command line to an exit status: finds the command, checks that it
 * takes what was given, runs it, and says how it ended.
 */
import {
  ConfigError,
  EXIT_FAILED,
  EXIT_USAGE,
  StokerError,
} from "../errors.ts";
import type { Context } from "./line/command.ts";
import { checkLine } from "./line/check_line.ts";
import { parseCommandLine } from "./line/command_line.ts";
import type { Console } from "./console.ts";
import { commandNamed } from "./line/command_lookup.ts";
import { processContext } from "./context.ts";
import { runLaunched } from "./session/joined_command.ts";

/** Runs the command line of this process. */
export async function main(): Promise<number> {
  const context = processContext();
  const { terminal } = context;
  // However the process ends: by an exit in the middle, by a defect.
  globalThis.addEventListener("unload", () => terminal.restore());
  globalThis.addEventListener("error", () => terminal.restore());
  // A rejected promise that is not awaited ends the process as any defect does.
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    Deno.exit(reportFailure(context.console, event.reason));
  });
  return await dispatch(context);
}

/**
 * Runs a command line.
 *
 * @returns The exit status; errors are reported, never thrown.
 */
export async function dispatch(context: Context): Promise<number> {
  const { console } = context;
  try {
    const line = parseCommandLine(context.args);
    const { flags } = line;
    if (flags.quiet) console.loudness = "quiet";
    if (flags.verbose) console.loudness = "verbose";
    if (flags.version) {
      const version = await commandNamed("version", context.commands);
      return await version.run({ ...line, command: "version" }, context);
    }
    if (flags.help || line.command === null) {
      const help = await commandNamed("help", context.commands);
      const words = line.command === null ? [] : [line.command];
      await help.run({ ...line, command: "help", words }, context);
      return line.command === null && !flags.help ? EXIT_USAGE : 0;
    }
    const command = await commandNamed(line.command, context.commands);
    checkLine(line, command);
    return await runLaunched(command, { line, context, report: reportFailure });
  } catch (error) {
    return reportFailure(console, error);
  } finally {
    console.status([]);
  }
}

/** Says why a command ends. Only a defect of Stoker shows its stack. */
function reportFailure(console: Console, error: unknown): number {
  if (error instanceof StokerError) {
    const texts = error instanceof ConfigError
      ? error.problems
      : [error.message];
    for (const text of texts) console.fail(text);
    return error.exitCode;
  }
  if (error instanceof Deno.errors.NotCapable) {
    console.fail(`Deno does not permit it: ${error.message}`);
    return EXIT_FAILED;
  }
  const text = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  console.fail(`This is a defect of Stoker, please report it\n${text}`);
  return EXIT_FAILED;
}
