/**
 * Memory of the system's own, at page boundaries, whose address is known.
 *
 * A kernel that writes into a thread's memory on its own, as io_uring does,
 * must never find it given away. This memory is: it goes with `free`, not with
 * the thread, so that one that is ended from outside leaves it mapped.
 */
import type { Libc } from "./libc.ts";
import { errnoOf, ffiInt64 } from "./libc.ts";
import type { Reading } from "./reading.ts";
import { errnoName } from "./errno.ts";

const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;

/** See the file header. */
export class MappedMemory {
  /** All of it; not to be touched after `free`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the first byte: 47 bits, so a number holds it exactly. */
  readonly address: number;
  readonly #libc: Libc;
  readonly #pointer: Deno.PointerObject;
  #isFree = false;

  private constructor(
    libc: Libc,
    pointer: Deno.PointerObject,
    byteLength: number,
  ) {
    this.#libc = libc;
    this.#pointer = pointer;
    this.address = Number(Deno.UnsafePointer.value(pointer));
    this.bytes = new Uint8Array(
      Deno.UnsafePointerView.getArrayBuffer(pointer, byteLength),
    );
  }

  /**
   * Maps zeroed memory; pages take room when they are first touched.
   *
   * @param byteLength Bytes, > 0.
   */
  static anonymous(libc: Libc, byteLength: number): Reading<MappedMemory> {
    return MappedMemory.#map(libc, {
      byteLength,
      flags: MAP_PRIVATE_ANONYMOUS,
      fd: -1,
      offset: 0,
    });
  }

  /**
   * Maps what an open file, such as a ring, shows.
   *
   * @param fd The file.
   * @param part Which of its bytes; changes are the file's.
   */
  static ofFile(
    libc: Libc,
    fd: number,
    part: { readonly offset: number; readonly byteLength: number },
  ): Reading<MappedMemory> {
    return MappedMemory.#map(libc, { ...part, flags: MAP_SHARED, fd });
  }

  static #map(
    libc: Libc,
    { byteLength, flags, fd, offset }: {
      readonly byteLength: number;
      readonly flags: number;
      readonly fd: number;
      readonly offset: number;
    },
  ): Reading<MappedMemory> {
    const pointer = libc.mmap(
      null,
      ffiInt64(byteLength),
      PROT_READ_WRITE,
      flags,
      fd,
      ffiInt64(offset),
    );
    if (
      pointer === null || Deno.UnsafePointer.value(pointer) === MAP_FAILED
    ) {
      const errno = errnoOf(libc);
      return {
        value: null,
        reason: `${byteLength} bytes cannot be mapped (${errnoName(errno)})`,
      };
    }
    return {
      value: new MappedMemory(libc, pointer, byteLength),
      reason: null,
    };
  }

  /** A part that begins at `offset`, and is `byteLength` long. */
  part(offset: number, byteLength: number): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(offset, offset + byteLength);
  }

  /** Gives it back; nothing may use it any more. A second call does nothing. */
  free(): void {
    if (this.#isFree) return;
    this.#isFree = true;
    this.#libc.munmap(this.#pointer, ffiInt64(this.bytes.length));
  }
}

const MAP_SHARED = 1;
/** `(void *) -1`. */
const MAP_FAILED = 2n ** 64n - 1n;
