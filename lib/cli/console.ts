/**
 * The only writer to stdout and stderr.
 *
 * Results go to stdout, everything for people to stderr. On a terminal one
 * status line may stand at the bottom of stderr; other lines appear above it.
 * A closed pipe (`stoker workloads | head -1`) is no failure: the rest of the
 * output is dropped. Control characters, which names of files and responses of
 * servers may have, are printed escaped.
 *
 * A measurement must not end because a message cannot be shown. So whatever
 * stderr refuses (a full disk, a terminal that is gone) is dropped, and the
 * next message is tried again. A result that stdout refuses is an error.
 */
import { escapeControls, StokerError } from "../errors.ts";

/** How much is printed for people: only problems, the usual, everything. */
export type Loudness = "quiet" | "normal" | "verbose";

/** Where bytes go: `Deno.stdout`, or a test's collector. */
export interface TextSink {
  /** @returns How many bytes were taken, which may be fewer than given. */
  writeSync(bytes: Uint8Array): number;
}

/** What a console writes to. */
export interface ConsoleOptions {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Whether stderr is a terminal: only there is a status line redrawn. */
  readonly isTerminal: boolean;
  /** Columns of the terminal, read at each drawing. */
  columns(): number;
}

/** Moves to the first column and erases the line. */
const ERASE_LINE = "\r\x1b[K";
/** Pause before a full pipe is tried again, in milliseconds. */
const FULL_PIPE_PAUSE_MS = 1;
/** How long stderr may be full before a message is dropped, milliseconds. */
const FULL_STDERR_MS = 1000;
/** Width of a terminal that does not tell its own. */
const DEFAULT_COLUMNS = 80;

/** Writes results for programs and words for people. */
export class Console {
  /** What is said; {@linkcode warn} and {@linkcode fail} always are. */
  loudness: Loudness = "normal";
  readonly isTerminal: boolean;
  readonly #stdout: TextWriter;
  readonly #stderr: TextWriter;
  readonly #columns: () => number;
  #status = "";

  constructor(options: ConsoleOptions) {
    this.isTerminal = options.isTerminal;
    this.#stdout = new TextWriter(options.stdout, { maxFullMs: Infinity });
    this.#stderr = new TextWriter(options.stderr, {
      maxFullMs: FULL_STDERR_MS,
    });
    this.#columns = options.columns;
  }

  /**
   * A result: one text and a line's end, to stdout.
   *
   * @throws {StokerError} If stdout refuses it, but for a reader that went
   *   away.
   */
  print(text: string): void {
    const problem = this.#stdout.write(`${escapeControls(text)}\n`);
    if (problem === null) return;
    throw new StokerError(
      `Cannot write the result to standard output: ${problem}`,
    );
  }

  /** Something for people; not when quiet. */
  say(text: string): void {
    if (this.loudness !== "quiet") this.#sayAlways(text);
  }

  /** Something for curious people; only when verbose. */
  detail(text: string): void {
    if (this.loudness === "verbose") this.#sayAlways(text);
  }

  /** Something the user should act on although the command continues. */
  warn(text: string): void {
    this.#sayAlways(`warning: ${text}`);
  }

  /** Why the command ends. */
  fail(text: string): void {
    this.status("");
    this.#sayAlways(`error: ${text}`);
  }

  /**
   * Replaces the status line; nothing but on a terminal.
   *
   * @param line One line, cut to the terminal's width; "" removes it.
   */
  status(line: string): void {
    if (!this.isTerminal || this.loudness === "quiet") return;
    // One column stays free: some terminals wrap when the last one is filled.
    const fitting = escapeControls(line)
      .slice(0, Math.max(0, this.#columns() - 1));
    if (fitting === this.#status) return;
    this.#status = fitting;
    this.#stderr.write(ERASE_LINE + fitting);
  }

  #sayAlways(given: string): void {
    const text = escapeControls(given);
    if (this.#status === "") this.#stderr.write(`${text}\n`);
    else this.#stderr.write(`${ERASE_LINE}${text}\n${this.#status}`);
  }
}

/** Writes whole texts, in order, until the pipe is closed. */
class TextWriter {
  readonly #sink: TextSink;
  readonly #maxFullMs: number;
  readonly #encoder = new TextEncoder();
  #isOpen = true;

  /** @param options `maxFullMs`: how long to wait for a full pipe. */
  constructor(sink: TextSink, options: { readonly maxFullMs: number }) {
    this.#sink = sink;
    this.#maxFullMs = options.maxFullMs;
  }

  /**
   * @returns Why the text, or its rest, was not taken; null if it was, or if
   *   the reader went away.
   */
  write(text: string): string | null {
    let rest = this.#encoder.encode(text);
    let fullMs = 0;
    while (this.#isOpen && rest.length > 0) {
      try {
        rest = rest.subarray(this.#sink.writeSync(rest));
        fullMs = 0;
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) {
          if (fullMs >= this.#maxFullMs) return "its reader does not read";
          pause(FULL_PIPE_PAUSE_MS);
          fullMs += FULL_PIPE_PAUSE_MS;
        } else if (error instanceof Deno.errors.BrokenPipe) {
          this.#isOpen = false;
        } else {
          return error instanceof Error ? error.message : String(error);
        }
      }
    }
    return null;
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** A console on this process's own streams. */
export function processConsole(): Console {
  const isTerminal = Deno.stderr.isTerminal();
  return new Console({
    stdout: Deno.stdout,
    stderr: Deno.stderr,
    isTerminal,
    columns: () => isTerminal ? terminalColumns() : DEFAULT_COLUMNS,
  });
}

/** A terminal that is gone (`disown`, a closed ssh session) has no size. */
function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return DEFAULT_COLUMNS;
  }
}
