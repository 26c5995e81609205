/**
 * `stoker help`: the list of commands and topics, one command's page, or one
 * topic.
 */
import { EXIT_DONE } from "../../errors.ts";
import type { Command } from "../line/command.ts";
import { commandNamed } from "../line/command_lookup.ts";
import { commandHelp, overviewHelp } from "../line/help_text.ts";
import { listTopics, topicSummary, topicText } from "../line/help_topics.ts";

/** The command. */
export const command: Command = {
  summary: "this list, a command's flags, or a topic",
  usage: "[COMMAND | TOPIC]",
  details: "For a command the same as --help after it.",
  flags: [],
  maxWords: 1,
  takesOverrides: false,
  async run({ words }, { console, commands }) {
    const [name] = words;
    const topics = await listTopics();
    if (name !== undefined && topics.includes(name)) {
      console.print(await topicText(name));
      return EXIT_DONE;
    }
    if (name !== undefined) {
      const command = await commandNamed(name, commands, topics);
      console.print(commandHelp(name, command));
      return EXIT_DONE;
    }
    const rows = await Promise.all(
      Object.entries(commands).map(async ([name, load]) =>
        [name, (await load()).command.summary] as const
      ),
    );
    const topicRows = await Promise.all(
      topics.map(async (topic) =>
        [topic, topicSummary(await topicText(topic))] as const
      ),
    );
    console.print(overviewHelp(rows, topicRows));
    return EXIT_DONE;
  },
};
