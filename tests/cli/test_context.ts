/** A command's context for tests: fixed time, given environment. */
import type { Context } from "../../lib/cli/line/command.ts";
import { Console } from "../../lib/cli/console.ts";
import { TextCollector } from "./text_collector.ts";

/** What a test wants to set or look at. */
export interface TestContext {
  readonly context: Context;
  readonly stdout: TextCollector;
  readonly stderr: TextCollector;
  /** Interrupts what runs with the context. */
  readonly interrupt: AbortController;
}

/** Makes a context. */
export function testContext(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): TestContext {
  const stdout = new TextCollector();
  const stderr = new TextCollector();
  const interrupt = new AbortController();
  const console = new Console({
    stdout,
    stderr,
    isTerminal: false,
    size: () => ({ columns: 80, rows: 24 }),
  });
  return {
    stdout,
    stderr,
    interrupt,
    context: {
      args,
      commands: {},
      console,
      keyboard: null,
      env: (name) => environment[name],
      now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)),
      interrupt: () => interrupt.signal,
    },
  };
}
