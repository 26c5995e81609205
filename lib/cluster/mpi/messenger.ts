/**
 * What messages between processes are built on: bytes from one to one, in the
 * order in which they were sent, begun without waiting.
 */

/** A message that is under way. */
export interface Transfer {
  /** Whether its bytes may be used again, or are there. @throws {MpiError} */
  isDone(): boolean;
}

/** The other processes, as one of them reaches them. */
export interface Messenger {
  readonly rank: number;
  readonly size: number;
  /**
   * Begins to send.
   *
   * @param peer To which process.
   * @param tag A receive with the same takes it.
   * @param bytes Unchanged until it is done.
   */
  send(peer: number, tag: number, bytes: Uint8Array): Transfer;
  /** Begins to receive. @param bytes At least as long as the message. */
  receive(peer: number, tag: number, bytes: Uint8Array): Transfer;
}
