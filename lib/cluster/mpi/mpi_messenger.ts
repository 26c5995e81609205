/**
 * Messages over one communicator of MPI.
 *
 * What is under way is kept here until it is done, also where nobody waits for
 * it any more: the library may still write there.
 */
import type { Transfer } from "./messenger.ts";
import type { MpiCalls, MpiRequest } from "./mpi_calls.ts";
import type { ControlMessenger } from "./peer_watch.ts";

/** See the file header. */
export class MpiMessenger implements ControlMessenger {
  readonly rank: number;
  readonly size: number;
  readonly #calls: MpiCalls;
  readonly #communicator: bigint;
  readonly #open = new Map<Transfer, MpiRequest>();
  /** Messages that are done: it has grown where something went on. */
  doneCount = 0;

  /**
   * @param calls The library.
   * @param communicator Of all processes; no one else uses it.
   */
  constructor(calls: MpiCalls, communicator: bigint) {
    this.#calls = calls;
    this.#communicator = communicator;
    this.rank = calls.rank();
    this.size = calls.size();
  }

  send(peer: number, tag: number, bytes: Uint8Array): Transfer {
    return this.#keep(this.#calls.send(this.#communicator, peer, tag, bytes));
  }

  receive(peer: number, tag: number, bytes: Uint8Array): Transfer {
    return this.#keep(
      this.#calls.receive(this.#communicator, peer, tag, bytes),
    );
  }

  receiveAny(tag: number, bytes: Uint8Array): Transfer {
    return this.#keep(
      this.#calls.receive(this.#communicator, null, tag, bytes),
    );
  }

  cancel(transfer: Transfer): void {
    const request = this.#open.get(transfer);
    if (request === undefined) return;
    this.#calls.cancel(request);
    while (!transfer.isDone());
  }

  #keep(request: MpiRequest): Transfer {
    let isDone = false;
    const transfer: Transfer = {
      isDone: () => {
        if (isDone || !request.isDone()) return isDone;
        this.#open.delete(transfer);
        this.doneCount++;
        return isDone = true;
      },
    };
    this.#open.set(transfer, request);
    return transfer;
  }
}
