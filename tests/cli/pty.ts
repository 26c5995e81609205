/**
 * Stoker on a terminal of its own, for tests: `script` of util-linux makes a
 * pseudo terminal and runs a shell on it.
 */

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** A shell on a terminal. */
export interface PtyShell extends AsyncDisposable {
  /** `$FOLDER`. */
  readonly folder: string;
  /** Everything that was written to the terminal so far. */
  readonly output: () => string;
  /** Waits until the output has a text after what was seen before. */
  until(text: string): Promise<void>;
  /** Types. */
  type(text: string): Promise<void>;
  /** Waits until the shell has ended. @returns Its exit status. */
  readonly code: () => Promise<number>;
}

/**
 * Starts a shell on a terminal of 80 columns and 24 rows.
 *
 * @param command What it does; `$STOKER` runs Stoker, `$FOLDER` is free.
 * @param environment In place of TERM=xterm and a locale of UTF-8.
 */
export async function shellOnPty(
  command: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<PtyShell> {
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command("script", {
    args: [
      "--quiet",
      "--flush",
      "--return",
      "--command",
      `stty cols 80 rows 24; ${command}`,
      "/dev/null",
    ],
    env: {
      TERM: "xterm",
      LC_ALL: "C.UTF-8",
      SHELL: "/bin/bash",
      FOLDER: folder,
      STOKER: `${Deno.execPath()} run --quiet --no-check --allow-all ${MAIN}`,
      ...environment,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const writer = child.stdin.getWriter();
  const decoder = new TextDecoder();
  let output = "";
  let seen = 0;
  const readOn = async () => {
    const { value, done } = await reader.read();
    output += decoder.decode(value, { stream: !done });
    return !done;
  };
  const code = async () => {
    using _limit = endAfterSeconds(child, WAIT_SECONDS);
    while (await readOn());
    return (await child.status).code;
  };
  return {
    folder,
    output: () => output,
    async until(text) {
      // Whatever goes wrong, what was seen is shown.
      using _limit = endAfterSeconds(child, WAIT_SECONDS);
      for (;;) {
        const at = output.indexOf(text, seen);
        if (at >= 0) {
          seen = at + text.length;
          return;
        }
        if (!await readOn()) {
          throw new Error(`ended before "${text}": ${JSON.stringify(output)}`);
        }
      }
    },
    type: (text) => writer.write(new TextEncoder().encode(text)),
    code,
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {});
      await code().catch(() => 0);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Longer than anything takes on a busy machine. */
const WAIT_SECONDS = 60;

function endAfterSeconds(
  child: Deno.ChildProcess,
  seconds: number,
): Disposable {
  const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * seconds);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
