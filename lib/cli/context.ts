/**
 * The context of this very process: the only place that reads `Deno.args`
 * and `Deno.env`. Everything else is given values.
 */
import { PROXY_NAMES } from "../config/proxy_names.ts";
import { durationOf } from "./line/flag_duration.ts";
import type { Context } from "./line/command.ts";
import { COMMANDS } from "./registry.ts";
import { isHangupIgnored, listenForInterrupt } from "./session/interrupt.ts";
import {
  processTerminal,
  restoreWhenStopped,
  type Terminal,
} from "./terminal.ts";

/** The world of this process, and its terminal, to be given back. */
export interface ProcessContext extends Context {
  readonly terminal: Terminal;
}

/** Gathers what commands are given of the world. */
export function processContext(): ProcessContext {
  // Before any command is imported: Deno then takes over signals at times.
  const ignoresHangup = isHangupIgnored();
  const terminal = processTerminal(permittedVariable);
  const { console, keyboard } = terminal;
  const proxies = takeVariables(PROXY_NAMES);
  let interrupt: AbortSignal | undefined;
  return {
    args: Deno.args,
    commands: COMMANDS,
    console,
    keyboard,
    terminal,
    env: (name) => proxies.get(name) ?? Deno.env.get(name),
    now: () => new Date(),
    ...(Deno.stdin.isTerminal() && console.isTerminal
      ? { ask: (question: string) => confirm(question) }
      : {}),
    async joinProcesses(flags) {
      const { connectProcesses } = await import(
        "../cluster/connect_processes.ts"
      );
      const timeoutSeconds = durationOf(flags, "peer-timeout");
      return await connectProcesses(permittedVariable, {
        mpi: flags.mpi,
        peerTimeoutMs: timeoutSeconds === null ? null : 1000 * timeoutSeconds,
      });
    },
    interrupt(teller = console) {
      if (interrupt !== undefined) return interrupt;
      interrupt = listenForInterrupt(teller, { ignoresHangup });
      restoreWhenStopped(terminal);
      return interrupt;
    },
  };
}

/** A variable of the environment; undefined also where it may not be read. */
function permittedVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

/** Variables that only Stoker shall see from now on. */
function takeVariables(names: readonly string[]): Map<string, string> {
  const taken = new Map<string, string>();
  for (const name of names) {
    // What this process may not see, no package in it sees.
    const value = permittedVariable(name);
    if (value === undefined) continue;
    taken.set(name, value);
    Deno.env.delete(name);
  }
  return taken;
}
