/**
 * The C library through FFI: the types of its calls, and the one place that
 * opens a library.
 *
 * Counts of bytes are declared as i32 although `ssize_t` is wider: no call
 * here moves 2 GiB, and a 64-bit result would be a BigInt made for every read.
 */
import type { Reading } from "./reading.ts";

/** The library by its name, so that the system's own search finds it. */
const LIBC_NAME = "libc.so.6";

const SYMBOLS = {
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  /** `open` on a thread of its own, where its errno stays. */
  open_elsewhere: {
    name: "open",
    parameters: ["buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  close: { parameters: ["i32"], result: "i32" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32" },
  sync: { parameters: [], result: "void" },
  fsync: { parameters: ["i32"], result: "i32" },
  sync_file_range: {
    parameters: ["i32", "i64", "i64", "u32"],
    result: "i32",
  },
  posix_fadvise: { parameters: ["i32", "i64", "i64", "i32"], result: "i32" },
  fstatfs: { parameters: ["i32", "buffer"], result: "i32" },
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "pointer",
  },
  mincore: { parameters: ["pointer", "usize", "buffer"], result: "i32" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  syscall: {
    parameters: ["i64", "i32", "buffer", "buffer", "u32"],
    result: "i64",
  },
  /** `syscall` for words that several processes sleep on; see futex(2). */
  futex: {
    name: "syscall",
    parameters: ["i64", "buffer", "i32", "i32", "buffer"],
    result: "i32",
  },
  /** `syscall` for io_uring: set-up, submissions, registrations. */
  ring_setup: {
    name: "syscall",
    parameters: ["i64", "u32", "buffer"],
    result: "i32",
  },
  ring_enter: {
    name: "syscall",
    parameters: ["i64", "i32", "u32", "u32", "u32", "buffer", "usize"],
    result: "i32",
  },
  ring_register: {
    name: "syscall",
    parameters: ["i64", "i32", "u32", "buffer", "u32"],
    result: "i32",
  },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  /** Of a thread alone, where `who` is its number or 0: Linux's own way. */
  setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
  tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  usleep: { parameters: ["u32"], result: "i32" },
  sched_yield: { parameters: [], result: "i32" },
  /** With the numbers that one option takes; see prctl(2). */
  prctl: {
    parameters: ["i32", "u64", "u64", "u64", "u64"],
    result: "i32",
  },
  __errno_location: { parameters: [], result: "pointer" },
  /** Since glibc 2.28. */
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
    optional: true,
  },
  /** Since glibc 2.30. */
  getdents64: {
    parameters: ["i32", "buffer", "usize"],
    result: "i32",
    optional: true,
  },
  /** `getdents64` on a thread of its own, where its errno stays. */
  getdents64_elsewhere: {
    name: "getdents64",
    parameters: ["i32", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
} as const;

/** What shows that the library is there and FFI permitted. */
const FIRST_SYMBOLS = { __errno_location: SYMBOLS.__errno_location } as const;

/** Calls of the loader; before glibc 2.34 they have a library of their own. */
const DL_SYMBOLS = {
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
  dlerror: { parameters: [], result: "pointer" },
} as const;

/** Calls of the loader. */
export type DlCalls = Deno.DynamicLibrary<typeof DL_SYMBOLS>["symbols"];

/** The calls; those that an old library may lack are null there. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** `O_CLOEXEC` of Linux, for every open. */
export const O_CLOEXEC = 0o2000000;

/** `O_NONBLOCK` of Linux: opening a pipe waits for nobody. */
export const O_NONBLOCK = 0o4000;

/** Opened at the first use and kept: a thread has one C library. */
let libc: Reading<Libc> | undefined;

/**
 * The C library of this thread, or why there is none: another system than
 * Linux, no permission for FFI, another C library than glibc.
 */
export function openLibc(): Reading<Libc> {
  if (libc !== undefined) return libc;
  const first = openLibrary(LIBC_NAME, FIRST_SYMBOLS);
  libc = first.value === null
    ? first
    : { value: foundWhenAsked(LIBC_NAME, SYMBOLS), reason: null };
  return libc;
}

/** Why the last call on this thread failed. */
export function errnoOf({ __errno_location }: Libc): number {
  const pointer = __errno_location();
  return pointer === null ? 0 : new Deno.UnsafePointerView(pointer).getInt32();
}

// Deno runs on little-endian machines only, so the lower half comes first.
const int64 = new BigInt64Array(1);
const int64Words = new Uint32Array(int64.buffer);

/**
 * A number as FFI takes 64-bit integers fastest: read from memory as a
 * BigInt, which compiled code passes on in a register. Deno takes numbers
 * too, but by its slow way of calling, 0.3 µs for each call.
 *
 * @param value An integer that a double holds exactly.
 */
export function ffiInt64(value: number): bigint {
  int64Words[0] = value;
  int64Words[1] = Math.floor(value / 2 ** 32);
  return int64[0] as bigint;
}

/** A path as the calls want it: UTF-8 with a zero at the end. */
export function cPath(path: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(`${path}\0`));
}

/** The calls of the loader, or why there are none. */
export function openDlCalls(): Reading<DlCalls> {
  const inLibc = openLibrary(LIBC_NAME, DL_SYMBOLS);
  return inLibc.value === null ? openLibrary("libdl.so.2", DL_SYMBOLS) : inLibc;
}

/**
 * Calls of any library.
 *
 * @param name A path, or a name that the system's loader searches.
 * @param symbols Its calls and their types.
 * @returns The calls, or why there are none.
 */
export function openLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  name: string,
  symbols: Symbols,
): Reading<Deno.DynamicLibrary<Symbols>["symbols"]> {
  if (Deno.build.os !== "linux") {
    return { value: null, reason: `${Deno.build.os} is not supported` };
  }
  try {
    return { value: Deno.dlopen(name, symbols).symbols, reason: null };
  } catch (error) {
    const isDenied = error instanceof Deno.errors.NotCapable;
    return {
      value: null,
      reason: isDenied
        ? "FFI is not permitted (--allow-ffi)"
        : `${name} cannot be loaded`,
    };
  }
}

/**
 * The calls of a library that is there, each found when it is first asked
 * for: Deno compiles a bridge for every call that it finds, and a thread that
 * reads files needs few of them. All of the C library's take 0.3 MB a thread.
 */
function foundWhenAsked<const Symbols extends Deno.ForeignLibraryInterface>(
  name: string,
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols>["symbols"] {
  const finders: PropertyDescriptorMap = {};
  for (const [call, definition] of Object.entries(symbols)) {
    finders[call] = {
      get(this: object): unknown {
        const value = Deno.dlopen(name, { [call]: definition }).symbols[call];
        Object.defineProperty(this, call, { value, enumerable: true });
        return value;
      },
    };
  }
  // What was found is the object's own, in front of what finds it.
  return Object.create(Object.create(null, finders));
}
