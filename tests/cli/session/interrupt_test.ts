/** Tests of lib/cli/session/interrupt.ts. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import { Console } from "../../../lib/cli/console.ts";
import {
  ignoresSignal,
  listenForInterrupt,
} from "../../../lib/cli/session/interrupt.ts";
import { InterruptedError } from "../../../lib/errors.ts";
import { TextCollector } from "../text_collector.ts";

function listen(ignoresHangup: boolean) {
  const handlers = new Map<string, () => void>();
  const exits: number[] = [];
  const stderr = new TextCollector();
  const console = new Console({
    stdout: stderr,
    stderr,
    isTerminal: false,
    size: () => ({ columns: 80, rows: 24 }),
  });
  const signal = listenForInterrupt(console, {
    addSignalListener: (name, handler) => handlers.set(name, handler),
    exit: (code) => exits.push(code),
    ignoresHangup,
  });
  return { handlers, exits, stderr, signal };
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  Deno.test(`${name} aborts; SIGINT and SIGTERM after it exit`, () => {
    const { handlers, exits, stderr, signal } = listen(false);
    assertEquals([...handlers.keys()], ["SIGINT", "SIGTERM", "SIGHUP"]);
    assertEquals(signal.aborted, false);

    handlers.get(name)!();
    assertInstanceOf(signal.reason, InterruptedError);
    assertEquals(signal.reason.exitCode, 130);
    assertEquals(signal.reason.message, `Interrupted by ${name}`);
    assertEquals(exits, []);
    assertEquals(
      stderr.text,
      `warning: ${name}: stopping; Ctrl-C or SIGTERM ends at once\n`,
    );

    handlers.get("SIGHUP")!();
    assertEquals(exits, []);
    handlers.get("SIGINT")!();
    handlers.get("SIGTERM")!();
    assertEquals(exits, [130, 130]);
  });
}

Deno.test("SIGHUP stays ignored where it was ignored from the start", () => {
  const { handlers, stderr, signal } = listen(true);
  handlers.get("SIGHUP")!();
  assertEquals([signal.aborted, stderr.text], [false, ""]);
});

Deno.test("ignoresSignal() reads the mask of the kernel", () => {
  const status = "Name:\tstoker\nSigIgn:\t0000000000001001\nSigCgt:\t0\n";
  assertEquals(ignoresSignal(status, 1), true);
  assertEquals(ignoresSignal(status, 2), false);
  assertEquals(ignoresSignal(status, 13), true);
  assertEquals(ignoresSignal("Name:\tstoker\n", 1), false);
});
