/** Tests of lib/cli/dispatch.ts with commands made for them. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Command, Context } from "../../lib/cli/line/command.ts";
import { Console } from "../../lib/cli/console.ts";
import { dispatch } from "../../lib/cli/dispatch.ts";
import { COMMANDS } from "../../lib/cli/registry.ts";
import { ConfigError, StorageError } from "../../lib/errors.ts";
import { TextCollector } from "./text_collector.ts";

function commandThat(run: Command["run"]): Command {
  return {
    summary: "does a thing",
    usage: "[workload]",
    details: "Details.",
    flags: ["json"],
    maxWords: 1,
    takesOverrides: false,
    examples: [],
    run,
  };
}

async function dispatched(args: string[], run: Command["run"] = () => 0) {
  const stdout = new TextCollector();
  const stderr = new TextCollector();
  const context: Context = {
    args,
    commands: {
      help: COMMANDS.help!,
      act: () => Promise.resolve({ command: commandThat(run) }),
    },
    console: new Console({
      stdout,
      stderr,
      isTerminal: false,
      size: () => ({ columns: 80, rows: 24 }),
    }),
    keyboard: null,
    env: () => undefined,
    now: () => new Date(0),
    interrupt: () => new AbortController().signal,
  };
  const code = await dispatch(context);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

Deno.test("dispatch() returns what the command returns", async () => {
  assertEquals((await dispatched(["act", "w"], () => 3)).code, 3);
});

Deno.test("dispatch() gives the command its line and its context", async () => {
  const { stdout } = await dispatched(["act", "w"], (line, { console }) => {
    console.print(`${line.workload}`);
    return 0;
  });
  assertEquals(stdout, "w\n");
});

Deno.test("dispatch() prints every problem of an error, without a stack", async () => {
  const result = await dispatched(["act"], () => {
    throw new ConfigError(["one", "two"]);
  });
  assertEquals(result, {
    code: 2,
    stdout: "",
    stderr: "error: one\nerror: two\n",
  });
  const failed = await dispatched(["act"], () => {
    throw new StorageError("open", "/x", "ENOENT", "no such file");
  });
  assertEquals(failed.code, 1);
  assertEquals(
    failed.stderr,
    'error: Cannot open "/x": no such file (ENOENT)\n',
  );
});

Deno.test("dispatch() prints the stack of a defect", async () => {
  const { code, stderr } = await dispatched(["act"], () => {
    throw new TypeError("undefined is not a function");
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "defect of Stoker");
  assertMatch(stderr, /TypeError: undefined is not a function\n\s+at /);
});

Deno.test("dispatch() says what the runtime does not permit, without a stack", async () => {
  const { code, stderr } = await dispatched(["act"], () => {
    throw new Deno.errors.NotCapable('Requires all access to "/proc"');
  });
  assertEquals(code, 1);
  assertEquals(
    stderr,
    'error: Deno does not permit it: Requires all access to "/proc"\n',
  );
});

Deno.test("dispatch() refuses what the command does not take", async () => {
  const refusal = async (...args: string[]) => {
    const { code, stderr } = await dispatched(args);
    assertEquals(code, 2);
    return stderr;
  };
  assertEquals(
    await refusal("act", "--force"),
    'error: Cannot use --force with act: "stoker help act" lists its flags\n',
  );
  assertEquals(
    await refusal("act", "a", "b"),
    'error: Cannot use "b": act takes [workload]\n',
  );
  assertEquals(
    await refusal("act", "a.b=1"),
    "error: Cannot use a.b=1: act takes no settings\n",
  );
  assertEquals(
    await refusal("act", "-qv"),
    "error: Cannot use --quiet and --verbose together\n",
  );
  assertEquals(
    await refusal("acts"),
    'error: Unknown command acts; did you mean "act"; "stoker help" lists the commands\n',
  );
  assertEquals(
    await refusal("toString"),
    'error: Unknown command toString; "stoker help" lists the commands\n',
  );
});

Deno.test("dispatch() shows the command's page for --help anywhere", async () => {
  const { code, stdout } = await dispatched(["act", "w", "--help"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^stoker act: does a thing\n\nUsage: stoker act \[work/);
  assertStringIncludes(stdout, "-h, --help");
});

Deno.test("dispatch() lists the commands when there is none", async () => {
  const bare = await dispatched([]);
  assertEquals(bare.code, 2);
  assertMatch(bare.stdout, /\n {2}act {3}does a thing\n/);
  const asked = await dispatched(["--help"]);
  assertEquals([asked.code, asked.stdout], [0, bare.stdout]);
});
