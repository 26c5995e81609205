/**
 * Whether a command takes what its line has.
 */
import { UsageError } from "../../errors.ts";
import type { Command } from "./command.ts";
import type { CommandLine } from "./command_line.ts";
import { type FlagName, UNIVERSAL_FLAGS } from "./flags.ts";
import { idleFlags } from "./help_text.ts";

/**
 * Checks flags, words and settings of a line.
 *
 * @param line The line.
 * @param command The command that it names.
 * @throws {UsageError} For the first that the command does not take.
 */
export function checkLine(line: CommandLine, command: Command): void {
  const taken = new Set<FlagName>([
    ...UNIVERSAL_FLAGS,
    ...command.flags,
    ...idleFlags(command),
  ]);
  for (const flag of line.givenFlags) {
    if (taken.has(flag)) continue;
    throw new UsageError(
      `Cannot use --${flag} with ${line.command}: "stoker help ${line.command}" lists its flags`,
    );
  }
  if (line.flags.quiet && line.flags.verbose) {
    throw new UsageError("Cannot use --quiet and --verbose together");
  }
  const surplus = line.words[command.maxWords];
  if (surplus !== undefined) {
    throw new UsageError(
      `Cannot use "${surplus}": ${line.command} takes ${command.usage}`,
    );
  }
  const setting = line.overrides[0];
  if (setting !== undefined && !command.takesOverrides) {
    throw new UsageError(
      `Cannot use ${setting.text}: ${line.command} takes no settings`,
    );
  }
}
