/**
 * Numbers and layouts of io_uring, as 32-bit words.
 *
 *    submission, 64 bytes          completion, 16 bytes
 *     0  opcode, flags << 8         0  user data
 *     1  file                       1  (its upper half: 0)
 *     2  offset, two words          2  result: >= 0, or minus the errno
 *     4  address, two words         3  flags
 *     6  length
 *     7  flags of the operation
 *     8  user data, two words
 *    10  index of a registered buffer
 *    11  direct descriptor + 1
 *
 * Spec: <linux/io_uring.h>, io_uring_setup(2), io_uring_enter(2),
 * io_uring_register(2).
 */

/** Numbers of the calls, the same on every processor that Deno runs on. */
export const RING_CALL = { setup: 425, enter: 426, register: 427 } as const;

/** Operations, `IORING_OP_*`. */
export const RING_OP = {
  nop: 0,
  fsync: 3,
  readFixed: 4,
  writeFixed: 5,
  asyncCancel: 14,
  openAt: 18,
  close: 19,
  read: 22,
  write: 23,
  /** Since Linux 6.9. */
  ftruncate: 55,
} as const;

/** Flags of a submission, `IOSQE_*`. */
export const SQE_FLAG = {
  /** The file is a direct descriptor. */
  fixedFile: 1 << 0,
  /** The next one begins when this one ended well and in full. */
  link: 1 << 2,
  /** The next one begins however this one ends. */
  hardLink: 1 << 3,
} as const;

/** Flags of a ring, `IORING_SETUP_*`. */
export const SETUP_FLAG = {
  clamp: 1 << 4,
  /** Since Linux 5.19: completions interrupt nothing. */
  coopTaskrun: 1 << 8,
  /** Since Linux 6.0: one thread submits. */
  singleIssuer: 1 << 12,
  /** Since Linux 6.1: completions are handled where they are asked for. */
  deferTaskrun: 1 << 13,
} as const;

/** What a kernel says that it has, `IORING_FEAT_*`. */
export const FEATURE = {
  singleMmap: 1 << 0,
  noDrop: 1 << 1,
  extArg: 1 << 8,
  /** Came with Linux 5.17, as the last of what is used here. */
  linkedFile: 1 << 12,
} as const;

/** Flags of io_uring_enter. */
export const ENTER_FLAG = { getEvents: 1 << 0, extArg: 1 << 3 } as const;

/** Operations of io_uring_register. */
export const REGISTER = {
  buffers: 0,
  dropBuffers: 1,
  files: 2,
  dropFiles: 3,
  probe: 8,
} as const;

/**
 * 32-bit words of `struct io_uring_probe` before its operations; then two of
 * each: number, flags << 16; reserved.
 */
export const PROBE_HEAD_WORDS = 4;
/** Operations that a probe asks for: more than there are. */
export const PROBED_OPERATIONS = 64;
/** `IO_URING_OP_SUPPORTED` in the first word of an operation. */
export const OPERATION_SUPPORTED = 1 << 16;

/** `IORING_ASYNC_CANCEL_ANY`, since Linux 5.19: whatever is in flight. */
export const CANCEL_ANY = 1 << 2;

/** Where mmap finds what, `IORING_OFF_*`. */
export const MAP_OFFSET = { rings: 0, submissions: 0x10000000 } as const;

/** Bytes of `struct io_uring_params`. */
export const PARAMS_BYTES = 120;

/** 32-bit words of `struct io_uring_params` that are used. */
export const PARAMS_WORD = {
  sqEntries: 0,
  cqEntries: 1,
  flags: 2,
  features: 5,
  sqHead: 10,
  sqTail: 11,
  sqMask: 12,
  sqArray: 16,
  cqHead: 20,
  cqTail: 21,
  cqMask: 22,
  cqes: 25,
} as const;

/** 32-bit words of a submission. */
export const SQE_WORDS = 16;
/** 32-bit words of a completion. */
export const CQE_WORDS = 4;
