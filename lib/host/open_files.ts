/**
 * How many files this process may have open, and what a run's threads take:
 * Deno ends the whole process with a panic when a thread finds none left.
 *
 * Spec: proc_pid_limits(5). Deno raises the soft limit to the hard one when
 * it starts, so the limit read is what there is.
 */
import { type Reading, readSystemFile } from "./system_file.ts";

const LIMITS_PATH = "/proc/self/limits";

/** Of a process without workers: its runtime, a journal, listings. */
const PROCESS_FILES = 48;
/**
 * Of a worker: 7 of its event loop (Deno 2.4.2; 6 in 2.9.6) and the files
 * that it reads or writes. Connections of object stores come on top; their
 * want is an error of the request.
 */
const WORKER_FILES = 9;

/** Reads the limit; `Infinity` if there is none. */
export function readOpenFileLimit(): Reading<number> {
  const text = readSystemFile(LIMITS_PATH);
  return text.value === null ? text : parseOpenFileLimit(text.value);
}

/** Takes the soft limit from the file's text. */
export function parseOpenFileLimit(text: string): Reading<number> {
  const soft = /^Max open files +(\d+|unlimited) /m.exec(text)?.[1];
  if (soft === undefined) {
    return { value: null, reason: `${LIMITS_PATH} has no "Max open files"` };
  }
  return {
    value: soft === "unlimited" ? Infinity : Number(soft),
    reason: null,
  };
}

/** Open files that a process with that many workers needs. */
export function openFilesNeeded(workers: number): number {
  return PROCESS_FILES + workers * WORKER_FILES;
}

/**
 * Says why workers cannot be started.
 *
 * @param limit As {@linkcode readOpenFileLimit}.
 * @returns A whole sentence; null: they can be, or nobody tells.
 */
export function openFilesProblem(
  workers: number,
  limit: Reading<number>,
): string | null {
  const needed = openFilesNeeded(workers);
  if (limit.value === null || needed <= limit.value) return null;
  return `Cannot start ${workers} threads as the process must be allowed to ` +
    `open ${needed} files: the limit is ${limit.value}; raise it ` +
    `(ulimit -n ${needed}), or use fewer accelerators (-n), ` +
    `reader.read_threads, reader.write_threads or checkpoint.threads`;
}
