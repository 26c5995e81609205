/**
 * Runs fio, the usual tool that measures storage alone. Without fio on the
 * PATH, rows that are held against it have no limit. Whoever doubts a limit can
 * keep what fio was asked and what it answered: {@linkcode keepFioRuns}.
 */

/** Where runs are kept. */
interface KeptRuns {
  readonly folder: string;
  /** Id of the row that they are for. */
  readonly row: string;
  count: number;
}

let kept: KeptRuns | null = null;

/**
 * Keeps every run that follows in a file of its own, `ROW.N.json` with N from
 * 1: `command`, its words, and `output`, fio's JSON as it was written.
 *
 * @param folder Is made if it is not there.
 * @param row Id of the row that the runs are for.
 */
export async function keepFioRuns(folder: string, row: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  kept = { folder, row, count: 0 };
}

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
  // Before the first job, so that it holds for all.
  const words = ["--thread", "--output-format=json", ...args];
  const { success, stdout, stderr } = await new Deno.Command("fio", {
    args: words,
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  const output = decoder.decode(stdout);
  if (kept !== null) await keepRun(kept, ["fio", ...words], output);
  return (JSON.parse(output) as { jobs: FioJob[] }).jobs;
}

async function keepRun(
  runs: KeptRuns,
  command: readonly string[],
  output: string,
): Promise<void> {
  runs.count++;
  await Deno.writeTextFile(
    `${runs.folder}/${runs.row}.${runs.count}.json`,
    `{"command": ${JSON.stringify(command)},\n"output": ${output.trim()}}\n`,
  );
}
