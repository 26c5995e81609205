/**
 * Processor time of this process, all threads together.
 *
 *    /proc/self/stat    pid (comm) state ppid ... utime stime ...
 *                                             14    15     counted from 1
 *
 * The counters are in ticks of 1/100 s, so a phase of a few milliseconds may
 * show none.
 *
 * Spec: proc_pid_stat(5). Linux gives user space 100 ticks a second on every
 * architecture that Deno runs on: `HZ` in include/uapi/asm-generic/param.h.
 */
import { type Reading, readSystemFile } from "./system_file.ts";

const STAT_PATH = "/proc/self/stat";
const MS_PER_TICK = 10;
/** Places of the two fields behind the name's closing bracket. */
const USER_INDEX = 14 - 3;
const SYSTEM_INDEX = 15 - 3;

/** Processor time since the process began. */
export interface ProcessCpu {
  /** In the process's own code. */
  readonly userMs: number;
  /** In the kernel on its behalf. */
  readonly systemMs: number;
}

/** Reads the processor time of this process: 20 to 50 µs. */
export function readProcessCpu(): Reading<ProcessCpu> {
  const text = readSystemFile(STAT_PATH);
  return text.value === null ? text : parseProcessStat(text.value);
}

/**
 * Takes the times from the text of `/proc/PID/stat`.
 *
 * @param text The file; the name in it may hold blanks and brackets.
 * @returns The times, or why there are none.
 */
export function parseProcessStat(text: string): Reading<ProcessCpu> {
  const fields = text.slice(text.lastIndexOf(")") + 1).trim().split(" ");
  const userTicks = Number(fields[USER_INDEX] ?? NaN);
  const systemTicks = Number(fields[SYSTEM_INDEX] ?? NaN);
  if (!Number.isFinite(userTicks + systemTicks)) {
    return { value: null, reason: `${STAT_PATH} has no utime and stime` };
  }
  return {
    value: {
      userMs: userTicks * MS_PER_TICK,
      systemMs: systemTicks * MS_PER_TICK,
    },
    reason: null,
  };
}
