/**
 * Messages over one communicator of MPI.
 *
 * What is under way is kept here until it is done, also where nobody waits for
 * it any more: the library may still write there.
 */
import type { Transfer } from "./messenger.ts";
import type { MpiCalls, MpiRequest } from "./mpi_calls.ts";
import type { ControlMessenger } from "./peer_watch.ts";

/** Longest message that libraries carry before it is asked for. */
const UNASKED_BYTES = 2 ** 20;

interface Open {
  readonly request: MpiRequest;
  readonly isReceive: boolean;
}

/** See the file header. */
export class MpiMessenger implements ControlMessenger {
  readonly rank: number;
  readonly size: number;
  readonly #calls: MpiCalls;
  readonly #communicator: bigint;
  readonly #open = new Map<Transfer, Open>();
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

  /** Whether something that was sent is not taken yet. */
  get isSending(): boolean {
    for (const { isReceive } of this.#open.values()) {
      if (!isReceive) return true;
    }
    return false;
  }

  send(peer: number, tag: number, bytes: Uint8Array): Transfer {
    const request = this.#calls.send(this.#communicator, peer, tag, bytes);
    return this.#keep(request, false);
  }

  receive(peer: number, tag: number, bytes: Uint8Array): Transfer {
    return this.#receive(peer, tag, bytes);
  }

  receiveAny(tag: number, bytes: Uint8Array): Transfer {
    return this.#receive(null, tag, bytes);
  }

  /**
   * Leaves no message open: takes back receives that nothing was sent for, and
   * takes what was sent for nobody. Nothing may be under way any more.
   */
  settle(): void {
    for (const [transfer, { isReceive }] of [...this.#open]) {
      if (isReceive) this.cancel(transfer);
    }
    while (this.#calls.hasMessage(this.#communicator)) {
      const bytes = new Uint8Array(UNASKED_BYTES);
      const request = this.#calls.receive(
        this.#communicator,
        null,
        null,
        bytes,
      );
      while (!request.isDone());
    }
  }

  cancel(transfer: Transfer): void {
    const open = this.#open.get(transfer);
    if (open === undefined) return;
    this.#calls.cancel(open.request);
    while (!transfer.isDone());
  }

  #receive(peer: number | null, tag: number, bytes: Uint8Array): Transfer {
    const request = this.#calls.receive(this.#communicator, peer, tag, bytes);
    return this.#keep(request, true);
  }

  #keep(request: MpiRequest, isReceive: boolean): Transfer {
    let isDone = false;
    const transfer: Transfer = {
      isDone: () => {
        if (isDone || !request.isDone()) return isDone;
        this.#open.delete(transfer);
        this.doneCount++;
        return isDone = true;
      },
    };
    this.#open.set(transfer, { request, isReceive });
    return transfer;
  }
}
