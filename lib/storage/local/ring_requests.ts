/**
 * The ring of one thread that reads files, its memory, and the requests that
 * are written into it.
 *
 *    memory   path of each place | ... | buffer | buffer | ...
 *    place    a direct descriptor: a file that is open for the ring alone;
 *             the process's own limit of open files does not count them
 */
import type { Libc } from "../../libc/libc.ts";
import { MappedMemory } from "../../libc/mapped_memory.ts";
import { RING_OP, SQE_FLAG } from "../../libc/uring/layout.ts";
import type { Ring } from "../../libc/uring/ring.ts";
import { noRing, openRing } from "./open_ring.ts";
import { PATH_BYTES, ringMemory } from "./ring_memory.ts";

const AT_FDCWD = -100;

/** What a ring is made for. */
export interface RingPlan {
  /** Reads in flight, and as many files beside them. */
  readonly depth: number;
  /** Largest read, bytes. */
  readonly readBytes: number;
  /** Flags of open(2) beside reading; 0: through the page cache. */
  readonly openFlags: number;
  readonly registersBuffers: boolean;
  /** Memory that buffers may take together; see `ringMemory`. */
  readonly buffersMaxBytes?: number;
}

/** See the file header. */
export class RingRequests {
  readonly ring: Ring;
  readonly hasRegisteredBuffers: boolean;
  readonly #memory: MappedMemory;
  readonly #openFlags: number;
  readonly #buffersAddress: number;
  readonly #bufferBytes: number;
  readonly #bufferCount: number;
  readonly #readOperation: number;
  readonly #encoder = new TextEncoder();

  /** @throws {StorageError} If this host gives no ring. */
  constructor(plan: RingPlan) {
    const { depth, openFlags, registersBuffers } = plan;
    this.#openFlags = openFlags;
    const memory = ringMemory({ ...plan, isDirect: openFlags !== 0 });
    this.#bufferBytes = memory.bufferBytes;
    this.#bufferCount = memory.bufferCount;
    const { libc, ring } = openRing(memory.entryCount);
    this.ring = ring;
    const { pathsBytes, bufferCount, bufferBytes } = memory;
    this.#memory = mapped(
      libc,
      ring,
      pathsBytes + bufferCount * bufferBytes,
    );
    this.#buffersAddress = this.#memory.address + pathsBytes;
    const errno = -this.ring.registerFiles(2 * depth);
    if (errno !== 0) {
      this.close();
      throw noRing(`it refuses direct descriptors (errno ${errno})`);
    }
    this.hasRegisteredBuffers = registersBuffers &&
      this.ring.registerBuffer(this.#memory) === 0;
    this.#readOperation = this.hasRegisteredBuffers
      ? RING_OP.readFixed
      : RING_OP.read;
  }

  /**
   * Opens a file.
   *
   * @param place The direct descriptor that is filled.
   * @param path Where it is on this host.
   * @param userData What the completion has.
   * @param flags `SQE_FLAG`: whether the next request is linked.
   * @returns False if the path is longer than Linux takes: nothing is done.
   */
  open(place: number, path: string, userData: number, flags: number): boolean {
    const offset = place * PATH_BYTES;
    const { bytes, address } = this.#memory;
    const target = bytes.subarray(offset, offset + PATH_BYTES - 1);
    const { read, written } = this.#encoder.encodeInto(path, target);
    if (read < path.length) return false;
    bytes[offset + written] = 0;
    this.ring.prepare(
      RING_OP.openAt,
      flags,
      AT_FDCWD,
      0,
      address + offset,
      0,
      userData,
      this.#openFlags,
      place,
    );
    return true;
  }

  /**
   * Reads into the buffer of a request.
   *
   * @param slot Number of the request.
   * @param file A descriptor, or with `SQE_FLAG.fixedFile` a place.
   * @param offset Where in the file.
   * @param byteCount Bytes, as far as the buffer goes.
   * @param userData What the completion has.
   * @param flags `SQE_FLAG`.
   */
  read(
    slot: number,
    file: number,
    offset: number,
    byteCount: number,
    userData: number,
    flags: number,
  ): void {
    const buffer = slot % this.#bufferCount;
    this.ring.prepare(
      this.#readOperation,
      flags,
      file,
      offset,
      this.#buffersAddress + buffer * this.#bufferBytes,
      byteCount,
      userData,
    );
  }

  /** Closes the file of a place. */
  closeFile(place: number, userData: number): void {
    this.ring.prepare(RING_OP.close, 0, 0, 0, 0, 0, userData, 0, place);
  }

  /** Waits until nothing is under way; memory goes afterwards. */
  close(): void {
    this.ring.close();
    this.#memory.free();
  }
}

function mapped(libc: Libc, ring: Ring, byteLength: number): MappedMemory {
  const memory = MappedMemory.anonymous(libc, byteLength);
  if (memory.value !== null) return memory.value;
  ring.close();
  throw noRing(memory.reason);
}

/** Flags of a read of a place. */
export const OF_PLACE = SQE_FLAG.fixedFile;
/** The same, before a close that follows however the read ends. */
export const OF_PLACE_BEFORE_CLOSE = SQE_FLAG.fixedFile | SQE_FLAG.hardLink;
/** Flags of an open before a read. */
export const BEFORE_READ = SQE_FLAG.link;
