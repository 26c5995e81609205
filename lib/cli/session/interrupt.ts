/**
 * Ctrl-C and SIGTERM: the first one ends the run in order, with partial
 * results saved; a second one ends the process at once.
 */
import { EXIT_INTERRUPTED, InterruptedError } from "../../errors.ts";
import type { Console } from "../console.ts";

/** The signals that mean "stop". */
const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** How to hear of signals and how to end; a test gives its own. */
export interface InterruptOptions {
  /** @default {Deno.addSignalListener} */
  readonly addSignalListener?: (
    name: "SIGINT" | "SIGTERM",
    handler: () => void,
  ) => void;
  /** @default {Deno.exit} */
  readonly exit?: (code: number) => void;
}

/**
 * Turns the first stop signal into an abort and the second into an exit.
 *
 * @returns A signal aborted with an {@linkcode InterruptedError}.
 */
export function listenForInterrupt(
  console: Console,
  options: InterruptOptions = {},
): AbortSignal {
  const {
    addSignalListener = Deno.addSignalListener,
    exit = Deno.exit,
  } = options;
  const controller = new AbortController();
  for (const name of STOP_SIGNALS) {
    addSignalListener(name, () => {
      if (controller.signal.aborted) return exit(EXIT_INTERRUPTED);
      console.warn(`${name}: stopping; once more to end at once`);
      controller.abort(new InterruptedError(`Interrupted by ${name}`));
    });
  }
  return controller.signal;
}
