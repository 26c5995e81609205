/**
 * Messages between several processes that are all in this one: what a
 * `Messenger` promises, without MPI. A message is there once it is sent.
 */
import type { Transfer } from "../../../lib/cluster/mpi/messenger.ts";
import type { ControlMessenger } from "../../../lib/cluster/mpi/peer_watch.ts";

interface Message {
  readonly from: number;
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** The processes. */
export class MemoryNetwork {
  readonly #inboxes: Message[][];
  /** Lengths of all messages that were sent. */
  readonly lengths: number[] = [];
  /** Processes that send and hear nothing any more. */
  readonly silent = new Set<number>();
  #cut = 0;

  constructor(readonly size: number) {
    this.#inboxes = Array.from({ length: size }, () => []);
  }

  /** Messages between those before a process and the others vanish. */
  cutFrom(process: number): void {
    this.#cut = process;
  }

  /** As process `rank` reaches the others. */
  messenger(rank: number): ControlMessenger {
    return {
      rank,
      size: this.size,
      send: (peer, tag, bytes) => {
        this.lengths.push(bytes.length);
        const isCut = rank < this.#cut !== peer < this.#cut;
        if (!this.silent.has(rank) && !isCut) {
          this.#inboxes[peer]!.push({ from: rank, tag, bytes: bytes.slice() });
        }
        return { isDone: () => true };
      },
      receive: (peer, tag, bytes) =>
        this.#receive(rank, tag, bytes, (from) => from === peer),
      receiveAny: (tag, bytes) => this.#receive(rank, tag, bytes, () => true),
      cancel() {},
    };
  }

  #receive(
    rank: number,
    tag: number,
    bytes: Uint8Array,
    isWanted: (from: number) => boolean,
  ): Transfer {
    let isDone = false;
    return {
      isDone: () => {
        const inbox = this.#inboxes[rank]!;
        const at = inbox.findIndex((message) =>
          message.tag === tag && isWanted(message.from)
        );
        if (isDone || at < 0 || this.silent.has(rank)) return isDone;
        bytes.set(inbox.splice(at, 1)[0]!.bytes);
        return isDone = true;
      },
    };
  }
}
