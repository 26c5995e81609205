/**
 * Every way Stoker ends, and the errors that lead there.
 *
 * An error of these classes is the user's to act on: the console prints its
 * message alone. Any other error is a defect of Stoker and prints its stack.
 *
 * Messages read "Cannot VERB THING as RULE: current value is X" or name the
 * thing, the value, where it came from and the rule.
 */

/** The command succeeded. */
export const EXIT_DONE = 0;
/** The run failed: storage, data or a worker. */
export const EXIT_FAILED = 1;
/** Wrong usage or configuration; nothing was started. */
export const EXIT_USAGE = 2;
/** Finished, but below the AU goal (`--require-au`) or not admissible. */
export const EXIT_BELOW_GOAL = 3;
/** Interrupted by the user; partial results are saved. */
export const EXIT_INTERRUPTED = 130;

/**
 * Longest text of a server's or a file's that a message repeats, in
 * characters; what is longer is cut there, and says so.
 */
export const MAX_FOREIGN_CHARS = 500;
/** The same of names: PATH_MAX of Linux, four times a key of S3. */
export const MAX_NAME_CHARS = 4096;

/** Of a reason, which may repeat several such texts and names. */
const MAX_REASON_CHARS = 2 * MAX_NAME_CHARS;

/**
 * What a terminal would obey or hide instead of showing: C0 and C1 controls
 * but for tab and line feed, DEL, line separators, marks that turn the
 * direction of writing (Unicode UAX 9).
 */
const CONTROL_REGEXP =
  // deno-lint-ignore no-control-regex
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Writes control characters as `\u001b`, which is what they are in JSON and
 * YAML as well. Tabs and line feeds stay.
 */
export function escapeControls(text: string): string {
  return text.replaceAll(CONTROL_REGEXP, escaped);
}

/**
 * Text from a server, a file or a setting, fit for one line of a message.
 *
 * @param text Anything.
 * @param maxChars Where it is cut.
 * @returns At most that many of its characters, all of them visible.
 */
export function foreignText(
  text: string,
  maxChars: number = MAX_FOREIGN_CHARS,
): string {
  const kept = text.slice(0, maxChars);
  const shown = escapeControls(kept).replaceAll(/[\t\n]/g, escaped);
  return text.length <= maxChars
    ? shown
    : `${shown}\u2026 (cut, ${text.length} characters)`;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Base of all errors that a user can act on. */
export class StokerError extends Error {
  /** Exit status of a process that ends with this error. */
  readonly exitCode: number = EXIT_FAILED;

  constructor(message: string, options?: ErrorOptions) {
    super(escapeControls(message), options);
    this.name = new.target.name;
  }
}

/** Settings that cannot be used: all problems found, one text each. */
export class ConfigError extends StokerError {
  override readonly exitCode: number = EXIT_USAGE;

  /** @param problems One sentence per problem, at least one. */
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** A command line that cannot be understood. */
export class UsageError extends StokerError {
  override readonly exitCode: number = EXIT_USAGE;
}

/** A storage operation that failed. */
export class StorageError extends StokerError {
  /**
   * @param operation What was tried: "open", "read", "write" ...
   * @param path The file or object.
   * @param code The system's name of the failure, such as "ENOENT".
   * @param reason One clause that says what happened.
   */
  constructor(
    readonly operation: string,
    readonly path: string,
    readonly code: string,
    readonly reason: string,
  ) {
    super(
      `Cannot ${operation} "${foreignText(path, MAX_NAME_CHARS)}": ` +
        `${foreignText(reason, MAX_REASON_CHARS)} (${code})`,
    );
  }
}

/** A file whose bytes break the rules of its format. */
export class FormatError extends StokerError {
  /**
   * @param path The file.
   * @param offset Byte offset of the damage.
   * @param rule What should have been there and what was.
   */
  constructor(
    readonly path: string,
    readonly offset: number,
    rule: string,
  ) {
    super(
      `Cannot use "${foreignText(path, MAX_NAME_CHARS)}" at byte ${offset}: ` +
        foreignText(rule, MAX_REASON_CHARS),
    );
  }
}

/** A dataset or checkpoint that is not what the settings describe. */
export class DatasetError extends StokerError {}

/** A worker that ended or stalled when it should not have. */
export class WorkerError extends StokerError {}

/** The time of `--time-limit` is over. */
export class TimeLimitError extends StokerError {}

/** The user asked to stop (Ctrl-C, SIGTERM, `--time-limit` is not one). */
export class InterruptedError extends StokerError {
  override readonly exitCode: number = EXIT_INTERRUPTED;
}

/** Why all processes of a run end: each of them knows it. */
export class SharedError extends StokerError {
  override readonly exitCode: number;

  /**
   * @param problems One text for each thing that went wrong.
   * @param exitCode Of every process.
   */
  constructor(readonly problems: readonly string[], exitCode: number) {
    super(problems.join("\n"));
    this.exitCode = exitCode;
  }
}

/** Another process of the run is gone, so this one ends. */
export class PeerError extends StokerError {
  /**
   * @param isNoticedHere Whether this process noticed it by itself.
   * @param message Which one it is, and what it said.
   */
  constructor(readonly isNoticedHere: boolean, message: string) {
    super(message);
  }
}

/** An error as plain data, for the way from a worker to the main thread. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  /** Only of errors that are not a {@linkcode StokerError}. */
  readonly stack: string | null;
}

/**
 * Flattens an error for `postMessage`.
 *
 * @param error Anything that was thrown.
 * @returns Its plain form; the stack only if it is a defect of Stoker.
 */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof StokerError) {
    return { name: error.name, message: error.message, stack: null };
  }
  if (error instanceof Error) {
    return {
      name: error.name,
      message: error.message,
      stack: error.stack ?? error.message,
    };
  }
  return { name: "Error", message: String(error), stack: String(error) };
}
