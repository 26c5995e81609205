/** Tests of commands that several processes carry out together. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Command } from "../../../lib/cli/line/command.ts";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { runJoined } from "../../../lib/cli/session/joined_command.ts";
import { StokerError } from "../../../lib/errors.ts";
import { command as generate } from "../../../lib/cli/commands/generate.ts";
import { command as run } from "../../../lib/cli/commands/run.ts";
import { command as verify } from "../../../lib/cli/commands/verify.ts";
import { type MemoryLinks, memoryLinks } from "../../cluster/memory_links.ts";
import { hashesOf, inTempFolder } from "../../engine/engine_fixture.ts";
import { testContext } from "../test_context.ts";

/** Runs a command in each of some processes, with its own words. */
async function runInAll(
  command: Command,
  lines: readonly (readonly string[])[],
  disturb: (network: MemoryLinks) => void = () => {},
) {
  using network = memoryLinks(lines.length);
  disturb(network);
  return await Promise.all(network.links.map(async (link, process) => {
    // Only the first one knows where it is told to look.
    const { context, stdout, stderr } = testContext(lines[process] ?? [], {});
    const code = await runJoined(link, command, {
      line: parseCommandLine(lines[process] ?? []),
      context,
      report(console, error) {
        assert(error instanceof StokerError, String(error));
        console.fail(error.message);
        return error.exitCode;
      },
    });
    return { code, stdout: stdout.text, stderr: stderr.text };
  }));
}

const SMALL = [
  "dataset.num_files_train=8",
  "dataset.num_files_eval=0",
  "workflow.evaluation=false",
  "train.epochs=1",
  "reader.batch_size=1",
];

Deno.test("run, generate and verify over processes: the first alone speaks, and has one result of all", async () => {
  await inTempFolder(async (folder) => {
    const data = ["quick", "--data", `${folder}/data`, ...SMALL];
    const line = [...data, "--results", `${folder}/results`, "--no-progress"];
    const [first, second] = await runInAll(
      run,
      [["run", ...line, "--json"], ["run", ...line, "--json"]],
    );
    assertEquals(second, { code: 0, stdout: "", stderr: "" });
    assertEquals(first?.code, 0);
    const summary = JSON.parse(first?.stdout ?? "");
    assertEquals(summary.num_accelerators, 2);
    assertEquals(
      JSON.parse(await Deno.readTextFile(`${folder}/results/summary.json`)),
      summary,
    );
    assertStringIncludes(first?.stderr ?? "", "quick on 2 accelerators");
    const files = await hashesOf(`${folder}/data`);
    assertEquals(Object.keys(files).length, 8);

    const [verified, other] = await runInAll(verify, [
      ["verify", ...data, "--json"],
      ["verify", ...data, "--json"],
    ]);
    assertEquals(other, { code: 0, stdout: "", stderr: "" });
    const { checked_files, damaged_files } = JSON.parse(verified?.stdout ?? "");
    assertEquals([checked_files, damaged_files], [8, 0]);

    const again = [...data, "--force", "--json"];
    const [generated] = await runInAll(generate, [
      ["generate", ...again],
      ["generate", ...again],
    ]);
    assertEquals(JSON.parse(generated?.stdout ?? "").files, 8);
    assertEquals(await hashesOf(`${folder}/data`), files);
  });
});

Deno.test("processes with other lines begin nothing, and the first says what differs", async () => {
  const [first, second] = await runInAll(run, [
    ["run", "quick", "train.epochs=2", "storage.storage_options.x_key=one"],
    ["run", "quick", "train.epochs=3", "--label", "b"],
  ]);
  assertEquals([first?.code, second?.code], [2, 2]);
  assertEquals(second?.stderr, "");
  for (
    const text of [
      "train.epochs: 2 in process 0; 3 in process 1",
      "--label: not there in process 0; b in process 1",
    ]
  ) assertStringIncludes(first?.stderr ?? "", text);
  assert(!first?.stderr.includes("one"));
});

Deno.test("settings that cannot be used are said once, by the first process", async () => {
  const line = ["run", "quick", "train.epochs=-1"];
  const [first, second] = await runInAll(run, [line, line]);
  assertEquals([first?.code, second?.code], [2, 2]);
  assertStringIncludes(first?.stderr ?? "", "train.epochs");
  assertEquals([second?.stdout, second?.stderr], ["", ""]);
});

Deno.test("a process that fails by itself says so with its name, and the first says it too", async () => {
  const command: Command = {
    ...run,
    run(_line, { joined }) {
      if (joined?.link.cluster.rank === 1) throw new StokerError("a full disk");
      return 0;
    },
  };
  const [first, second] = await runInAll(command, [["run"], ["run"]]);
  assertEquals([first?.code, second?.code], [1, 1]);
  const host = Deno.hostname();
  assertEquals(
    first?.stderr,
    `error: Cannot go on without process 1 on ${host}, which ended: ` +
      "a full disk\n",
  );
  assertEquals(second?.stderr, `error: process 1 on ${host}: a full disk\n`);
});
