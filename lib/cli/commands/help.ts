/**
 * `stoker help`: the list of commands, or one command's page.
 */
import { EXIT_DONE } from "../../errors.ts";
import type { Command } from "../line/command.ts";
import { commandNamed } from "../line/command_lookup.ts";
import { commandHelp, overviewHelp } from "../line/help_text.ts";

/** The command. */
export const command: Command = {
  summary: "this list, or one command's flags",
  usage: "[COMMAND]",
  details: "The same as --help after a command.",
  flags: [],
  maxWords: 1,
  takesOverrides: false,
  async run({ words }, { console, commands }) {
    const [name] = words;
    if (name !== undefined) {
      console.print(commandHelp(name, await commandNamed(name, commands)));
      return EXIT_DONE;
    }
    const rows = await Promise.all(
      Object.entries(commands).map(async ([name, load]) =>
        [name, (await load()).command.summary] as const
      ),
    );
    console.print(overviewHelp(rows));
    return EXIT_DONE;
  },
};
