/**
 * `stoker help`: the list of commands and topics, one command's page, one
 * topic, or the manual page.
 */
import { EXIT_DONE } from "../../errors.ts";
import type { Command, Context } from "../line/command.ts";
import { commandNamed } from "../line/command_lookup.ts";
import { commandHelp, overviewHelp } from "../line/help_text.ts";
import { listTopics, topicSummary, topicText } from "../line/help_topics.ts";
import { manualPage } from "../line/manual_page.ts";
import { STOKER_VERSION } from "../version.ts";

/** The command. */
export const command: Command = {
  summary: "this list, a command's flags, or a topic",
  usage: "[COMMAND | TOPIC | --man]",
  details: `\
For a command the same as --help after it. --man prints the manual page:
stoker help --man > ~/.local/share/man/man1/stoker.1`,
  flags: ["man"],
  maxWords: 1,
  takesOverrides: false,
  completes: "topics",
  examples: [
    { line: "help run", shows: "flags and examples of a command" },
    { line: "help caches", shows: "a topic" },
    { line: "help --man", shows: "the manual page" },
  ],
  async run({ words, flags }, { console, commands, now }) {
    const [name] = words;
    const topics = await listTopics();
    if (flags.man) {
      console.print(manualPage({
        version: STOKER_VERSION,
        date: now().toISOString().slice(0, 10),
        commands: await loadAll(commands),
        topics: await topicRows(topics),
      }));
      return EXIT_DONE;
    }
    if (name !== undefined && topics.includes(name)) {
      console.print(await topicText(name));
      return EXIT_DONE;
    }
    if (name !== undefined) {
      const command = await commandNamed(name, commands, topics);
      console.print(commandHelp(name, command));
      return EXIT_DONE;
    }
    const rows = (await loadAll(commands)).map(([each, { summary }]) =>
      [each, summary] as const
    );
    console.print(overviewHelp(rows, await topicRows(topics)));
    return EXIT_DONE;
  },
};

function loadAll(
  commands: Context["commands"],
): Promise<(readonly [string, Command])[]> {
  return Promise.all(
    Object.entries(commands).map(async ([name, load]) =>
      [name, (await load()).command] as const
    ),
  );
}

function topicRows(
  topics: readonly string[],
): Promise<(readonly [string, string])[]> {
  return Promise.all(
    topics.map(async (topic) =>
      [topic, topicSummary(await topicText(topic))] as const
    ),
  );
}
