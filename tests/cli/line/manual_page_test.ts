/** The manual page, read by the programs that show it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { command } from "../../../lib/cli/commands/help.ts";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { FLAGS } from "../../../lib/cli/line/flags.ts";
import { COMMANDS } from "../../../lib/cli/registry.ts";
import { isInstalled, outputOf } from "../../installed_program.ts";
import { testContext } from "../test_context.ts";

async function page(): Promise<string> {
  const { context, stdout } = testContext([]);
  const line = parseCommandLine(["help", "--man"]);
  await command.run(line, { ...context, commands: COMMANDS });
  return stdout.text;
}

/** Programs that warn of what they do not understand. */
const CHECKERS = [
  ["groff", ["-ww", "-man", "-Tutf8", "-z"]],
  ["mandoc", ["-Tlint", "-Wwarning"]],
] as const;

for (const [program, args] of CHECKERS) {
  Deno.test({
    name: `help --man is a page that ${program} has nothing to say of`,
    ignore: !isInstalled(program),
    async fn() {
      const { stdout, stderr } = await outputOf(program, args, await page());
      assertEquals(stdout + stderr, "");
    },
  });
}

Deno.test({
  name: "help --man is shown by man with every command and every flag",
  ignore: !isInstalled("man"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/stoker.1`;
      await Deno.writeTextFile(path, await page());
      const { stdout, stderr } = await outputOf("man", [
        "--warnings",
        "-l",
        "-E",
        "UTF-8",
        path,
      ]);
      assertEquals(stderr, "");
      // Letters are doubled with backspaces where they are bold.
      // deno-lint-ignore no-control-regex -- backspaces are what is taken out.
      const text = stdout.replaceAll(/.\x08/g, "").replaceAll("‐", "-");
      for (const name of Object.keys(COMMANDS)) {
        assertStringIncludes(text, `stoker ${name}`);
      }
      for (const flag of Object.keys(FLAGS)) {
        assert(text.includes(`--${flag}`), flag);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
