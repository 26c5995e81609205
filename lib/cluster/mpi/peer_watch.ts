/**
 * Who is still there. MPI says nothing of a process that is stopped or cut
 * off, and often nothing of one that is dead.
 *
 *    beat     to the next process in a ring, every eighth of the time-out: the
 *             cost does not grow with the number of processes
 *    lost     to all, by the one whose predecessor was silent for too long
 *    leave    to all, by a process that ends early, with its reason
 *    here     to process 0, once a process is lost; its answer to whoever says
 *             it. Who is not heard of within two seconds is gone as well: a
 *             host takes all of its processes along
 *    last     to the next process: no beat follows, as all are closing
 *    bye      to process 0, by a process that is through after a loss, with
 *             the barriers that it has come to
 *    end      its answer to all, once everyone who is here is through
 *
 * Messages are JSON in at most 8,192 bytes. Silence counts only as far as this
 * thread was running itself: after a pause of this process, what came
 * meanwhile is read first.
 */
import { foreignText } from "../../errors.ts";
import { cString } from "./mpi_library.ts";
import type { Messenger, Transfer } from "./messenger.ts";
import type { Loss } from "./mpi_messages.ts";

const MESSAGE_BYTES = 8192;
/** Beats within the time-out: that many in a row must be late. */
const BEATS_PER_TIMEOUT = 8;
/** Longest time that one look adds to a silence: a pause of this process. */
const LOOKS_PER_TIMEOUT = 4;
/** Time for saying "here": threads that speak MPI do nothing else for long. */
const ROLL_CALL_MS = 2000;

interface Message {
  readonly kind: "beat" | "lost" | "leave" | "here" | "last" | "bye" | "end";
  /** Who sends it. */
  readonly from: number;
  /** Of "lost": which process. */
  readonly process?: number;
  /** Of "leave". */
  readonly reason?: string;
  /** Of "bye" and "end". */
  readonly counts?: BarrierCounts;
}

/**
 * Barriers that a process has come to, by channel; null if something that it
 * sent was not taken. At the end those of the furthest process.
 */
export type BarrierCounts = readonly number[] | null;

/** What the watch needs: messages on a communicator of its own. */
export interface ControlMessenger extends Messenger {
  /** Begins to receive from anyone. */
  receiveAny(tag: number, bytes: Uint8Array): Transfer;
  /** Takes back a receive that nothing was sent for. */
  cancel(transfer: Transfer): void;
}

/** See the file header. */
export class PeerWatch {
  readonly #messenger: ControlMessenger;
  readonly #timeoutMs: number;
  readonly #inbox = new Uint8Array(MESSAGE_BYTES);
  #receive: Transfer;
  #sending: Transfer[] = [];
  #beat: Transfer | null = null;
  #beatMs: number;
  #lookMs: number;
  #silentMs = 0;
  /** Whether the predecessor has said that it beats no more. */
  #isLast = false;
  readonly #here = new Set<number>();
  #rollCallEndMs = Infinity;
  readonly #byes = new Map<number, BarrierCounts>();
  #end: { readonly counts: BarrierCounts } | null = null;
  #isClosed = false;
  #loss: Loss | null = null;

  /**
   * @param messenger The other processes.
   * @param timeoutMs Longest silence.
   * @param nowMs Of a clock that only goes on.
   */
  constructor(messenger: ControlMessenger, timeoutMs: number, nowMs: number) {
    this.#messenger = messenger;
    this.#timeoutMs = timeoutMs;
    // The first beat comes at once: it makes the connection. Of short runs
    // that first made it at their end, MPICH 4.0 with UCX over TCP ended none
    // in MPI_Finalize; of those that made it before, two in three.
    this.#beatMs = -Infinity;
    this.#lookMs = nowMs;
    this.#receive = messenger.receiveAny(0, this.#inbox);
  }

  /** The first process that is no longer part of the run. */
  get loss(): Loss | null {
    return this.#loss;
  }

  /** What processes, this one too, said when they were through: by process. */
  get byes(): ReadonlyMap<number, BarrierCounts> {
    return this.#byes;
  }

  /**
   * Whether a process has said after a loss that it is here. Process 0 hears
   * it of all, others of process 0.
   */
  isHere(process: number): boolean {
    return this.#here.has(process);
  }

  /** The same, or there is still time for it. */
  mayBeHere(process: number): boolean {
    return this.isHere(process) || this.#lookMs < this.#rollCallEndMs;
  }

  /** What process 0 said once everyone who is here was through. */
  get end(): { readonly counts: BarrierCounts } | null {
    return this.#end;
  }

  /** Whether the predecessor beats no more. */
  get isLast(): boolean {
    return this.#isLast || this.#messenger.size === 1;
  }

  /** Whether all that was said has been sent. */
  get isQuiet(): boolean {
    return this.#sending.length === 0;
  }

