/**
 * The error of a run that is being stopped from outside: by Ctrl-C, SIGTERM
 * or a limit of time.
 */
import { StokerError, WorkerError } from "../../errors.ts";

/** Why a run is being stopped from outside; null if it is not. */
export function abortError(signal: AbortSignal): Error | null {
  if (!signal.aborted) return null;
  return signal.reason instanceof StokerError
    ? signal.reason
    : new WorkerError(`the run was stopped: ${String(signal.reason)}`);
}

/**
 * Ends what goes on between phases, where no phase looks at the signal.
 *
 * @throws {StokerError} Why the run is being stopped, if it is.
 */
export function throwIfAborted(signal: AbortSignal): void {
  const error = abortError(signal);
  if (error !== null) throw error;
}

/** What is thrown by others is not always an Error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
