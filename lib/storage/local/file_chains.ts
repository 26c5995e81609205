/**
 * Small files as requests that are linked: the kernel makes, writes and closes
 * each in threads of its own, and whoever asked makes the next one's bytes
 * meanwhile.
 *
 *    open -> write [-> cut] -> close     each begins when the one before it
 *                                        ended well and in full
 *
 *    open    O_CREAT | O_EXCL: what has the name stays as it is. Its file is a
 *            direct descriptor, for the ring alone
 *    write   all bytes, padded to whole blocks
 *    cut     where they were padded; since Linux 6.9
 *
 * What does not go this way is left to its caller, with all bytes still in
 * their buffer: a name that is taken, a folder that is missing, a write that
 * was put off or cut short.
 *
 * Spec: io_uring(7), io_uring_enter(2)
 */
import { ERRNO } from "../../libc/errno.ts";
import { RING_OP, SQE_FLAG } from "../../libc/uring/layout.ts";
import type { Ring } from "../../libc/uring/ring.ts";
import { O_WRITE_NEW } from "./new_file.ts";
import { noRing } from "./open_ring.ts";
import { PATH_BYTES } from "./ring_memory.ts";

const AT_FDCWD = -100;

/** Which request of a chain has ended. */
export const LINK = { open: 0, write: 1, cut: 2, close: 3 } as const;

/** How a chain stands. */
export const CHAIN_STATE = {
  /** Requests are in flight. */
  running: 0,
  /** Its file is there in full, and closed. */
  whole: 1,
  /** No file was made. */
  notOpened: 2,
  /** A file was made and closed; its write was put off or cut short. */
  notWritten: 3,
  /** A file was made and closed; see `failedLink` and `errno`. */
  failed: 4,
} as const;

/** How a chain stands, one of `CHAIN_STATE`. */
export type ChainState = typeof CHAIN_STATE[keyof typeof CHAIN_STATE];

/** A file that is to be made. */
export interface ChainedFile {
  readonly path: string;
  readonly mode: number;
  /** `RING_OP` of the write. */
  readonly writeOperation: number;
  /** Of the bytes. */
  readonly address: number;
  /** Whole blocks. */
  readonly paddedBytes: number;
  /** Those that the file has in the end. */
  readonly byteLength: number;
}

/** See the file header. A place holds one file at a time. */
export class FileChains {
  readonly #ring: Ring;
  readonly #openFlags: number;
  readonly #userData: (place: number, link: number) => number;
  readonly #canCut: boolean;
  readonly #paths: Uint8Array<ArrayBuffer>;
  readonly #pathsAddress: number;
  readonly #encoder = new TextEncoder();
  // Of each place.
  readonly #leftCount: Int32Array;
  readonly #isOpen: Uint8Array;
  readonly #isMade: Uint8Array;
  readonly #askedBytes: Int32Array;
  readonly #wroteBytes: Int32Array;
  readonly #failedLink: Int32Array;
  readonly #errno: Int32Array;

