/**
 * What the kernel counted of input and output: bytes asked for against bytes
 * that reached the device, of this process or of the calling thread alone.
 *
 * A thread is charged for what its own calls read, read-ahead included, and
 * for the pages that it made dirty, whoever writes them later. So threads
 * that use synchronous calls know their share exactly; what Deno does in the
 * background for asynchronous ones is charged to threads of Deno's.
 *
 * Spec: proc_pid_io(5); Linux, include/linux/task_io_accounting_ops.h.
 */
import { type Reading, readSystemFile } from "./system_file.ts";

/** Counters since the process or thread began, in bytes. */
export interface ProcessIo {
  /** `rchar`: returned by read calls, from cache or device. */
  readonly requestedReadBytes: number;
  /** `wchar`: accepted by write calls. */
  readonly requestedWriteBytes: number;
  /** `read_bytes`: fetched from the storage layer. */
  readonly deviceReadBytes: number;
  /** `write_bytes`: sent, or still to be sent, to the storage layer. */
  readonly deviceWriteBytes: number;
}

/** Where the counters are. */
const PROCESS_IO_PATH = "/proc/self/io";
const THREAD_IO_PATH = "/proc/thread-self/io";

/** Reads the counters of this process, all threads together. */
export function readProcessIo(): Reading<ProcessIo> {
  return readCounters(PROCESS_IO_PATH);
}

/** Reads the counters of the calling thread: 50 to 100 µs. */
export function readThreadIo(): Reading<ProcessIo> {
  return readCounters(THREAD_IO_PATH);
}

function readCounters(path: string): Reading<ProcessIo> {
  const text = readSystemFile(path);
  return text.value === null ? text : parseProcessIo(text.value, path);
}

/**
 * Takes the counters from the file's text.
 *
 * @param path The file, for messages.
 * @returns The counters, or which one is missing.
 */
export function parseProcessIo(
  text: string,
  path = PROCESS_IO_PATH,
): Reading<ProcessIo> {
  const counters = new Map<string, number>();
  for (const [, key, value] of text.matchAll(/^(\w+): (\d+)$/gm)) {
    counters.set(key!, Number(value));
  }
  const missing = ["rchar", "wchar", "read_bytes", "write_bytes"].find((key) =>
    !counters.has(key)
  );
  if (missing !== undefined) {
    return { value: null, reason: `${path} has no ${missing}` };
  }
  const counter = (key: string) => counters.get(key) ?? 0;
  return {
    value: {
      requestedReadBytes: counter("rchar"),
      requestedWriteBytes: counter("wchar"),
      deviceReadBytes: counter("read_bytes"),
      deviceWriteBytes: counter("write_bytes"),
    },
    reason: null,
  };
}
