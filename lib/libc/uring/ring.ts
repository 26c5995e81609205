/**
 * One io_uring: requests go in, completions come out, nothing waits between.
 *
 *    prepare ... prepare -> enter -> next ... next
 *
 * Invariants: one thread uses it. Every request posts exactly one completion
 * (no request asks to be passed over), so what is under way is a number. What
 * a request reads or writes stays where it is until its completion is there:
 * `close` waits for all of them. Nothing is allocated between two of them.
 *
 * Spec: io_uring(7), https://kernel.dk/io_uring.pdf
 */
import { ERRNO, errnoError, errnoName } from "../errno.ts";
import { errnoOf, ffiInt64, type Libc } from "../libc.ts";
import { MappedMemory } from "../mapped_memory.ts";
import {
  CANCEL_ANY,
  CQE_WORDS,
  ENTER_FLAG,
  FEATURE,
  MAP_OFFSET,
  OPERATION_SUPPORTED,
  PARAMS_BYTES,
  PARAMS_WORD,
  PROBE_HEAD_WORDS,
  PROBED_OPERATIONS,
  REGISTER,
  RING_CALL,
  RING_OP,
  SETUP_FLAG,
  SQE_WORDS,
} from "./layout.ts";

/** Sets of flags, the best first; older kernels refuse those of later ones. */
const SETUP_FLAGS: readonly number[] = [
  SETUP_FLAG.clamp | SETUP_FLAG.singleIssuer | SETUP_FLAG.deferTaskrun,
  SETUP_FLAG.clamp | SETUP_FLAG.coopTaskrun,
  SETUP_FLAG.clamp,
];

const NEEDED_FEATURES = FEATURE.singleMmap | FEATURE.noDrop | FEATURE.extArg |
  FEATURE.linkedFile;

/** Of `struct io_uring_getevents_arg`, with the time-out behind it. */
const ARG_BYTES = 24;
const TIMEOUT_BYTES = 16;
const TWO_32 = 2 ** 32;

/** Of the request that ends all others: no place of anybody's. */
const CANCEL_USER_DATA = -1;

/** Why the kernel gives no ring. */
export interface RingRefusal {
  /** Of io_uring_setup; null: it answered, but lacks what is needed. */
  readonly errno: number | null;
  /** In words, without what only the host's settings tell. */
  readonly text: string;
}

