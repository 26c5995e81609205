/**
 * The context of this very process: the only place that reads `Deno.args`
 * and `Deno.env`. Everything else is given values.
 */
import { PROXY_NAMES } from "../config/proxy_names.ts";
import type { Context } from "./line/command.ts";
import { processConsole } from "./console.ts";
import { listenForInterrupt } from "./session/interrupt.ts";
import { COMMANDS } from "./registry.ts";

/** Gathers what commands are given of the world. */
export function processContext(): Context {
  const console = processConsole();
  const proxies = takeVariables(PROXY_NAMES);
  let interrupt: AbortSignal | undefined;
  return {
    args: Deno.args,
    commands: COMMANDS,
    console,
    env: (name) => proxies.get(name) ?? Deno.env.get(name),
    now: () => new Date(),
    ...(Deno.stdin.isTerminal() && console.isTerminal
      ? { ask: (question: string) => confirm(question) }
      : {}),
    interrupt: () => interrupt ??= listenForInterrupt(console),
  };
}

/** Variables that only Stoker shall see from now on. */
function takeVariables(names: readonly string[]): Map<string, string> {
  const taken = new Map<string, string>();
  for (const name of names) {
    // What this process may not see, no package in it sees.
    const { state } = Deno.permissions.querySync({
      name: "env",
      variable: name,
    });
    if (state !== "granted") continue;
    const value = Deno.env.get(name);
    if (value === undefined) continue;
    taken.set(name, value);
    Deno.env.delete(name);
  }
  return taken;
}
