/**
 * Whether some process of this host has a file open, by the links that
 * `/proc/<pid>/fd` has to the files of each process.
 *
 * A process of another user cannot be looked into, but by root; nor one of
 * another host or container. So "closed" is said only of a file whose owner
 * this process runs as, or by root.
 *
 * Spec: proc_pid_fd(5), statx(2) with the layout of `<linux/stat.h>`,
 * getdents64(2).
 */
import { cPath, type Libc, O_CLOEXEC, openLibc } from "../libc/libc.ts";

/** What is known of a file. */
export type OpenState = "open" | "closed" | "unknown";

const AT_FDCWD = -100;
/** Asks no server: what the kernel remembers is enough. */
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_BASIC_STATS = 0x7ff;
const STATX_BYTES = 256;
const UID_OFFSET = 20;
const INODE_OFFSET = 32;
const DEVICE_OFFSET = 136;

const O_DIRECTORY = 0o200000;
const LISTING_BYTES = 64 * 1024;
const RECORD_LENGTH_OFFSET = 16;
const NAME_OFFSET = 19;

/** Calls that an old C library may lack are there. */
interface Calls {
  readonly libc: Libc;
  readonly statx: NonNullable<Libc["statx"]>;
  readonly getdents64: NonNullable<Libc["getdents64"]>;
}

/**
 * Looks for processes that have files open.
 *
 * @param paths The files.
 * @returns The state of each path; "unknown" where this host does not tell.
 */
export function openStates(
  paths: readonly string[],
): ReadonlyMap<string, OpenState> {
  const states = new Map<string, OpenState>(
    paths.map((path) => [path, "unknown"]),
  );
  const calls = openCalls();
  if (paths.length === 0 || calls === null) return states;
  const self = identityOf("/proc/self", calls);
  if (self === null) return states;
  const open = openIdentities(calls);
  for (const path of paths) {
    const file = identityOf(path, calls);
    if (file === null) continue;
    if (open.has(file.key)) states.set(path, "open");
    else if (self.uid === 0 || self.uid === file.uid) {
      states.set(path, "closed");
    }
  }
  return states;
}

/** Every file that a process has open, of those that can be looked into. */
function openIdentities(calls: Calls): Set<string> {
  const keys = new Set<string>();
  for (const pid of numbersIn("/proc", calls)) {
    const folder = `/proc/${pid}/fd`;
    for (const fd of numbersIn(folder, calls)) {
      const identity = identityOf(`${folder}/${fd}`, calls);
      if (identity !== null) keys.add(identity.key);
    }
  }
  return keys;
}

/** Which file a path leads to, and whose it is; null: nobody tells. */
function identityOf(
  path: string,
  { statx }: Calls,
): { readonly key: string; readonly uid: number } | null {
  const bytes = new Uint8Array(STATX_BYTES);
  const failed = statx(
    AT_FDCWD,
    cPath(path),
    AT_STATX_DONT_SYNC,
    STATX_BASIC_STATS,
    bytes,
  );
  if (failed !== 0) return null;
  const view = new DataView(bytes.buffer);
  const inode = view.getBigUint64(INODE_OFFSET, true);
  const device = view.getBigUint64(DEVICE_OFFSET, true);
  return { key: `${device}:${inode}`, uid: view.getUint32(UID_OFFSET, true) };
}

/** Entries of a folder of /proc that are numbers; none if it is closed. */
function numbersIn(path: string, { libc, getdents64 }: Calls): string[] {
  const fd = libc.open(cPath(path), O_CLOEXEC | O_DIRECTORY, 0);
  if (fd < 0) return [];
  const names: string[] = [];
  try {
    const buffer = new Uint8Array(LISTING_BYTES);
    const decoder = new TextDecoder();
    for (;;) {
      const byteCount = getdents64(fd, buffer, BigInt(buffer.length));
      if (byteCount <= 0) return names;
      const view = new DataView(buffer.buffer, 0, byteCount);
      let offset = 0;
      while (offset < byteCount) {
        const length = view.getUint16(offset + RECORD_LENGTH_OFFSET, true);
        const start = offset + NAME_OFFSET;
        const name = decoder.decode(
          buffer.subarray(start, buffer.indexOf(0, start)),
        );
        if (/^\d+$/.test(name)) names.push(name);
        offset += length;
      }
    }
  } finally {
    libc.close(fd);
  }
}

function openCalls(): Calls | null {
  const libc = openLibc().value;
  const { statx = null, getdents64 = null } = libc ?? {};
  return libc === null || statx === null || getdents64 === null
    ? null
    : { libc, statx, getdents64 };
}
