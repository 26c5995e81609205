/**
 * The topics of `stoker help TOPIC`: Markdown files of `lib/help/`, which the
 * executable contains too. A topic is a file; nothing else names it.
 *
 *    # NAME: what the topic is about        the first line; `help` lists it
 *
 * The topic `settings` ends with the table that the schema gives.
 */
import { settingsTable } from "../../config/settings_table.ts";

/** Where the topics are, in the source tree and in the executable. */
const TOPICS_FOLDER = new URL("../../help/", import.meta.url);

const ENDING = ".md";
const TITLE_REGEXP = /^# (\w+): (.+)\n/;

/** The topic that is about the rows of the schema. */
const SETTINGS_TOPIC = "settings";

/**
 * Names of the topics, sorted.
 */
export async function listTopics(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(TOPICS_FOLDER)) {
    if (name.endsWith(ENDING)) names.push(name.slice(0, -ENDING.length));
  }
  return names.sort();
}

/**
 * The text of a topic.
 *
 * @param name One of {@linkcode listTopics}.
 * @returns Markdown without a line feed at the end.
 */
export async function topicText(name: string): Promise<string> {
  const text = await Deno.readTextFile(
    new URL(`${name}${ENDING}`, TOPICS_FOLDER),
  );
  const table = name === SETTINGS_TOPIC ? `\n${settingsTable()}` : "";
  return `${text}${table}`.trimEnd();
}

/**
 * What a topic is about.
 *
 * @param text The topic's text.
 * @returns The clause of its first line; "" if that line is not a title.
 */
export function topicSummary(text: string): string {
  return TITLE_REGEXP.exec(text)?.[2] ?? "";
}
