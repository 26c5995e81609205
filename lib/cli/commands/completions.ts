/**
 * `stoker completions`: a script by which a shell completes Stoker's command
 * line.
 */
import { EXIT_DONE, UsageError } from "../../errors.ts";
import { bashScript } from "../completion/bash_script.ts";
import {
  type CompletionFacts,
  completionFacts,
} from "../completion/completion_facts.ts";
import { fishScript } from "../completion/fish_script.ts";
import { zshScript } from "../completion/zsh_script.ts";
import type { Command } from "../line/command.ts";

/** What each shell wants. */
const SCRIPTS: Readonly<Record<string, (facts: CompletionFacts) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const SHELLS = Object.keys(SCRIPTS);

/** The command. */
export const command: Command = {
  summary: "a script by which bash, zsh or fish completes command lines",
  usage: SHELLS.join(" | "),
  details: `\
Prints the script: commands, flags, workloads, topics and keys of settings of
this release. In the shell's start file:

  bash (~/.bashrc)                   source <(stoker completions bash)
  zsh (~/.zshrc, after compinit)     source <(stoker completions zsh)
  fish (~/.config/fish/config.fish)  stoker completions fish | source`,
  flags: [],
  maxWords: 1,
  takesOverrides: false,
  completes: SHELLS,
  examples: [
    {
      line: "completions bash > ~/.local/share/bash-completion/completions/" +
        "stoker",
      shows: "for every bash of this user from now on",
    },
  ],
  async run({ words }, { console, commands }) {
    const [shell = ""] = words;
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined) {
      throw new UsageError(
        `Cannot complete for "${shell}" as the shell must be one of ` +
          `${SHELLS.join(", ")}`,
      );
    }
    console.print(script(await completionFacts(commands)));
    return EXIT_DONE;
  },
};
