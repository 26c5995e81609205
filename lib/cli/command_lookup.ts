/**
 * Finds a command by its name, or says what may have been meant.
 */
import { UsageError } from "../errors.ts";
import { closestName } from "./closest_name.ts";
import type { Command, CommandLoader } from "./command.ts";

/**
 * Loads the command of a name.
 *
 * @throws {UsageError} If there is none.
 */
export async function commandNamed(
  name: string,
  commands: Readonly<Record<string, CommandLoader>>,
): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return (await load()).command;
  const near = closestName(name, Object.keys(commands));
  const hint = near === null
    ? `"stoker help" lists the commands`
    : `did you mean ${near}?`;
  throw new UsageError(`Unknown command ${name}: ${hint}`);
}
