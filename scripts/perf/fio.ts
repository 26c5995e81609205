/**
 * Runs fio, the usual tool that measures storage alone. Without fio on the
 * PATH, rows that are held against it have no limit.
 */

/** Whether there is a fio that runs. */
export function hasFio(): boolean {
  try {
    return new Deno.Command("fio", {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What is used of a job in fio's `--output-format=json`. */
export interface FioJob {
  readonly read: FioDirection;
  readonly write: FioDirection;
  /** Processor time of its thread, percent of its time. */
  readonly usr_cpu: number;
  readonly sys_cpu: number;
}

/** One direction of a job. */
export interface FioDirection {
  readonly io_bytes: number;
  /** Milliseconds. */
  readonly runtime: number;
}

/**
 * Runs jobs, each a thread of one process.
 *
 * @param args Beside `--thread` and the form of the output.
 * @returns The jobs; one for all with `--group_reporting`.
 * @throws {Error} With what fio said, if it failed.
 */
export async function runFio(
  args: readonly string[],
): Promise<readonly FioJob[]> {
  const { success, stdout, stderr } = await new Deno.Command("fio", {
    // Before the first job, so that it holds for all.
    args: ["--thread", "--output-format=json", ...args],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return (JSON.parse(decoder.decode(stdout)) as { jobs: FioJob[] }).jobs;
}
