/**
 * Lines of text for the developer who runs a script.
 */

const encoder = new TextEncoder();

/** Writes one line to stdout. */
export function printLine(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

/** Writes one line to stderr. */
export function printProblem(text: string): void {
  Deno.stderr.writeSync(encoder.encode(`${text}\n`));
}
