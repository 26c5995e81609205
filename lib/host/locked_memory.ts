/**
 * How much memory this process may keep in place: io_uring counts rings and
 * registered buffers against it.
 *
 * Spec: getrlimit(2), RLIMIT_MEMLOCK; capabilities(7), CAP_IPC_LOCK;
 * proc_pid_limits(5), proc_pid_status(5)
 */
import { readSystemFile } from "./system_file.ts";

const CAP_IPC_LOCK = 14n;

/** Bytes; Infinity: no limit, or one that does not bind this process. */
export function readLockedMemoryLimit(): number {
  return parseLockedMemoryLimit(
    readSystemFile("/proc/self/limits").value ?? "",
    readSystemFile("/proc/self/status").value ?? "",
  );
}

/**
 * Takes the limit from the files' texts.
 *
 * @returns 0 where they do not tell.
 */
export function parseLockedMemoryLimit(limits: string, status: string): number {
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  if ((BigInt(`0x${held}`) >> CAP_IPC_LOCK & 1n) === 1n) return Infinity;
  const soft = /^Max locked memory +(\d+|unlimited) /m.exec(limits)?.[1] ?? "0";
  return soft === "unlimited" ? Infinity : Number(soft);
}
