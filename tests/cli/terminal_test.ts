/** Tests of lib/cli/terminal.ts. */
import { assertEquals } from "@std/assert";
import {
  canRedraw,
  isUnicodeLocale,
  restoreWhenStopped,
} from "../../lib/cli/terminal.ts";

for (
  const [term, redraws] of [
    ["xterm-256color", true],
    ["tmux-256color", true],
    ["linux", true],
    ["dumb", false],
    ["", false],
    [undefined, false],
  ] as const
) {
  Deno.test(`canRedraw() is ${redraws} for TERM=${term}`, () => {
    assertEquals(canRedraw(() => term), redraws);
  });
}

for (
  const [variables, isUnicode] of [
    [{ LANG: "en_US.UTF-8" }, true],
    [{ LANG: "C.utf8" }, true],
    [{ LANG: "de_DE.UTF-8@euro" }, true],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
    [{ LANG: "C" }, false],
    [{}, false],
    [{ LANG: "C", LC_CTYPE: "C.UTF-8" }, true],
    [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "" }, true],
  ] as const
) {
  Deno.test(`isUnicodeLocale() is ${isUnicode} for ${JSON.stringify(variables)}`, () => {
    const found: Readonly<Record<string, string>> = variables;
    assertEquals(isUnicodeLocale((name) => found[name]), isUnicode);
  });
}

Deno.test("Ctrl-Z gives the terminal back, then stops the process", () => {
  const handlers: (() => void)[] = [];
  const done: string[] = [];
  restoreWhenStopped(
    { restore: () => done.push("restored") },
    (name, handler) => {
      done.push(name);
      handlers.push(handler);
    },
    () => done.push("stopped"),
  );
  for (const handler of handlers) handler();
  assertEquals(done, ["SIGTSTP", "restored", "stopped"]);
});
