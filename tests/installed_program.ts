/** Programs of others that tests use where they are installed. */

/** Whether a program is found. */
export function isInstalled(program: string): boolean {
  const { success } = new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success;
}

/** What a program says, given some text and a home of its own. */
export async function outputOf(
  program: string,
  args: readonly string[],
  input = "",
): Promise<{ stdout: string; stderr: string }> {
  const home = await Deno.makeTempDir();
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      clearEnv: true,
      env: {
        HOME: home,
        PATH: "/usr/local/bin:/usr/bin:/bin",
        LC_ALL: "C.UTF-8",
        TERM: "xterm",
        MANWIDTH: "100",
        MANROFFOPT: "-c",
      },
    }).spawn();
    const writer = child.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(input));
      await writer.close();
    } catch (error) {
      // A program that reads no input closes it.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
    const { stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
