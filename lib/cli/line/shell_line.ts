/**
 * A command line as a shell reads it.
 */

/**
 * A command line for a shell.
 *
 * @param args Words.
 */
export function shellLine(args: readonly string[]): string {
  return args.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
  ).join(" ");
}
