/**
 * The terminal of this process: what it can show, its keyboard, and its way
 * back to what it was, however the process ends.
 *
 * Only SIGKILL and a crash of the runtime itself leave it as it is; `reset`
 * and `stty sane` mend it then.
 */
import {
  isForeground,
  readTyped,
  SingleKeys,
  stopLikeOthers,
} from "../host/terminal_control.ts";
import { type Console, processConsole } from "./console.ts";
import { Keyboard } from "./keyboard.ts";
import { isIgnored } from "./session/interrupt.ts";

/** Number of SIGTSTP, see signal(7). */
const SIGTSTP_NUMBER = 20;

/** A terminal, or where there is none what stands for it. */
export interface Terminal {
  readonly console: Console;
  /** Null: standard input is no terminal, or nothing is redrawn. */
  readonly keyboard: Keyboard | null;
  /** Gives it back as it was. */
  restore(): void;
}

/** Signal listeners, as Deno has them; a test gives its own. */
export type AddSignalListener = (
  name: "SIGTSTP",
  handler: () => void,
) => void;

/**
 * The variables of the environment that say what a terminal can show; see
 * term(7), locale(7) and https://no-color.org for NO_COLOR.
 */
export const TERMINAL_VARIABLES: readonly string[] = [
  "TERM",
  "LC_ALL",
  "LC_CTYPE",
  "LANG",
];

/**
 * Whether the terminal obeys codes that move the cursor.
 *
 * @param variable The value of a variable; undefined if it is not set.
 */
export function canRedraw(
  variable: (name: string) => string | undefined,
): boolean {
  const term = variable("TERM") ?? "";
  return term !== "" && term !== "dumb";
}

/** Whether text of the locale is UTF-8: the first variable that is set. */
export function isUnicodeLocale(
  variable: (name: string) => string | undefined,
): boolean {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"]
    .map((name) => variable(name) ?? "")
    .find((value) => value !== "") ?? "";
  return /\.utf-?8(@|$)/i.test(locale);
}

/** The terminal of this very process. @param variable As above. */
export function processTerminal(
  variable: (name: string) => string | undefined,
): Terminal {
  const console = processConsole({
    canRedraw: canRedraw(variable),
    isForeground,
    isUnicode: isUnicodeLocale(variable),
    hasColor: !Deno.noColor,
  });
  const hasKeyboard = console.canRedraw && Deno.stdin.isTerminal();
  const singleKeys = new SingleKeys();
  const keyboard = !hasKeyboard ? null : new Keyboard({
    isForeground,
    readTyped,
    setSingleKeys: (isOn) => singleKeys.set(isOn),
  });
  return {
    console,
    keyboard,
    restore: () => restore(console, keyboard),
  };
}

/**
 * Gives the terminal back before Ctrl-Z stops the process. After it, whoever
 * shows a status draws it again.
 *
 * @param addSignalListener Where signals come from.
 * @param stop Stops this process.
 */
export function restoreWhenStopped(
  terminal: Pick<Terminal, "restore">,
  addSignalListener: AddSignalListener = Deno.addSignalListener,
  stop: () => void = stopLikeOthers,
): void {
  if (isIgnored(SIGTSTP_NUMBER)) return;
  addSignalListener("SIGTSTP", () => {
    terminal.restore();
    stop();
  });
}

function restore(console: Console, keyboard: Keyboard | null): void {
  console.status([]);
  keyboard?.restore();
}
