/**
 * One step of a script: another program, run to its end.
 */
import { printLine, printProblem } from "./terminal.ts";

/** A program to run. */
export interface Step {
  /** For the developer: what is checked or made. */
  readonly title: string;
  /** Arguments of Deno itself, or of {@linkcode program}. */
  readonly args: readonly string[];
  /** @default {Deno.execPath()} */
  readonly program?: string;
}

/**
 * Runs steps one after another, a line each, and the output of those that
 * fail.
 *
 * @returns How many failed.
 */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  let failedCount = 0;
  for (const { title, args, program = Deno.execPath() } of steps) {
    const startMs = performance.now();
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      cwd: new URL("../", import.meta.url),
    }).output();
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    printLine(`${success ? "ok    " : "FAILED"}  ${title} (${seconds} s)`);
    if (success) continue;
    failedCount += 1;
    const decoder = new TextDecoder();
    printProblem(decoder.decode(stdout) + decoder.decode(stderr));
  }
  return failedCount;
}
