/**
 * Completion for zsh: `_arguments` of its completion system, with the text of
 * each flag. Works from a folder of `fpath` and by `source`.
 *
 * Syntax: https://zsh.sourceforge.io/Doc/Release/Completion-System.html
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
export function zshScript({ commands, settings }: CompletionFacts): string {
  return `\
#compdef stoker
# Completion of stoker for zsh: source <(stoker completions zsh)
_stoker_settings() {
  local -a keys
  keys=(
${settings.map(({ key }) => `    ${quoted(`${key}=`)}`).join("\n")}
  )
  compadd -S '' -a keys
}
_stoker_words() {
  local kind=$1 settings=$2
  shift 2
  (( $# )) && compadd -- "$@"
  [[ $settings == yes ]] && _stoker_settings
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
_stoker() {
  local -a commands
  commands=(
${
    commands.map(({ name, summary }) =>
      `    ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}`
    ).join("\n")
  }
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _stoker ]]; then
  _stoker "$@"
else
  compdef _stoker stoker
fi`;
}

function commandCase(
  { name, flags, words, paths, takesSettings }: CompletedCommand,
): string {
  const rest = ["_stoker_words", paths, takesSettings ? "yes" : "no", ...words];
  return [
    `    ${name})`,
    "      _arguments -s \\",
    ...flags.map((flag) => `        ${flagSpec(flag)} \\`),
    `        ${quoted(`*: :{${rest.join(" ")}}`)} ;;`,
  ].join("\n");
}

/** `'(-n --accelerators)'{-n,--accelerators=}'[…]:N: '`. */
function flagSpec({ name, short, value, summary }: CompletedFlag): string {
  const text = summary.replaceAll(/[[\]]/g, "").replaceAll(":", "\\:");
  const action = {
    nothing: "",
    folder: ":folder:_files -/",
    file: ":file:_files",
    text: ":value: ",
  }[value];
  const spec = `[${text}]${action}`;
  const long = value === "nothing" ? `--${name}` : `--${name}=`;
  return short === ""
    ? quoted(`${long}${spec}`)
    : `'(-${short} --${name})'{-${short},${long}}${quoted(spec)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
