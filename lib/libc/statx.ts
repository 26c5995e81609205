/**
 * statx(2) of an open file.
 *
 *    struct statx, <linux/stat.h>: stx_mask at 0, stx_mode at 28, stx_size
 *    at 40, stx_dev_major at 136, stx_dev_minor at 140,
 *    stx_dio_mem_align at 152, stx_dio_offset_align at 156
 */
import type { Libc } from "./libc.ts";

const AT_EMPTY_PATH = 0x1000;
const EMPTY_PATH = new Uint8Array(1);
const STATX_BASIC = 0x7ff;
const STATX_DIOALIGN = 0x2000;
const STATX_BYTES = 256;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

/** What `statx` says of an open file. */
export interface OpenFileFacts {
  readonly byteLength: number;
  readonly isFolder: boolean;
  /** Names the file system it is on. */
  readonly device: number;
  /**
   * Offsets and lengths of O_DIRECT must be multiples of this; 0 if the file
   * takes no O_DIRECT, null if the kernel does not report it (before Linux
   * 6.1).
   */
  readonly offsetAlignBytes: number | null;
  /** Memory must be aligned to this; null as above. */
  readonly memoryAlignBytes: number | null;
}

/**
 * Asks for the facts of an open file.
 *
 * @param statx The C library's.
 * @param fd Of the open file.
 * @returns Null if the call failed; errno says why.
 */
export function openFileFacts(
  statx: NonNullable<Libc["statx"]>,
  fd: number,
): OpenFileFacts | null {
  const view = new DataView(new ArrayBuffer(STATX_BYTES));
  const mask = STATX_BASIC | STATX_DIOALIGN;
  if (statx(fd, EMPTY_PATH, AT_EMPTY_PATH, mask, view.buffer) < 0) return null;
  const knowsAlignment = (view.getUint32(0, true) & STATX_DIOALIGN) !== 0;
  return {
    byteLength: Number(view.getBigUint64(40, true)),
    isFolder: (view.getUint16(28, true) & S_IFMT) === S_IFDIR,
    device: view.getUint32(136, true) * 2 ** 20 + view.getUint32(140, true),
    memoryAlignBytes: knowsAlignment ? view.getUint32(152, true) : null,
    offsetAlignBytes: knowsAlignment ? view.getUint32(156, true) : null,
  };
}
