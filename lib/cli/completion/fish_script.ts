/**
 * Completion for fish: one `complete` for each thing that may be typed.
 *
 * Syntax: https://fishshell.com/docs/current/cmds/complete.html
 */
import type {
  CompletedCommand,
  CompletedFlag,
  CompletionFacts,
} from "./completion_facts.ts";

/**
 * Makes the script.
 *
 * @param facts What is completed.
 */
export function fishScript({ commands, settings }: CompletionFacts): string {
  const withSettings = commands.filter((each) => each.takesSettings)
    .map(({ name }) => name);
  return [
    "# Completion of stoker for fish: stoker completions fish | source",
    "complete -c stoker -f",
    ...commands.map(({ name, summary }) =>
      `complete -c stoker -n __fish_use_subcommand -a ${name} ` +
      `-d ${quoted(summary)}`
    ),
    ...commands.flatMap(commandLines),
    ...settings.map(({ key, help }) =>
      `complete -c stoker -n ${seen(withSettings)} -a ${quoted(`${key}=`)} ` +
      `-d ${quoted(help)}`
    ),
  ].join("\n");
}

function commandLines(
  { name, flags, words, paths }: CompletedCommand,
): string[] {
  const when = `complete -c stoker -n ${seen([name])}`;
  return [
    ...flags.map((flag) => `${when} ${flagWords(flag)}`),
    ...(words.length === 0 ? [] : [`${when} -a ${quoted(words.join(" "))}`]),
    ...(paths === "none" ? [] : [`${when} ${pathWords(paths)}`]),
  ];
}

function flagWords({ name, short, value, summary }: CompletedFlag): string {
  const letter = short === "" ? "" : ` -s ${short}`;
  const argument = {
    nothing: "",
    folder: " -x -a '(__fish_complete_directories)'",
    file: " -r -F",
    text: " -x",
  }[value];
  return `-l ${name}${letter}${argument} -d ${quoted(summary)}`;
}

function pathWords(paths: "files" | "folders"): string {
  return paths === "files" ? "-F" : "-a '(__fish_complete_directories)'";
}

function seen(commands: readonly string[]): string {
  return quoted(`__fish_seen_subcommand_from ${commands.join(" ")}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