  /**
   * @param ring Whose direct descriptors these are.
   * @param options `openFlags`: of open(2), beside writing. `depth`: places.
   *   `userData`: what the completion of a request has.
   * @throws {StorageError} If the ring takes no direct descriptors.
   */
  constructor(ring: Ring, options: {
    readonly openFlags: number;
    readonly depth: number;
    readonly userData: (place: number, link: number) => number;
  }) {
    const { depth } = options;
    const errno = -ring.registerFiles(depth);
    if (errno !== 0) {
      throw noRing(`it refuses direct descriptors (errno ${errno})`);
    }
    this.#ring = ring;
    this.#openFlags = options.openFlags | O_WRITE_NEW;
    this.#userData = options.userData;
    this.#canCut = ring.supports(RING_OP.ftruncate);
    this.#paths = new Uint8Array(new ArrayBuffer(depth * PATH_BYTES));
    this.#pathsAddress = Number(
      Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#paths)),
    );
    this.#leftCount = new Int32Array(depth);
    this.#isOpen = new Uint8Array(depth);
    this.#isMade = new Uint8Array(depth);
    this.#askedBytes = new Int32Array(depth);
    this.#wroteBytes = new Int32Array(depth);
    this.#failedLink = new Int32Array(depth);
    this.#errno = new Int32Array(depth);
  }

  /**
   * Prepares the requests of a file.
   *
   * @returns False if it cannot be made this way: nothing is done.
   */
  begin(place: number, file: ChainedFile): boolean {
    const { byteLength, paddedBytes } = file;
    const isCut = byteLength !== paddedBytes;
    if (isCut && !this.#canCut) return false;
    const pathOffset = this.#keepPath(place, file.path);
    if (pathOffset < 0) return false;
    this.#leftCount[place] = isCut ? 4 : 3;
    this.#isOpen[place] = this.#isMade[place] = 0;
    this.#askedBytes[place] = paddedBytes;
    this.#wroteBytes[place] = this.#errno[place] = 0;
    const ring = this.#ring;
    ring.prepare(
      RING_OP.openAt,
      SQE_FLAG.link,
      AT_FDCWD,
      0,
      this.#pathsAddress + pathOffset,
      file.mode,
      this.#userData(place, LINK.open),
      this.#openFlags,
      place,
    );
    ring.prepare(
      file.writeOperation,
      SQE_FLAG.fixedFile | SQE_FLAG.link,
      place,
      0,
      file.address,
      paddedBytes,
      this.#userData(place, LINK.write),
    );
    if (isCut) {
      ring.prepare(
        RING_OP.ftruncate,
        SQE_FLAG.fixedFile | SQE_FLAG.link,
        place,
        byteLength,
        0,
        0,
        this.#userData(place, LINK.cut),
      );
    }
    this.#prepareClose(place);
    return true;
  }

  /**
   * A request has ended.
   *
   * @param link One of `LINK`.
   * @param result >= 0, or minus the errno.
   */
  take(place: number, link: number, result: number): void {
    this.#leftCount[place]!--;
    if (result === -ERRNO.ECANCELED) return;
    if (link === LINK.close) this.#isOpen[place] = 0;
    if (result < 0) {
      this.#failedLink[place] = link;
      this.#errno[place] = -result;
    } else if (link === LINK.open) {
      this.#isOpen[place] = this.#isMade[place] = 1;
    } else if (link === LINK.write) {
      this.#wroteBytes[place] = result;
    }
  }

  /**
   * Whether a file was made, though it may be gone by now.
   */
  hasMade(place: number): boolean {
    return this.#isMade[place] === 1;
  }

  /**
   * How a chain stands after `take`. One that broke while its file is open
   * closes it first: a request is prepared, and it is running.
   */
  state(place: number): ChainState {
    if (this.#leftCount[place]! > 0) return CHAIN_STATE.running;
    if (this.#isOpen[place] === 1) {
      this.#leftCount[place] = 1;
      this.#prepareClose(place);
      return CHAIN_STATE.running;
    }
    if (this.#isMade[place] === 0) return CHAIN_STATE.notOpened;
    const errno = this.errno(place);
    if (errno === ERRNO.EINTR || errno === ERRNO.EAGAIN) {
      return CHAIN_STATE.notWritten;
    }
    if (errno !== 0) return CHAIN_STATE.failed;
    return this.#wroteBytes[place] === this.#askedBytes[place]
      ? CHAIN_STATE.whole
      : CHAIN_STATE.notWritten;
  }

  /** Of the request that failed; 0: none did. */
  errno(place: number): number {
    return this.#errno[place]!;
  }

  /** Which one that was, of `LINK`. */
  failedLink(place: number): number {
    return this.#failedLink[place]!;
  }

  #prepareClose(place: number): void {
    const userData = this.#userData(place, LINK.close);
    this.#ring.prepare(RING_OP.close, 0, 0, 0, 0, 0, userData, 0, place);
  }

  /** Puts a path where the kernel finds it. @returns Where; -1: too long. */
  #keepPath(place: number, path: string): number {
    const offset = place * PATH_BYTES;
    const end = offset + PATH_BYTES - 1;
    const { read, written } = this.#encoder.encodeInto(
      path,
      this.#paths.subarray(offset, end),
    );
    if (read < path.length) return -1;
    this.#paths[offset + written] = 0;
    return offset;
  }
}
