/**
 * What a process is to its terminal, and what was typed there, without ever
 * waiting: a read by a job in the background, or one that is still waiting
 * when the job is sent there, would stop the whole process (SIGTTIN).
 *
 * Spec: proc_pid_stat(5), poll(2), sigaction(2), termios(3) and signal(7)
 * of Linux.
 */
import { openLibc } from "../libc/libc.ts";
import { readSystemFile } from "./system_file.ts";

/** Process groups, as `/proc/<pid>/stat` has them. */
export interface JobGroups {
  readonly own: number;
  /** In the foreground of the controlling terminal; -1: there is none. */
  readonly foreground: number;
}

const STAT_PATH = "/proc/self/stat";
const STDIN_FD = 0;
const SIGTSTP = 20;
/** More than `struct sigaction` has on any machine. */
const SIGACTION_BYTES = 256;
/** `struct pollfd`: int fd, short events, short revents. */
const POLLFD_BYTES = 8;
const POLLIN = 1;
/**
 * `struct termios` of glibc: four flags of 32 bits, the line's discipline, 32
 * control characters, two speeds.
 */
const TERMIOS_BYTES = 60;
const LOCAL_FLAGS_OFFSET = 12;
const CONTROL_CHARS_OFFSET = 17;
const VTIME = 5;
const VMIN = 6;
const ICANON = 0x2;
const ECHO = 0x8;
/** At once. */
const TCSANOW = 0;
/** More than anybody types between two looks. */
const MAX_READ_BYTES = 256;

/**
 * Takes the groups from the text of `/proc/<pid>/stat`.
 *
 * @returns Null if they are not there.
 */
export function parseJobGroups(stat: string): JobGroups | null {
  // The name, in parentheses, may hold anything: fields follow the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [, , own, , , foreground] = fields.map(Number);
  if (own === undefined || foreground === undefined) return null;
  return Number.isInteger(own) && Number.isInteger(foreground)
    ? { own, foreground }
    : null;
}

/**
 * Gives keys at once and unseen, instead of lines; what keys send signals is
 * left as it is. Only for a terminal in whose foreground this process is.
 *
 * Deno's own `setRaw` is of no use here: once it was called, Deno sets the
 * terminal's modes when the process ends, also of a job in the background,
 * which is stopped for it (SIGTTOU).
 */
export class SingleKeys {
  /** As the terminal was; null before it was changed. */
  #before: Uint8Array<ArrayBuffer> | null = null;

  /** @param isOn False: as it was before. */
  set(isOn: boolean): void {
    const libc = openLibc().value;
    if (libc === null) return;
    if (this.#before === null) {
      const before = new Uint8Array(TERMIOS_BYTES);
      if (!isOn || libc.tcgetattr(STDIN_FD, before) !== 0) return;
      this.#before = before;
    }
    // Again each time: a shell may have changed it for another job.
    const modes = isOn ? singleKeys(this.#before) : this.#before;
    libc.tcsetattr(STDIN_FD, TCSANOW, modes);
  }
}

/** The same modes without lines and echo; see termios(3). */
function singleKeys(
  before: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const modes = before.slice();
  const view = new DataView(modes.buffer);
  const flags = view.getUint32(LOCAL_FLAGS_OFFSET, true);
  view.setUint32(LOCAL_FLAGS_OFFSET, flags & ~(ICANON | ECHO), true);
  // A read takes what is there, one character or more.
  modes[CONTROL_CHARS_OFFSET + VTIME] = 0;
  modes[CONTROL_CHARS_OFFSET + VMIN] = 1;
  return modes;
}

/** Whether this process is in the foreground of its controlling terminal. */
export function isForeground(): boolean {
  const stat = readSystemFile(STAT_PATH);
  const groups = stat.value === null ? null : parseJobGroups(stat.value);
  return groups !== null && groups.own === groups.foreground;
}

/**
 * What was typed and not read yet. Only for a terminal in whose foreground this
 * process is.
 *
 * @returns Null: standard input has ended, or cannot be read.
 */
export function readTyped(): string | null {
  const libc = openLibc();
  if (libc.value === null) return null;
  const pollfd = new DataView(new ArrayBuffer(POLLFD_BYTES));
  pollfd.setInt32(0, STDIN_FD, true);
  pollfd.setInt16(4, POLLIN, true);
  const readyCount = libc.value.poll(
    new Uint8Array(pollfd.buffer),
    1n,
    0,
  );
  if (readyCount <= 0) return "";
  if ((pollfd.getInt16(6, true) & POLLIN) === 0) return null;
  const bytes = new Uint8Array(MAX_READ_BYTES);
  const byteCount = libc.value.read(STDIN_FD, bytes, BigInt(bytes.length));
  if (byteCount <= 0) return null;
  return new TextDecoder().decode(bytes.subarray(0, byteCount));
}

/**
 * Does what Ctrl-Z does to a process that has no handler of its own: stops it
 * until it is sent SIGCONT, unless nobody is there to do that.
 */
export function stopLikeOthers(): void {
  const libc = openLibc().value;
  if (libc === null) return;
  const ours = new Uint8Array(SIGACTION_BYTES);
  // All zero: SIG_DFL.
  libc.sigaction(SIGTSTP, new Uint8Array(SIGACTION_BYTES), ours);
  libc.kill(Deno.pid, SIGTSTP);
  libc.sigaction(SIGTSTP, ours, null);
}
