/**
 * The context of this very process: the only place that reads `Deno.args`
 * and `Deno.env`. Everything else is given values.
 */
import type { Context } from "./line/command.ts";
import { processConsole } from "./console.ts";
import { listenForInterrupt } from "./session/interrupt.ts";
import { COMMANDS } from "./registry.ts";

/** Gathers what commands are given of the world. */
export function processContext(): Context {
  const console = processConsole();
  let interrupt: AbortSignal | undefined;
  return {
    args: Deno.args,
    commands: COMMANDS,
    console,
    env: (name) => Deno.env.get(name),
    now: () => new Date(),
    interrupt: () => interrupt ??= listenForInterrupt(console),
  };
}
