/**
 * Finds a command by its name, or suggests one.
 */
import { didYouMean } from "../../bytes/did_you_mean.ts";
import { UsageError } from "../../errors.ts";
import type { Command, CommandLoader } from "./command.ts";

/**
 * Loads the command of a name.
 *
 * @param topics Names that are accepted beside the commands, by `help`.
 * @throws {UsageError} If there is none.
 */
export async function commandNamed(
  name: string,
  commands: Readonly<Record<string, CommandLoader>>,
  topics: readonly string[] = [],
): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return (await load()).command;
  const hint = didYouMean(name, [...Object.keys(commands), ...topics]);
  const [one, all] = topics.length === 0
    ? ["command", "commands"]
    : ["command or topic", "commands and topics"];
  throw new UsageError(
    `Unknown ${one} ${name}${hint}; "stoker help" lists the ${all}`,
  );
}
