/**
 * Whether this host lets a process use io_uring, and if not, what is in the
 * way: a setting of the kernel, a filter of a container, an old kernel.
 *
 * A ring is really set up and used once, since nothing else tells of filters:
 * they answer EPERM (containerd) or ENOSYS (older ones) for calls that the
 * kernel has. One that kills the process instead ends it here.
 *
 * Spec: io_uring_setup(2); kernel.io_uring_disabled: Linux,
 * Documentation/admin-guide/sysctl/kernel.rst
 */
import { ERRNO } from "../libc/errno.ts";
import { openLibc } from "../libc/libc.ts";
import { RING_OP, SETUP_FLAG } from "../libc/uring/layout.ts";
import { Ring, type RingRefusal } from "../libc/uring/ring.ts";
import { type Reading, readSystemFile } from "./system_file.ts";

const DISABLED_PATH = "/proc/sys/kernel/io_uring_disabled";
const RELEASE_PATH = "/proc/sys/kernel/osrelease";

/** What io_uring of this host can do. */
export interface UringFacts {
  /**
   * Whether completions are handled where they are asked for (Linux 6.1),
   * which costs least.
   */
  readonly defersWork: boolean;
}

/**
 * Tries io_uring; the answer to why it cannot be used is whole.
 *
 * @param wanted Rings, and requests that each is to hold: some kernels count
 *   them against RLIMIT_MEMLOCK.
 */
export function probeUring(
  wanted = { ringCount: 1, entryCount: 4 },
): Reading<UringFacts> {
  const libc = openLibc();
  if (libc.value === null) return libc;
  const rings: Ring[] = [];
  try {
    for (let i = 0; i < wanted.ringCount; i++) {
      const ring = Ring.open(libc.value, wanted.entryCount);
      if (ring instanceof Ring) rings.push(ring);
      else return { value: null, reason: refusalText(ring, readHost()) };
    }
    return rings[0] === undefined
      ? { value: null, reason: "no ring is wanted" }
      : tryRing(rings[0]);
  } finally {
    for (const ring of rings) ring.abandon();
  }
}

function readHost() {
  return {
    disabled: readSystemFile(DISABLED_PATH).value?.trim() ?? null,
    release: readSystemFile(RELEASE_PATH).value?.trim() ?? "",
  };
}

function tryRing(ring: Ring): Reading<UringFacts> {
  try {
    const refused = -ring.registerFiles(1);
    if (refused !== 0) {
      return { value: null, reason: filterText("register", refused) };
    }
    ring.prepare(RING_OP.nop, 0, 0, 0, 0, 0, 0);
    ring.enter(1);
    ring.next();
  } catch (error) {
    return {
      value: null,
      reason: error instanceof Error ? error.message : String(error),
    };
  }
  const defersWork = (ring.setupFlags & SETUP_FLAG.deferTaskrun) !== 0;
  return { value: { defersWork }, reason: null };
}

/**
 * Why there is no ring, in words that say what to change.
 *
 * @param refusal What the kernel answered.
 * @param host `disabled`: kernel.io_uring_disabled, null: this kernel has no
 *   such setting. `release`: of the kernel.
 */
export function refusalText(
  { errno, text }: RingRefusal,
  { disabled, release }: {
    readonly disabled: string | null;
    readonly release: string;
  },
): string {
  if (errno === null) return `Linux ${release}: ${text}`;
  if (errno === ERRNO.EPERM && disabled === "2") {
    return "kernel.io_uring_disabled is 2: nobody may use it (sysctl)";
  }
  if (errno === ERRNO.EPERM && disabled === "1") {
    return "kernel.io_uring_disabled is 1: only CAP_SYS_ADMIN and the group " +
      "kernel.io_uring_group may use it (sysctl)";
  }
  if (errno === ERRNO.EPERM) return filterText("setup", errno);
  if (errno === ERRNO.ENOSYS) {
    return disabled === null
      ? `Linux ${release} has no io_uring, or a seccomp filter hides it ` +
        "(ENOSYS)"
      : filterText("setup", errno);
  }
  if (errno === ERRNO.ENOMEM) {
    return "io_uring_setup answers ENOMEM: RLIMIT_MEMLOCK (ulimit -l) is too " +
      "small for all rings";
  }
  return `Linux ${release}: ${text}`;
}

function filterText(call: string, errno: number): string {
  const name = errno === ERRNO.EPERM
    ? "EPERM"
    : errno === ERRNO.ENOSYS
    ? "ENOSYS"
    : `errno ${errno}`;
  return `a seccomp filter, as of a container, refuses io_uring_${call} ` +
    `(${name})`;
}
