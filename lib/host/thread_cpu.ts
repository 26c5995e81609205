/**
 * Processor time of single threads of this process, and how long they waited
 * for a processor.
 *
 *    /proc/self/task/TID/comm        "worker-3": the third worker of Deno
 *    /proc/self/task/TID/schedstat   ns on a processor, ns runnable without
 *                                    one, time slices
 *    /proc/self/task/TID/stat        as that of a process: time in the kernel,
 *                                    in ticks of 1/100 s
 *
 * The main thread asks for all of them, so that no worker does anything for
 * it: 40 µs a thread.
 *
 * Spec: proc_pid_task(5), proc_pid_comm(5); Linux,
 * Documentation/scheduler/sched-stats.rst. Deno names a worker's thread after
 * the worker's number (`runtime/worker_host` in its sources).
 */
import { cPath, O_CLOEXEC, openLibc } from "../libc/libc.ts";
import { parseProcessStat } from "./process_cpu.ts";
import { readSystemFile } from "./system_file.ts";

const TASK_FOLDER = "/proc/self/task";
const NS_PER_SECOND = 1e9;
const MS_PER_SECOND = 1000;
const O_DIRECTORY = 0o200000;
/** Many hundred entries of /proc; asked again until there is no more. */
const LISTING_BYTES = 32 * 1024;
/** `struct linux_dirent64`, getdents(2): its length, then its name. */
const LENGTH_OFFSET = 16;
const NAME_OFFSET = 19;

/** Times of one thread since it began. */
export interface ThreadTimes {
  readonly cpuSeconds: number;
  /** Of these, in the kernel; NaN where nobody tells. */
  readonly systemSeconds: number;
  /** Runnable, while all processors that it may use had others. */
  readonly waitSeconds: number;
}

/** Numbers of this process's threads; empty where nobody tells. */
function listThreads(): number[] {
  const libc = openLibc().value;
  const entriesOf = libc?.getdents64 ?? null;
  if (libc === null || entriesOf === null) return [];
  const fd = libc.open(cPath(TASK_FOLDER), O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) return [];
  const buffer = new Uint8Array(LISTING_BYTES);
  const numbers: number[] = [];
  try {
    for (;;) {
      const byteCount = entriesOf(fd, buffer, BigInt(buffer.length));
      if (byteCount <= 0) return numbers;
      numbers.push(...parseEntries(buffer.subarray(0, byteCount)));
    }
  } finally {
    libc.close(fd);
  }
}

function parseEntries(entries: Uint8Array): number[] {
  const view = new DataView(entries.buffer, entries.byteOffset);
  const numbers: number[] = [];
  let offset = 0;
  while (offset < entries.length) {
    const end = offset + view.getUint16(offset + LENGTH_OFFSET, true);
    const name = new TextDecoder().decode(
      entries.subarray(offset + NAME_OFFSET, end),
    );
    const number = parseInt(name, 10);
    if (Number.isInteger(number)) numbers.push(number);
    offset = end;
  }
  return numbers;
}

/**
 * Threads of the workers that were started last, in the order in which they
 * were started.
 *
 * @param count How many these are; all of them run.
 * @returns Empty where they cannot be told from others.
 */
export function findWorkerThreads(count: number): readonly number[] {
  return lastWorkers(
    listThreads().map((id) => ({
      id,
      name: readSystemFile(`${TASK_FOLDER}/${id}/comm`).value?.trim() ?? "",
    })),
    count,
  );
}

/** The part of {@linkcode findWorkerThreads} that tells them by their names. */
export function lastWorkers(
  threads: readonly { readonly id: number; readonly name: string }[],
  count: number,
): readonly number[] {
  const workers = threads.flatMap(({ id, name }) => {
    const number = /^worker-(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [{ id, number: Number(number) }];
  }).sort((a, b) => a.number - b.number);
  return workers.length < count
    ? []
    : workers.slice(workers.length - count).map(({ id }) => id);
}

/**
 * Times of one thread.
 *
 * @returns Null if it has ended, or the kernel does not count.
 */
export function readThreadTimes(id: number): ThreadTimes | null {
  const text = readSystemFile(`${TASK_FOLDER}/${id}/schedstat`).value;
  const times = text === null ? null : parseSchedStat(text);
  if (times === null) return null;
  const stat = readSystemFile(`${TASK_FOLDER}/${id}/stat`).value;
  const parts = stat === null ? null : parseProcessStat(stat).value;
  return { ...times, systemSeconds: (parts?.systemMs ?? NaN) / MS_PER_SECOND };
}

/** Takes `schedstat` apart; null if it is none. */
export function parseSchedStat(
  text: string,
): Omit<ThreadTimes, "systemSeconds"> | null {
  const [cpu, wait] = text.trim().split(" ").map(Number);
  if (cpu === undefined || wait === undefined) return null;
  if (!Number.isFinite(cpu + wait)) return null;
  return {
    cpuSeconds: cpu / NS_PER_SECOND,
    waitSeconds: wait / NS_PER_SECOND,
  };
}