  /** Reads what came, beats, and looks who is silent. @throws {MpiError} */
  look(nowMs: number): void {
    if (this.#isClosed) return;
    this.#read(nowMs);
    this.#sending = this.#sending.filter((transfer) => !transfer.isDone());
    const { rank, size } = this.#messenger;
    if (size === 1) return;
    if (nowMs - this.#beatMs >= this.#timeoutMs / BEATS_PER_TIMEOUT) {
      this.#beatMs = nowMs;
      // One that is still under way says the same.
      if (this.#beat?.isDone() ?? true) {
        this.#beat = this.#sendTo(this.#next(), { kind: "beat", from: rank });
      }
    }
    const elapsedMs = nowMs - this.#lookMs;
    this.#lookMs = nowMs;
    if (this.#isLast || this.#loss !== null) return;
    this.#silentMs += Math.min(elapsedMs, this.#timeoutMs / LOOKS_PER_TIMEOUT);
    if (this.#silentMs < this.#timeoutMs) return;
    const silent = (rank + size - 1) % size;
    this.#loss = { process: silent, reason: null, isNoticedHere: true };
    this.#sendToAll({ kind: "lost", from: rank, process: silent });
    this.#callRoll(nowMs);
  }

  /** Tells all others that this process ends early. */
  leave(reason: string, nowMs: number): void {
    const from = this.#messenger.rank;
    this.#sendToAll({ kind: "leave", from, reason: foreignText(reason) });
    this.#callRoll(nowMs);
  }

  /** Tells the next process that no beat follows. */
  sayLast(): void {
    const { rank, size } = this.#messenger;
    // No further one is due before the end of time.
    this.#beatMs = Infinity;
    if (size === 1) return;
    this.#say(this.#next(), { kind: "last", from: rank });
  }

  /** Tells process 0 that this process is through. */
  sayBye(counts: BarrierCounts): void {
    const { rank } = this.#messenger;
    if (rank === 0) this.#byes.set(rank, counts);
    else this.#say(0, { kind: "bye", from: rank, counts });
  }

  /** As process 0: tells all that everyone is through. */
  sayEnd(counts: BarrierCounts): void {
    this.#end = { counts };
    this.#sendToAll({ kind: "end", from: this.#messenger.rank, counts });
  }

  /** Ends the receiving; nothing may be on its way to this process. */
  close(): void {
    this.#isClosed = true;
    this.#messenger.cancel(this.#receive);
  }

  #read(nowMs: number): void {
    while (this.#receive.isDone()) {
      this.#take(JSON.parse(cString(this.#inbox)) as Message, nowMs);
      this.#inbox.fill(0);
      this.#receive = this.#messenger.receiveAny(0, this.#inbox);
    }
  }

  #take(message: Message, nowMs: number): void {
    const { rank, size } = this.#messenger;
    const { kind, from, process = from, reason = null } = message;
    const { counts = null } = message;
    // Whatever the predecessor says, it is there.
    if (from === (rank + size - 1) % size) this.#silentMs = 0;
    if (kind === "last") this.#isLast = true;
    else if (kind === "bye") this.#byes.set(from, counts);
    else if (kind === "end") this.#end = { counts };
    else if (kind === "here") this.#hear(from);
    else if (kind === "leave") this.#lose({ process, reason }, nowMs);
    else if (kind === "lost") {
      this.#lose(
        process === rank
          ? { process: from, reason: "this process was silent for too long" }
          : { process, reason: null },
        nowMs,
      );
    }
  }

  #lose(loss: Omit<Loss, "isNoticedHere">, nowMs: number): void {
    this.#loss ??= { ...loss, isNoticedHere: false };
    this.#callRoll(nowMs);
  }

  /** Says that this process is here, and gives the others time to say it. */
  #callRoll(nowMs: number): void {
    if (this.#rollCallEndMs < Infinity) return;
    this.#rollCallEndMs = nowMs + ROLL_CALL_MS;
    const { rank } = this.#messenger;
    this.#here.add(rank);
    if (rank > 0) this.#say(0, { kind: "here", from: rank });
  }

  /** Process 0 answers also before it has heard of the loss itself. */
  #hear(from: number): void {
    this.#here.add(from);
    const { rank } = this.#messenger;
    if (rank === 0) this.#say(from, { kind: "here", from: rank });
  }

  #next(): number {
    return (this.#messenger.rank + 1) % this.#messenger.size;
  }

  #sendToAll(message: Message): void {
    const { rank, size } = this.#messenger;
    for (let peer = 0; peer < size; peer++) {
      if (peer !== rank) this.#say(peer, message);
    }
  }

  #say(peer: number, message: Message): void {
    this.#sending.push(this.#sendTo(peer, message));
  }

  #sendTo(peer: number, message: Message): Transfer {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    return this.#messenger.send(peer, 0, bytes);
  }
}
