/**
 * What the main thread and its file thread say to each other.
 */
import {
  ConfigError,
  StokerError,
  StorageError,
  toPlainError,
} from "../../errors.ts";

/** One call of {@linkcode FileCalls}. */
export interface FileCall {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** How a call ended. */
export type FileAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };

/** An error on its way between threads. */
export type SentError =
  | {
    readonly kind: "storage";
    readonly operation: string;
    readonly path: string;
    readonly code: string;
    readonly reason: string;
  }
  | { readonly kind: "config"; readonly problems: readonly string[] }
  | { readonly kind: "user"; readonly message: string }
  | {
    readonly kind: "defect";
    readonly message: string;
    readonly stack: string | null;
  };

/** Takes an error apart. */
export function sentError(error: unknown): SentError {
  if (error instanceof StorageError) {
    const { operation, path, code, reason } = error;
    return { kind: "storage", operation, path, code, reason };
  }
  if (error instanceof ConfigError) {
    return { kind: "config", problems: error.problems };
  }
  const { message, stack } = toPlainError(error);
  return stack === null
    ? { kind: "user", message }
    : { kind: "defect", message, stack };
}

/** The error again: a class of `errors.ts` where it was one. */
export function receivedError(sent: SentError): Error {
  if (sent.kind === "storage") {
    return new StorageError(sent.operation, sent.path, sent.code, sent.reason);
  }
  if (sent.kind === "config") return new ConfigError(sent.problems);
  if (sent.kind === "user") return new StokerError(sent.message);
  const error = new Error(sent.message);
  if (sent.stack !== null) error.stack = sent.stack;
  return error;
}
