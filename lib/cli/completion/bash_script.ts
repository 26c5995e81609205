/**
 * Completion for bash: a function that `complete` calls, with plain lists and
 * without anything but bash itself.
 *
 * Bash takes words apart at "=", so a setting is completed up to it, and
 * `--flag=value` like `--flag value`.
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
export function bashScript({ commands, settings }: CompletionFacts): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `\
# Completion of stoker for bash: source <(stoker completions bash)
_stoker() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} flags="" words="" paths="" settings=""
  COMPREPLY=()
  if [[ $cur == "=" ]]; then cur=""; fi
  if [[ $prev == "=" ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${names}" -- "$cur"))
    return
  fi
  case $command in
${commands.map(commandCase).join("\n")}
  esac
  case $prev in
${flagCases(commands.flatMap(({ flags }) => flags))}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    return
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ $settings == yes && $cur == *.* ]]; then
    compopt -o nospace 2>/dev/null
    COMPREPLY+=($(compgen -W "$_stoker_settings" -- "$cur"))
  elif [[ $settings == yes && $cur == [a-z]* ]]; then
    compopt -o nospace 2>/dev/null
    COMPREPLY+=($(compgen -W "$_stoker_sections" -- "$cur"))
  fi
  case $paths in
    files) COMPREPLY+=($(compgen -f -- "$cur")) ;;
    folders) COMPREPLY+=($(compgen -d -- "$cur")) ;;
  esac
}
_stoker_settings="${settings.map(({ key }) => `${key}=`).join("\n")}"
_stoker_sections="${
    [...new Set(settings.map(({ key }) => `${key.split(".")[0]}.`))].join("\n")
  }"
complete -o filenames -F _stoker stoker`;
}

function commandCase(
  { name, flags, words, paths, takesSettings }: CompletedCommand,
): string {
  const spelled = flags.map((flag) => `--${flag.name}`).join(" ");
  return `\
    ${name})
      flags="${spelled}"
      words="${words.join(" ")}" paths=${paths} settings=${
    takesSettings ? "yes" : "no"
  } ;;`;
}

/** What follows a flag; a switch is followed by anything. */
function flagCases(flags: readonly CompletedFlag[]): string {
  const spelled = (kind: CompletedFlag["value"]) =>
    [
      ...new Set(
        flags.filter(({ value }) => value === kind).flatMap((
          { name, short },
        ) => [`--${name}`, ...(short === "" ? [] : [`-${short}`])]),
      ),
    ].join("|");
  return [
    ["folder", 'COMPREPLY=($(compgen -d -- "$cur")); return ;;'],
    ["file", 'COMPREPLY=($(compgen -f -- "$cur")); return ;;'],
    ["text", "return ;;"],
  ].map(([kind, act]) =>
    `    ${spelled(kind as CompletedFlag["value"])}) ${act}`
  ).join("\n");
}
