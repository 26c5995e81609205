/** Tests of lib/cli/console.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import { Console } from "../../lib/cli/console.ts";
import { StokerError } from "../../lib/errors.ts";
import { TextCollector } from "./text_collector.ts";

function makeConsole(isTerminal: boolean, maxBytes = Infinity) {
  const stdout = new TextCollector(maxBytes);
  const stderr = new TextCollector(maxBytes);
  const console = new Console({
    stdout,
    stderr,
    isTerminal,
    columns: () => 11,
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
  console.status("never redrawn here");
  assertEquals(stdout.text, "42\n");
  assertEquals(stderr.text, "hello\nwarning: careful\nerror: no\n");
});

Deno.test("Console says no more than it is asked to", () => {
  const quiet = makeConsole(true);
  quiet.console.loudness = "quiet";
  quiet.console.say("a");
  quiet.console.status("b");
  quiet.console.warn("c");
  assertEquals(quiet.stderr.text, "warning: c\n");
  const verbose = makeConsole(true);
  verbose.console.loudness = "verbose";
  verbose.console.detail("d");
  assertEquals(verbose.stderr.text, "d\n");
});

Deno.test("Console redraws its status line below what is said", () => {
  const { console, stderr } = makeConsole(true);
  console.status("12345678901234");
  console.status("12345678901234");
  console.say("x");
  console.status("");
  assertEquals(
    stderr.text,
    "\r\x1b[K1234567890\r\x1b[Kx\n1234567890\r\x1b[K",
  );
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
  console.status("c\x1b");
  assertEquals(stdout.text, '{"name":"a\\u001b\\u009b\\u202e"}\n');
  assertEquals(JSON.parse(stdout.text), { name: "a\x1b\x9b\u202e" });
  assertEquals(
    stderr.text,
    "b\\u001b[2J\\u000d\\u0007\n\r\x1b[Kc\\u001b",
  );
});