/** See the file header. */
export class Ring {
  /** Flags that the kernel took, `SETUP_FLAG`. */
  readonly setupFlags: number;
  /** Of the completion that `next` turned to. */
  userData = 0;
  result = 0;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #rings: MappedMemory;
  readonly #submissions: MappedMemory;
  readonly #words: Int32Array;
  readonly #sqes: Int32Array;
  readonly #sqMask: number;
  readonly #cqMask: number;
  /** Indices in `#words`. */
  readonly #sqTailWord: number;
  readonly #cqHeadWord: number;
  readonly #cqTailWord: number;
  readonly #cqesWord: number;
  /** `struct io_uring_getevents_arg` and the time-out that it points to. */
  readonly #waitArg = new Uint8Array(
    new ArrayBuffer(ARG_BYTES + TIMEOUT_BYTES),
  );
  readonly #timeout: Uint32Array;
  #tail = 0;
  #prepared = 0;
  #underWay = 0;

  private constructor(
    libc: Libc,
    fd: number,
    params: Uint32Array,
    maps: { readonly rings: MappedMemory; readonly submissions: MappedMemory },
  ) {
    const word = (name: keyof typeof PARAMS_WORD) => params[PARAMS_WORD[name]]!;
    this.#libc = libc;
    this.#fd = fd;
    this.setupFlags = word("flags");
    this.#rings = maps.rings;
    this.#submissions = maps.submissions;
    this.#words = new Int32Array(maps.rings.bytes.buffer);
    this.#sqes = new Int32Array(maps.submissions.bytes.buffer);
    this.#sqMask = this.#words[word("sqMask") / 4]!;
    this.#cqMask = this.#words[word("cqMask") / 4]!;
    this.#sqTailWord = word("sqTail") / 4;
    this.#cqHeadWord = word("cqHead") / 4;
    this.#cqTailWord = word("cqTail") / 4;
    this.#cqesWord = word("cqes") / 4;
    // Submission i is always at place i.
    const array = word("sqArray") / 4;
    for (let i = 0; i <= this.#sqMask; i++) this.#words[array + i] = i;
    const argument = new DataView(this.#waitArg.buffer);
    const address = Deno.UnsafePointer.value(
      Deno.UnsafePointer.of(this.#waitArg),
    );
    argument.setBigUint64(16, BigInt(address) + BigInt(ARG_BYTES), true);
    this.#timeout = new Uint32Array(this.#waitArg.buffer, ARG_BYTES);
  }

  /**
   * Sets a ring up.
   *
   * @param entries Requests that may be prepared before `enter`, rounded up to
   *   a power of two.
   */
  static open(libc: Libc, entries: number): Ring | RingRefusal {
    for (const flags of SETUP_FLAGS) {
      const params = new Uint32Array(PARAMS_BYTES / 4);
      params[PARAMS_WORD.flags] = flags;
      const fd = libc.ring_setup(
        ffiInt64(RING_CALL.setup),
        entries,
        params.buffer,
      );
      if (fd >= 0) return Ring.#mapped(libc, fd, params);
      const errno = errnoOf(libc);
      if (errno !== ERRNO.EINVAL) {
        return { errno, text: `io_uring_setup answers ${errnoName(errno)}` };
      }
    }
    return { errno: ERRNO.EINVAL, text: "io_uring_setup answers EINVAL" };
  }

  static #mapped(
    libc: Libc,
    fd: number,
    params: Uint32Array,
  ): Ring | RingRefusal {
    const refused = (text: string): RingRefusal => {
      libc.close(fd);
      return { errno: null, text };
    };
    const features = params[PARAMS_WORD.features]!;
    if ((features & NEEDED_FEATURES) !== NEEDED_FEATURES) {
      return refused(
        "its io_uring cannot link an open to a read (Linux 5.17 can)",
      );
    }
    // Both rings are in one piece, the completions behind (singleMmap).
    const ringsBytes = params[PARAMS_WORD.cqes]! +
      params[PARAMS_WORD.cqEntries]! * CQE_WORDS * 4;
    const arrayEnd = params[PARAMS_WORD.sqArray]! +
      params[PARAMS_WORD.sqEntries]! * 4;
    const rings = MappedMemory.ofFile(libc, fd, {
      offset: MAP_OFFSET.rings,
      byteLength: Math.max(ringsBytes, arrayEnd),
    });
    if (rings.value === null) return refused(rings.reason);
    const submissions = MappedMemory.ofFile(libc, fd, {
      offset: MAP_OFFSET.submissions,
      byteLength: params[PARAMS_WORD.sqEntries]! * SQE_WORDS * 4,
    });
    if (submissions.value === null) {
      rings.value.free();
      return refused(submissions.reason);
    }
    return new Ring(libc, fd, params, {
      rings: rings.value,
      submissions: submissions.value,
    });
  }

  /** Requests without a completion, prepared ones included. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Requests that are not handed over. */
  get prepared(): number {
    return this.#prepared;
  }

  /** Whether `count` more requests may be prepared before `enter`. */
  hasRoom(count: number): boolean {
    return this.#prepared + count <= this.#sqMask + 1;
  }

  /**
   * Gives the ring an empty table of direct descriptors.
   *
   * @param count Its length.
   * @returns 0, or minus the errno.
   */
  registerFiles(count: number): number {
    return this.#register(
      REGISTER.files,
      new Int32Array(count).fill(-1),
      count,
    );
  }

  /**
   * Whether the kernel has an operation that is younger than those that every
   * ring needs.
   *
   * @param operation One of `RING_OP`.
   */
  supports(operation: number): boolean {
    const probe = new Int32Array(PROBE_HEAD_WORDS + 2 * PROBED_OPERATIONS);
    if (this.#register(REGISTER.probe, probe, PROBED_OPERATIONS) !== 0) {
      return false;
    }
    const flags = probe[PROBE_HEAD_WORDS + 2 * operation] ?? 0;
    return (flags & OPERATION_SUPPORTED) !== 0;
  }

  /**
   * Registers one buffer, number 0, so that the kernel need not look its
   * pages up for each request.
   *
   * @returns 0, or minus the errno: ENOMEM where RLIMIT_MEMLOCK is too small.
   */
  registerBuffer(
    { address, bytes }: {
      readonly address: number;
      readonly bytes: Uint8Array;
    },
  ): number {
    const vector = new BigUint64Array([BigInt(address), BigInt(bytes.length)]);
    return this.#register(REGISTER.buffers, vector, 1);
  }

  /**
   * Writes a request into the ring; there must be room.
   *
   * @param operation One of `RING_OP`.
   * @param flags Of `SQE_FLAG`.
   * @param file Descriptor, or place of a direct one.
   * @param offset Where in the file, bytes; -1: nowhere.
   * @param address Of memory.
   * @param length Bytes of it.
   * @param userData What its completion has, 31 bits.
   * @param operationFlags Of the operation.
   * @param directSlot Place of the direct descriptor that an open fills or a
   *   close empties; -1: none.
   */
  prepare(
    operation: number,
    flags: number,
    file: number,
    offset: number,
    address: number,
    length: number,
    userData: number,
    operationFlags = 0,
    directSlot = -1,
  ): void {
    const sqes = this.#sqes;
    const at = (this.#tail & this.#sqMask) * SQE_WORDS;
    sqes[at] = operation | flags << 8;
    sqes[at + 1] = file;
    // Assigning takes a number modulo 2^32.
    sqes[at + 2] = offset;
    sqes[at + 3] = Math.floor(offset / TWO_32);
    sqes[at + 4] = address;
    sqes[at + 5] = Math.floor(address / TWO_32);
    sqes[at + 6] = length;
    sqes[at + 7] = operationFlags;
    sqes[at + 8] = userData;
    sqes[at + 9] = 0;
    sqes[at + 10] = 0;
    sqes[at + 11] = directSlot + 1;
    sqes[at + 12] = 0;
    sqes[at + 13] = 0;
    this.#tail = this.#tail + 1 | 0;
    this.#prepared++;
    this.#underWay++;
  }

  /**
   * Hands over what is prepared and waits for completions.
   *
   * @param minimum Completions to wait for.
   * @param timeoutMs Longest wait; Infinity: none.
   * @throws {StorageError} If the kernel refuses: that is no fault of a
   *   request.
   */
  enter(minimum: number, timeoutMs = Infinity): void {
    Atomics.store(this.#words, this.#sqTailWord, this.#tail);
    let flags: number = ENTER_FLAG.getEvents;
    let arg: Uint8Array<ArrayBuffer> | null = null;
    let argBytes = 0;
    if (minimum > 0 && timeoutMs !== Infinity) {
      const microseconds = Math.max(0, Math.ceil(timeoutMs * 1000));
      this.#timeout[0] = Math.floor(microseconds / 1e6);
      this.#timeout[2] = microseconds % 1e6 * 1000;
      flags |= ENTER_FLAG.extArg;
      arg = this.#waitArg;
      argBytes = ARG_BYTES;
    }
    do {
      const taken = this.#libc.ring_enter(
        ffiInt64(RING_CALL.enter),
        this.#fd,
        this.#prepared,
        minimum,
        flags,
        arg,
        ffiInt64(argBytes),
      );
      if (taken >= 0) this.#prepared -= taken;
      else return this.#mustEnd(errnoOf(this.#libc));
    } while (this.#prepared > 0);
  }

  /** Turns to the next completion. @returns False if there is none yet. */
  next(): boolean {
    const words = this.#words;
    const head = words[this.#cqHeadWord]!;
    if (head === Atomics.load(words, this.#cqTailWord)) return false;
    const at = this.#cqesWord + (head & this.#cqMask) * CQE_WORDS;
    this.userData = words[at]!;
    this.result = words[at + 2]!;
    Atomics.store(words, this.#cqHeadWord, head + 1 | 0);
    this.#underWay--;
    return true;
  }

  /**
   * Ends what is under way, waits for it, and gives the ring back. What
   * requests read into may go afterwards.
   *
   * @param onEnd Called for each end, as after `next`; one has the user data
   *   -1 and is nobody's.
   */
  close(onEnd: () => void = () => {}): void {
    // Linux before 5.19 refuses to end everything: then it is waited for.
    if (this.#underWay > 0 && this.hasRoom(1)) {
      this.prepare(
        RING_OP.asyncCancel,
        0,
        -1,
        0,
        0,
        0,
        CANCEL_USER_DATA,
        CANCEL_ANY,
      );
    }
    while (this.#underWay > 0) {
      this.enter(1);
      while (this.next()) onEnd();
    }
    this.abandon();
  }

  /** Gives the ring back where nothing can be under way. */
  abandon(): void {
    // The kernel takes a ring apart later, on a thread of its own: until then
    // a file system could not be unmounted, and buffers counted.
    this.#register(REGISTER.dropFiles, null, 0);
    this.#register(REGISTER.dropBuffers, null, 0);
    this.#rings.free();
    this.#submissions.free();
    this.#libc.close(this.#fd);
  }

  /** A call that took nothing: its caller looks for completions first. */
  #mustEnd(errno: number): void {
    switch (errno) {
      case ERRNO.ETIME:
      case ERRNO.EINTR:
      // Completions wait to be taken, or the kernel has no memory for more
      // requests until some end.
      case ERRNO.EBUSY:
      case ERRNO.EAGAIN:
        return;
      default:
        throw errnoError("submit", "io_uring requests", errno);
    }
  }

  #register(
    operation: number,
    argument: BigUint64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | null,
    count: number,
  ): number {
    const result = this.#libc.ring_register(
      ffiInt64(RING_CALL.register),
      this.#fd,
      operation,
      argument?.buffer ?? null,
      count,
    );
    return result >= 0 ? 0 : -errnoOf(this.#libc);
  }
}
