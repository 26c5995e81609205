/**
 * The calls of MPI with their errors thrown: what the one thread that speaks
 * MPI uses. None of them waits but the first and the last.
 */
import { StokerError } from "../../errors.ts";
import type { Transfer } from "./messenger.ts";
import { cString, type MpiLibrary } from "./mpi_library.ts";

/** MPI_MAX_ERROR_STRING is 512 or less everywhere. */
const ERROR_BYTES = 512;

/** Bytes that hold a handle of any library. */
const HANDLE_BYTES = 8;

/** An MPI call that failed. */
export class MpiError extends StokerError {}

/** One request that is under way. */
export class MpiRequest implements Transfer {
  /** The handle, which the library changes. */
  readonly handle = new Uint8Array(HANDLE_BYTES);
  readonly #calls: MpiCalls;
  #isDone = false;

  /**
   * @param calls The library.
   * @param bytes What the library reads or writes; kept until it is done.
   */
  constructor(calls: MpiCalls, readonly bytes: Uint8Array) {
    this.#calls = calls;
  }

  isDone(): boolean {
    this.#isDone ||= this.#calls.test(this.handle);
    return this.#isDone;
  }
}

/** See the file header. */
export class MpiCalls {
  readonly library: MpiLibrary;
  readonly #flag = new Int32Array(1);

  constructor(library: MpiLibrary) {
    this.library = library;
  }

  /** Waits until the other processes do it as well. @throws {MpiError} */
  init(): void {
    const { functions, abi } = this.library;
    this.#check(
      "MPI_Init_thread",
      functions.MPI_Init_thread(null, null, abi.threadFunneled, this.#flag),
    );
    // The default ends the process where a peer is gone.
    this.#setErrorsReturn(abi.commWorld);
  }

  /** Waits until the other processes do it as well. */
  finalize(): void {
    this.#check("MPI_Finalize", this.library.functions.MPI_Finalize());
  }

  /** Number of this process. */
  rank(): number {
    const { functions, abi } = this.library;
    const status = functions.MPI_Comm_rank(abi.commWorld, this.#flag);
    this.#check("MPI_Comm_rank", status);
    return this.#flag[0]!;
  }

  /** Number of processes. */
  size(): number {
    const { functions, abi } = this.library;
    const status = functions.MPI_Comm_size(abi.commWorld, this.#flag);
    this.#check("MPI_Comm_size", status);
    return this.#flag[0]!;
  }

  /**
   * A communicator of all processes, whose messages mix with no other's. Waits
   * until the other processes make it as well.
   */
  newCommunicator(): bigint {
    const { functions, abi } = this.library;
    const handle = new BigUint64Array(1);
    const status = functions.MPI_Comm_dup(abi.commWorld, handle);
    this.#check("MPI_Comm_dup", status);
    const communicator = handle[0]!;
    this.#setErrorsReturn(communicator);
    return communicator;
  }

  /** Begins a barrier. @param handle Of the request, written. */
  startBarrier(communicator: bigint, handle: Uint8Array): void {
    const { functions } = this.library;
    const status = functions.MPI_Ibarrier(communicator, asBuffer(handle));
    this.#check("MPI_Ibarrier", status);
  }

  /** Whether a request is done. Allocates nothing. */
  test(handle: Uint8Array): boolean {
    const { functions, abi } = this.library;
    const status = functions.MPI_Test(
      asBuffer(handle),
      this.#flag,
      abi.statusIgnore,
    );
    if (status !== 0) this.#check("MPI_Test", status);
    return this.#flag[0] !== 0;
  }

  /** Begins to send. @param bytes Unchanged until it is done. */
  send(
    communicator: bigint,
    peer: number,
    tag: number,
    bytes: Uint8Array,
  ): MpiRequest {
    const request = new MpiRequest(this, bytes);
    const { functions, abi } = this.library;
    const status = functions.MPI_Isend(
      asBuffer(bytes),
      bytes.length,
      abi.byteType,
      peer,
      tag,
      communicator,
      request.handle,
    );
    this.#check("MPI_Isend", status);
    return request;
  }

  /**
   * Begins to receive.
   *
   * @param peer Null: from anyone.
   * @param tag Null: whatever it is.
   * @param bytes At least as long as the message.
   */
  receive(
    communicator: bigint,
    peer: number | null,
    tag: number | null,
    bytes: Uint8Array,
  ): MpiRequest {
    const request = new MpiRequest(this, bytes);
    const { functions, abi } = this.library;
    const status = functions.MPI_Irecv(
      asBuffer(bytes),
      bytes.length,
      abi.byteType,
      peer ?? abi.anySource,
      tag ?? abi.anyTag,
      communicator,
      request.handle,
    );
    this.#check("MPI_Irecv", status);
    return request;
  }

  /** Whether a message has come that no receive is there for. */
  hasMessage(communicator: bigint): boolean {
    const { functions, abi } = this.library;
    const status = functions.MPI_Iprobe(
      abi.anySource,
      abi.anyTag,
      communicator,
      this.#flag,
      abi.statusIgnore,
    );
    this.#check("MPI_Iprobe", status);
    return this.#flag[0] !== 0;
  }

  /** Takes back a receive that nothing was sent for. */
  cancel({ handle }: MpiRequest): void {
    const status = this.library.functions.MPI_Cancel(asBuffer(handle));
    this.#check("MPI_Cancel", status);
  }

  #setErrorsReturn(communicator: bigint): void {
    const { functions, abi } = this.library;
    const status = functions.MPI_Comm_set_errhandler(
      communicator,
      abi.errorsReturn,
    );
    this.#check("MPI_Comm_set_errhandler", status);
  }

  #check(call: string, status: number): void {
    if (status === 0) return;
    const text = new Uint8Array(ERROR_BYTES);
    const length = new Int32Array(1);
    this.library.functions.MPI_Error_string(status, text, length);
    throw new MpiError(
      `Cannot speak to the other processes as ${call} of ` +
        `${this.library.name} failed: ${cString(text)}`,
    );
  }
}

/** Memory that is not shared, as FFI's types want it. */
function asBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
