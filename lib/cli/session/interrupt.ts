/**
 * Signals that mean "stop": Ctrl-C, SIGTERM, and SIGHUP, which a lost ssh
 * session sends. The first one ends the run in order, with partial results
 * saved. SIGINT or SIGTERM after it end the process at once.
 *
 * A SIGHUP after another signal has no effect, because systemd sends one right
 * after SIGTERM. Under `nohup` SIGHUP is ignored from the start, and stays so.
 */
import { EXIT_INTERRUPTED, InterruptedError } from "../../errors.ts";
import { readSystemFile } from "../../host/system_file.ts";
import type { Console } from "../console.ts";

/** The signals that mean "stop". */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One of the signals that mean "stop". */
export type StopSignal = typeof STOP_SIGNALS[number];

/** How to hear of signals and how to end; a test gives its own. */
export interface InterruptOptions {
  /** @default {Deno.addSignalListener} */
  readonly addSignalListener?: (name: StopSignal, handler: () => void) => void;
  /** @default {Deno.exit} */
  readonly exit?: (code: number) => void;
  /** Whether this process was started with SIGHUP ignored. */
  readonly ignoresHangup: boolean;
}

/**
 * Turns the first stop signal into an abort and the second into an exit.
 *
 * @returns A signal aborted with an {@linkcode InterruptedError}.
 */
export function listenForInterrupt(
  console: Console,
  options: InterruptOptions,
): AbortSignal {
  const {
    addSignalListener = Deno.addSignalListener,
    exit = Deno.exit,
    ignoresHangup,
  } = options;
  const controller = new AbortController();
  for (const name of STOP_SIGNALS) {
    const isHangup = name === "SIGHUP";
    addSignalListener(name, () => {
      // Deno takes over SIGHUP with the first listener of any signal and
      // would end the process, so ignoring needs a listener as well.
      if (isHangup && ignoresHangup) return;
      if (!controller.signal.aborted) {
        console.warn(`${name}: stopping; Ctrl-C or SIGTERM ends at once`);
        controller.abort(new InterruptedError(`Interrupted by ${name}`));
      } else if (!isHangup) {
        exit(EXIT_INTERRUPTED);
      }
    });
  }
  return controller.signal;
}

/** Number of SIGHUP, see signal(7). */
const SIGHUP_NUMBER = 1;

/**
 * Whether this process was started with SIGHUP ignored. To be asked before
 * anything else: Deno takes over SIGHUP with the first listener of any signal,
 * also with one of its own.
 */
export function isHangupIgnored(): boolean {
  return isIgnored(SIGHUP_NUMBER);
}

/** Whether this process ignores a signal. @param signalNumber From 1. */
export function isIgnored(signalNumber: number): boolean {
  const status = readSystemFile("/proc/self/status");
  return status.value !== null && ignoresSignal(status.value, signalNumber);
}

/**
 * Whether a process ignores a signal.
 *
 * @param status Text of `/proc/<pid>/status`, see proc_pid_status(5).
 * @param signalNumber From 1.
 */
export function ignoresSignal(status: string, signalNumber: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (mask === undefined) return false;
  return (BigInt(`0x${mask}`) >> BigInt(signalNumber - 1) & 1n) === 1n;
}
