/** Tests of lib/cli/session/interrupt.ts. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import { Console } from "../../../lib/cli/console.ts";
import { listenForInterrupt } from "../../../lib/cli/session/interrupt.ts";
import { InterruptedError } from "../../../lib/errors.ts";
import { TextCollector } from "../text_collector.ts";

Deno.test("listenForInterrupt() aborts at the first signal, exits at the second", () => {
  const handlers = new Map<string, () => void>();
  const exits: number[] = [];
  const stderr = new TextCollector();
  const signal = listenForInterrupt(
    new Console({
      stdout: stderr,
      stderr,
      isTerminal: false,
      columns: () => 80,
    }),
    {
      addSignalListener: (name, handler) => handlers.set(name, handler),
      exit: (code) => exits.push(code),
    },
  );
  assertEquals([...handlers.keys()], ["SIGINT", "SIGTERM"]);
  assertEquals(signal.aborted, false);

  handlers.get("SIGTERM")!();
  assertInstanceOf(signal.reason, InterruptedError);
  assertEquals(signal.reason.exitCode, 130);
  assertEquals(exits, []);
  assertEquals(
    stderr.text,
    "warning: SIGTERM: stopping; once more to end at once\n",
  );

  handlers.get("SIGINT")!();
  assertEquals(exits, [130]);
});
