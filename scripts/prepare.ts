/**
 * What scripts need to prepare other people's programs: a command that must
 * succeed, a file that may be missing.
 */

/**
 * Runs a program to its end; what it prints is seen.
 *
 * @param what Is being prepared, for the error.
 * @throws {Error} If it ends with another status than 0.
 */
export async function runToPrepare(
  what: string,
  program: string,
  args: readonly string[],
): Promise<void> {
  const command = new Deno.Command(program, { args: [...args] });
  const { success } = await command.spawn().status;
  if (success) return;
  throw new Error(
    `Cannot prepare ${what} as this failed: ${program} ${args.join(" ")}`,
  );
}

/** A file's text; null if there is no such file. */
export async function textIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
