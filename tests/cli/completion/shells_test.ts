/** Completion, asked of the shells themselves. */
import { assert, assertEquals } from "@std/assert";
import { command } from "../../../lib/cli/commands/completions.ts";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { COMMANDS } from "../../../lib/cli/registry.ts";
import { isInstalled, outputOf } from "../../installed_program.ts";
import { testContext } from "../test_context.ts";

/** What is typed, and one of the words that must be offered. */
const CASES: readonly (readonly [typed: string, offered: string])[] = [
  ["stoker datas", "datasize"],
  ["stoker run --drop-c", "--drop-caches"],
  ["stoker run -n 4 unet3d_h", "unet3d_h100"],
  ["stoker run quick train.epo", "train.epochs="],
  ["stoker help check", "checkpoints"],
  ["stoker help hist", "history"],
  ["stoker history pru", "prune"],
  ["stoker completions fi", "fish"],
  ["stoker compare --allow-d", "--allow-different"],
];

async function scriptOf(shell: string): Promise<string> {
  const { context, stdout } = testContext([]);
  const line = parseCommandLine(["completions", shell]);
  await command.run(line, { ...context, commands: COMMANDS });
  return stdout.text;
}

async function withScript(
  shell: string,
  test: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/stoker`;
    await Deno.writeTextFile(path, await scriptOf(shell));
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "bash completes commands, flags, workloads, settings and topics",
  ignore: !isInstalled("bash"),
  async fn() {
    await withScript("bash", async (path) => {
      const lines = CASES.map(([typed]) => `ask ${typed}`).join("\n");
      const { stdout, stderr } = await outputOf("bash", [
        "--norc",
        "-c",
        `source ${path}
ask() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _stoker; echo "\${COMPREPLY[*]}"; }
${lines}
complete -p stoker`,
      ]);
      assertEquals(stderr, "");
      const answers = stdout.trimEnd().split("\n");
      assertEquals(answers.pop(), "complete -o filenames -F _stoker stoker");
      CASES.forEach(([typed, offered], index) => {
        assert(answers[index]!.split(" ").includes(offered), typed);
      });
    });
  },
});

Deno.test({
  name: "bash completes folders where a flag takes one, and nothing for text",
  ignore: !isInstalled("bash"),
  async fn() {
    await withScript("bash", async (path) => {
      const { stdout } = await outputOf("bash", [
        "--norc",
        "-c",
        `source ${path}
ask() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _stoker; echo "[\${COMPREPLY[*]}]"; }
ask stoker run --data /us
ask stoker run --data = /us
ask stoker run --label tr
ask stoker report /us`,
      ]);
      assertEquals(stdout, "[/usr]\n[/usr]\n[]\n[/usr]\n");
    });
  },
});

Deno.test({
  name: "fish completes commands, flags, workloads, settings and topics",
  ignore: !isInstalled("fish"),
  async fn() {
    await withScript("fish", async (path) => {
      for (const [typed, offered] of CASES) {
        const { stdout, stderr } = await outputOf("fish", [
          "--no-config",
          "-c",
          `source ${path}; complete -C '${typed}'`,
        ]);
        assertEquals(stderr, "");
        const words = stdout.split("\n").map((line) => line.split("\t")[0]);
        assert(words.includes(offered), `${typed}: ${stdout}`);
      }
    });
  },
});

Deno.test({
  name: "zsh completes commands, flags, workloads, settings and topics",
  ignore: !isInstalled("zsh"),
  async fn() {
    await withScript("zsh", async (path) => {
      // A terminal of its own, in which a key writes down what is typed. Keys
      // that come before the line editor is there would be the terminal's.
      const typed = CASES.map(([words], index) =>
        `zpty -w -n z $'${words}\\t\\x19\\x15'; await ${index + 1}`
      );
      const { stdout, stderr } = await outputOf("zsh", [
        "-f",
        "-c",
        `zmodload zsh/zpty
export OUT=${path}.out
await() {
  for i in {1..300}; do
    [[ -f $OUT && $(wc -l < $OUT) -ge $1 ]] && return
    zpty -r -t z rest
    sleep 0.1
  done
}
zpty z zsh -f -i
zpty -w z 'autoload -U compinit; compinit -u -D; source ${path}'
zpty -w z 'note() { print -r -- "$BUFFER" >> $OUT }; zle -N note; bindkey "^Y" note'
zpty -w z 'unsetopt beep; PROMPT="REA""DY> "'
zpty -r z line '*READY> *'
${typed.join("\n")}
zpty -d z
cat $OUT`,
      ]);
      assertEquals(stderr, "");
      const buffers = stdout.trimEnd().split("\n");
      CASES.forEach(([words, offered], index) => {
        const last = buffers[index]?.trimEnd().split(" ").at(-1) ?? "";
        // A flag with a value ends in "=", ready for it.
        assert([offered, `${offered}=`].includes(last), `${words}: ${last}`);
      });
    });
  },
});
