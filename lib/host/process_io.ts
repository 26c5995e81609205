/**
 * What the kernel counted of this process's input and output: bytes asked
 * for against bytes that reached the device, all threads together.
 *
 * Spec: proc_pid_io(5).
 */
import { type Reading, readSystemFile } from "./libc.ts";

/** Counters since the process began, in bytes. */
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

/** Reads the counters of this process. */
export function readProcessIo(): Reading<ProcessIo> {
  const text = readSystemFile(PROCESS_IO_PATH);
  return text.value === null ? text : parseProcessIo(text.value);
}

/**
 * Takes the counters from the file's text.
 *
 * @returns The counters, or which one is missing.
 */
export function parseProcessIo(text: string): Reading<ProcessIo> {
  const counters = new Map<string, number>();
  for (const [, key, value] of text.matchAll(/^(\w+): (\d+)$/gm)) {
    counters.set(key!, Number(value));
  }
  const missing = ["rchar", "wchar", "read_bytes", "write_bytes"].find((key) =>
    !counters.has(key)
  );
  if (missing !== undefined) {
    return { value: null, reason: `${PROCESS_IO_PATH} has no ${missing}` };
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
