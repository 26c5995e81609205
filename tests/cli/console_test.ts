/** Tests of lib/cli/console.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import { Console } from "../../lib/cli/console.ts";
import { plainLine } from "../../lib/cli/status_line.ts";
import { StokerError } from "../../lib/errors.ts";
import { TextCollector } from "./text_collector.ts";

function makeConsole(isTerminal: boolean, maxBytes = Infinity) {
  const stdout = new TextCollector(maxBytes);
  const stderr = new TextCollector(maxBytes);
  const console = new Console({
    stdout,
    stderr,
    isTerminal,
    size: () => ({ columns: 11, rows: 4 }),
  });
  return { console, stdout, stderr };
}

Deno.test("Console keeps results on stdout and words on stderr", () => {
  const { console, stdout, stderr } = makeConsole(false);
  console.print("42");
  console.say("hello");
  console.detail("unheard");
  console.warn("careful");
  console.fail("no");
  console.status([plainLine("never redrawn here")]);
  assertEquals(stdout.text, "42\n");
  assertEquals(stderr.text, "hello\nwarning: careful\nerror: no\n");
});

Deno.test("Console says no more than it is asked to", () => {
  const quiet = makeConsole(true);
  quiet.console.loudness = "quiet";
  quiet.console.say("a");
  quiet.console.status([plainLine("b")]);
  quiet.console.warn("c");
  assertEquals(quiet.stderr.text, "warning: c\n");
  const verbose = makeConsole(true);
  verbose.console.loudness = "verbose";
  verbose.console.detail("d");
  assertEquals(verbose.stderr.text, "d\n");
});

Deno.test("Console redraws its status below what is said, each line over the last one, and ends at its begin", () => {
  const { console, stderr } = makeConsole(true);
  console.status([plainLine("12345678901234"), plainLine("b")]);
  console.status([plainLine("c")]);
  console.say("x");
  console.status([]);
  console.status([]);
  assertEquals(
    stderr.text,
    "\x1b[?25l\x1b[?7l\r1234567890\x1b[K\r\nb\x1b[J\r\x1b[1A\x1b[?7h" +
      "\x1b[?7l\rc\x1b[J\r\x1b[?7h" +
      "\r\x1b[Jx\n\x1b[?7l\rc\x1b[J\r\x1b[?7h" +
      "\r\x1b[J\x1b[?25h",
  );
});

Deno.test("Console leaves out lines of a status that the terminal has no rows for", () => {
  const { console, stderr } = makeConsole(true);
  console.status(["a", "b", "c", "d"].map(plainLine));
  assertEquals(stderr.text.includes("c\x1b[J"), true);
  assertEquals(stderr.text.includes("d"), false);
});

Deno.test("Console shows no status while it is a job in the background", () => {
  let isForeground = false;
  const stderr = new TextCollector();
  const console = new Console({
    stdout: stderr,
    stderr,
    isTerminal: true,
    isForeground: () => isForeground,
    size: () => ({ columns: 80, rows: 24 }),
  });
  console.status([plainLine("a")]);
  assertEquals([console.showsStatus(), stderr.text], [false, ""]);
  isForeground = true;
  console.status([plainLine("a")]);
  assertEquals(console.showsStatus(), true);
  assertEquals(stderr.text.includes("a"), true);
});

Deno.test("Console colours a status only where colours are wanted", () => {
  const drawn = (hasColor: boolean) => {
    const stderr = new TextCollector();
    new Console({
      stdout: stderr,
      stderr,
      isTerminal: true,
      hasColor,
      size: () => ({ columns: 80, rows: 24 }),
    }).status([[
      { text: "AU ", style: "label" },
      { text: "97", style: "good" },
      { text: " now", style: "plain" },
    ]]);
    // deno-lint-ignore no-control-regex -- escapes are what is looked for.
    return stderr.text.replaceAll(/\x1b\[\??[0-9]*[lhJ]|\r/g, "");
  };
  assertEquals(drawn(false), "AU 97 now");
  assertEquals(drawn(true), "\x1b[2mAU \x1b[0m\x1b[32m97\x1b[0m now");
});

Deno.test("Console writes on when a stream takes a few bytes at a time", () => {
  const { console, stdout } = makeConsole(false, 3);
  console.print("0123456789");
  assertEquals(stdout.text, "0123456789\n");
});

Deno.test("Console waits for a pipe that is full", () => {
  const { console, stdout } = makeConsole(false);
  stdout.failures.push(new Deno.errors.WouldBlock("full"));
  console.print("late");
  assertEquals(stdout.text, "late\n");
});

Deno.test("Console drops what a closed pipe does not want", () => {
  const { console, stdout } = makeConsole(false);
  stdout.failures.push(new Deno.errors.BrokenPipe("gone"));
  console.print("a");
  console.print("b");
  assertEquals(stdout.text, "");
});

Deno.test("Console fails where stdout refuses a result", () => {
  const { console, stdout } = makeConsole(false);
  stdout.failures.push(new Error("No space left on device (os error 28)"));
  assertThrows(
    () => console.print("a"),
    StokerError,
    "Cannot write the result to standard output: No space left on device",
  );
});

Deno.test("Console drops what stderr refuses and tries the next message", () => {
  const { console, stderr } = makeConsole(false);
  stderr.failures.push(
    new Error("No space left on device (os error 28)"),
    new Error("Input/output error (os error 5)"),
  );
  console.say("a");
  console.warn("b");
  console.fail("c");
  assertEquals(stderr.text, "error: c\n");
});

Deno.test("Console drops a message that a full stderr does not take in time", () => {
  const { console, stderr } = makeConsole(false);
  for (let i = 0; i < 1001; i++) {
    stderr.failures.push(new Deno.errors.WouldBlock("full"));
  }
  console.say("dropped");
  console.say("said");
  assertEquals(stderr.text, "said\n");
});

Deno.test("Console shows control characters instead of sending them", () => {
  const { console, stdout, stderr } = makeConsole(true);
  console.print(JSON.stringify({ name: "a\x1b\x9b\u202e" }));
  console.say("b\x1b[2J\r\x07");
  console.status([plainLine("c\x1b")]);
  assertEquals(stdout.text, '{"name":"a\\u001b\\u009b\\u202e"}\n');
  assertEquals(JSON.parse(stdout.text), { name: "a\x1b\x9b\u202e" });
  assertEquals(
    stderr.text,
    "b\\u001b[2J\\u000d\\u0007\n" +
      "\x1b[?25l\x1b[?7l\rc\\u001b\x1b[J\r\x1b[?7h",
  );
});
