/** Every command shows examples, and each of them works as it stands. */
import { assert } from "@std/assert";
import type { Purpose } from "../../../lib/config/judged_parts.ts";
import { checkLine } from "../../../lib/cli/line/check_line.ts";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { commandHelp } from "../../../lib/cli/line/help_text.ts";
import { loadWorkload } from "../../../lib/cli/line/workload_settings.ts";
import { COMMANDS } from "../../../lib/cli/registry.ts";
import { testContext } from "../test_context.ts";

/** What each command that takes a workload asks settings for. */
const PURPOSES: Readonly<Record<string, Purpose>> = {
  generate: "dataset",
  verify: "dataset",
  datasize: "sizes",
};

/** Words of a line, without what a shell does with its output. */
function wordsOf(line: string): string[] {
  return line.split(" > ")[0]!.split(" ");
}

for (const [name, load] of Object.entries(COMMANDS)) {
  Deno.test(`stoker help ${name} has examples that the command takes`, async () => {
    const { command } = await load();
    const { examples } = command;
    assert(examples.length > 0);
    const page = commandHelp(name, command);
    for (const { line: text, shows } of examples) {
      assert(page.includes(`stoker ${text}`) && page.includes(shows), text);
      const line = parseCommandLine(wordsOf(text));
      assert(line.command === name, text);
      checkLine(line, command);
      if (command.completes !== "workloads") continue;
      const { context } = testContext(wordsOf(text));
      await loadWorkload(line, context, { purpose: PURPOSES[name] ?? "run" });
    }
  });
}
