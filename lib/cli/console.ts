/**
 * The only writer to stdout and stderr.
 *
 * Results go to stdout, everything for people to stderr. On a terminal a status
 * of a few lines may stand at the bottom; other lines appear above it.
 * A closed pipe (`stoker workloads | head -1`) is no failure: the rest of the
 * output is dropped. Control characters, which names of files and responses of
 * servers may have, are printed escaped.
 *
 * A measurement must not end because a message cannot be shown. So whatever
 * stderr refuses (a full disk, a terminal that is gone) is dropped, and the
 * next message is tried again. A result that stdout refuses is an error.
 */
import { escapeControls, StokerError } from "../errors.ts";
import { lineCodes, type StatusLine } from "./status_line.ts";

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
  /** Whether stderr is a terminal: only there is a status redrawn. */
  readonly isTerminal: boolean;
  /** Whether it obeys codes that move the cursor. @default {true} */
  readonly canRedraw?: boolean;
  /**
   * Whether the process is the terminal's at present, not a background job.
   * @default {always}
   */
  readonly isForeground?: () => boolean;
  /** Whether colours are wanted. @default {false} */
  readonly hasColor?: boolean;
  /** Whether more than ASCII can be shown. @default {false} */
  readonly isUnicode?: boolean;
  /** Size of the terminal, read at each drawing. */
  size(): TerminalSize;
}

/** Size of a terminal. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Codes of ECMA-48 and of DEC's terminals, which xterm and tmux obey.
 * https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
const ERASE_REST_OF_LINE = "\x1b[K";
const ERASE_BELOW = "\x1b[J";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** A line that is too long, as after a change of size, is cut, not wrapped. */
const WRAP_OFF = "\x1b[?7l";
const WRAP_ON = "\x1b[?7h";
/** Pause before a full pipe is tried again, in milliseconds. */
const FULL_PIPE_PAUSE_MS = 1;
/** How long stderr may be full before a message is dropped, milliseconds. */
const FULL_STDERR_MS = 1000;
/** Size of a terminal that does not tell its own. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** Writes results for programs and words for people. */
export class Console {
  /** What is said; {@linkcode warn} and {@linkcode fail} always are. */
  loudness: Loudness = "normal";
  /** Whether stderr is a terminal. */
  readonly isTerminal: boolean;
  /** Whether a status can be redrawn there. */
  readonly canRedraw: boolean;
  /** Whether more than ASCII can be shown. */
  readonly isUnicode: boolean;
  readonly #isForeground: () => boolean;
  readonly #hasColor: boolean;
  readonly #stdout: TextWriter;
  readonly #stderr: TextWriter;
  readonly #size: () => TerminalSize;
  #status: readonly StatusLine[] = [];

  constructor(options: ConsoleOptions) {
    this.isTerminal = options.isTerminal;
    this.canRedraw = this.isTerminal && (options.canRedraw ?? true);
    this.#isForeground = options.isForeground ?? (() => true);
    this.#hasColor = options.hasColor ?? false;
    this.isUnicode = options.isUnicode ?? false;
    this.#stdout = new TextWriter(options.stdout, { maxFullMs: Infinity });
    this.#stderr = new TextWriter(options.stderr, {
      maxFullMs: FULL_STDERR_MS,
    });
    this.#size = options.size;
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

  /** Something that was asked for and is told nowhere else; quiet or not. */
  tell(text: string): void {
    this.#sayAlways(text);
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
    this.status([]);
    this.#sayAlways(`error: ${text}`);
  }

  /** Whether a status shows now: on a terminal that is this process's. */
  showsStatus(): boolean {
    return this.canRedraw && this.loudness !== "quiet" &&
      this.#isForeground();
  }

  /** Room for a status. */
  statusSize(): TerminalSize {
    const { columns, rows } = this.#size();
    // One column stays free: some terminals wrap when the last one is filled.
    // One row: what is above scrolls when the last one is left.
    return { columns: Math.max(1, columns - 1), rows: Math.max(1, rows - 1) };
  }

  /**
   * Replaces the status, which is below all that is said; nothing but on a
   * terminal that is this process's.
   *
   * @param lines Cut to the terminal's size; none removes it.
   */
  status(lines: readonly StatusLine[]): void {
    const hasStatus = this.#status.length > 0;
    if (lines.length === 0 && hasStatus) {
      this.#stderr.write(`\r${ERASE_BELOW}${SHOW_CURSOR}`);
      this.#status = [];
    } else if (lines.length > 0 && this.showsStatus()) {
      this.#status = lines;
      this.#stderr.write(
        (hasStatus ? "" : HIDE_CURSOR) + this.#statusCodes(),
      );
    }
  }

  /**
   * All lines, each over the one that was there, so that nothing flickers.
   * The cursor goes back to where the first line begins: when the size
   * changes, a terminal that wraps lines anew takes it along, and the next
   * drawing finds every row of this one below it.
   */
  #statusCodes(): string {
    const { columns, rows } = this.statusSize();
    const lines = this.#status.slice(0, rows).map((line) =>
      lineCodes(escapedLine(line), columns, this.#hasColor)
    );
    const up = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
    return `${WRAP_OFF}\r${lines.join(`${ERASE_REST_OF_LINE}\r\n`)}` +
      `${ERASE_BELOW}\r${up}${WRAP_ON}`;
  }

  #sayAlways(given: string): void {
    const text = escapeControls(given);
    if (this.#status.length === 0) this.#stderr.write(`${text}\n`);
    else {
      this.#stderr.write(`\r${ERASE_BELOW}${text}\n${this.#statusCodes()}`);
    }
  }
}

/** Names from outside may be part of it. */
function escapedLine(line: StatusLine): StatusLine {
  return line.map(({ text, style }) => ({ text: escapeControls(text), style }));
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

/** What is known of the terminal beside the streams themselves. */
export interface TerminalTraits {
  /** Whether it obeys codes that move the cursor. */
  readonly canRedraw: boolean;
  readonly isUnicode: boolean;
  readonly hasColor: boolean;
  /** Whether this process is in its foreground. */
  readonly isForeground: () => boolean;
}

/** A console on this process's own streams. */
export function processConsole(traits: TerminalTraits): Console {
  return new Console({
    ...traits,
    stdout: Deno.stdout,
    stderr: Deno.stderr,
    isTerminal: Deno.stderr.isTerminal(),
    size: terminalSize,
  });
}

/** A terminal that is gone (`disown`, a closed ssh session) has no size. */
function terminalSize(): TerminalSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    // A serial line does not tell.
    return columns > 0 && rows > 0 ? { columns, rows } : DEFAULT_SIZE;
  } catch {
    return DEFAULT_SIZE;
  }
}
