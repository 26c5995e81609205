/**
 * The main thread's side of MPI: promises for what the thread that speaks MPI
 * does. Nothing here waits in a call.
 */
import { PatientWorker } from "../../early_messages.ts";
import { ConfigError, type PlainError, StokerError } from "../../errors.ts";
import { BarrierMemory } from "../barrier_memory.ts";
import type { BarrierPlace, HostPlace } from "../barrier_place.ts";
import type { Cluster } from "../cluster.ts";
import type { PeerLoss, ProcessLink, Transport } from "../link.ts";
import { endLauncherAbove } from "./launcher_programs.ts";
import type {
  CollectiveName,
  Loss,
  MpiOrder,
  MpiReport,
  MpiStart,
  Pieces,
} from "./mpi_messages.ts";

/**
 * Joining is given up after this many time-outs, or a minute if that is less:
 * launchers start processes one after another.
 */
const JOIN_TIMEOUTS = 10;
const JOIN_MS_MAX = 60_000;

/** Longest wait for the thread's end: more than a farewell takes. */
const CLOSE_MS = 30_000;
/**
 * Longest wait for MPI_Finalize once all have parted. That of MPICH 4.0 with
 * UCX over TCP may never end: some processes wait in it for others to answer,
 * which wait in it without hearing.
 */
const FINALIZE_MS = 2000;

interface Waiting {
  resolve(pieces: Pieces): void;
  reject(error: Error): void;
}

type OrderBody = MpiOrder extends infer Order
  ? Order extends MpiOrder ? Omit<Order, "id"> : never
  : never;

/** What joining starts with; the memory is made here. */
export type JoinStart = Omit<MpiStart, "memory" | "mail">;

/**
 * Joins the other processes.
 *
 * @param start What the thread is told.
 * @param barrierMemory See `barrier_memory.ts`.
 * @throws {ConfigError} If no library is usable.
 * @throws {StokerError} If the others are not met in time.
 */
export async function joinWithMpi(
  start: JoinStart,
  barrierMemory: SharedArrayBuffer,
): Promise<MpiLink> {
  const thread = new MpiThread(start, barrierMemory);
  const limitMs = joinLimitMs(start.peerTimeoutMs);
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    thread.terminate();
    reject(
      new StokerError(
        `Cannot join the other processes of ${start.launcher} as all of ` +
          `them must come: they have not been met for ${limitMs / 1000} s; ` +
          "one may have ended before, see what the launcher says, or needs " +
          "longer: --peer-timeout",
      ),
    );
  }, limitMs);
  try {
    const joined = await Promise.race([thread.joined, promise]);
    return new MpiLink(thread, joined, start.peerTimeoutMs, barrierMemory);
  } finally {
    clearTimeout(timer);
  }
}

/** A time-out of more than a minute counts as it is. */
function joinLimitMs(peerTimeoutMs: number): number {
  const longMs = Math.min(JOIN_TIMEOUTS * peerTimeoutMs, JOIN_MS_MAX);
  return Math.max(peerTimeoutMs, longMs);
}

type Joined = Extract<MpiReport, { type: "joined" }>;

/** Orders to the thread and what becomes of them. */
class MpiThread {
  readonly joined: Promise<Joined>;
  readonly lost: Promise<Loss>;
  /** All processes have come to the end. */
  readonly parted: Promise<void>;
  readonly #worker: Worker;
  readonly #memory: BarrierMemory;
  readonly #mail = new Int32Array(
    new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  );
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #failure: Error | null = null;

  constructor(start: JoinStart, memory: SharedArrayBuffer) {
    this.#memory = new BarrierMemory(memory);
    const joined = Promise.withResolvers<Joined>();
    const lost = Promise.withResolvers<Loss>();
    const parted = Promise.withResolvers<void>();
    this.joined = joined.promise;
    this.parted = parted.promise;
    this.lost = lost.promise;
    const fail = (error: Error) => {
      this.#failure ??= error;
      joined.reject(error);
      const reason = error.message;
      lost.resolve({ process: -1, reason, isNoticedHere: true });
      this.rejectAll(error);
    };
    this.#worker = new PatientWorker(
      new URL("./mpi_worker.ts", import.meta.url),
    );
    this.#worker.onerror = (event) => {
      event.preventDefault();
      fail(new Error(event.message));
    };
    const mail = this.#mail.buffer as SharedArrayBuffer;
    const own: MpiStart = { ...start, memory, mail };
    this.#worker.onmessage = ({ data }: MessageEvent<MpiReport>) => {
      if (data.type === "joined") joined.resolve(data);
      else if (data.type === "parted") parted.resolve();
      else if (data.type === "lost") {
        // A thread whose library gave up answers no order any more.
        if (data.loss.process < 0) {
          fail(new StokerError(data.loss.reason ?? ""));
        } else lost.resolve(data.loss);
      } else if (data.type === "failed") fail(receivedError(data.error));
      else {
        this.#waiting.get(data.id)?.resolve(data.pieces);
        this.#waiting.delete(data.id);
      }
    };
    this.#worker.postMessage(own);
  }

  /** @throws {StokerError} If a process is lost meanwhile. */
  order(body: OrderBody): Promise<Pieces> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<Pieces>();
    const id = this.#nextId++;
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ ...body, id });
    Atomics.add(this.#mail, 0, 1);
    this.#memory.wake();
    return promise;
  }

  /** Ends what waits for other processes. */
  rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  terminate(): void {
    this.#worker.terminate();
  }
}

/** See the file header. */
export class MpiLink implements ProcessLink {
  readonly cluster: Cluster;
  readonly peerLoss: Promise<PeerLoss>;
  readonly #thread: MpiThread;
  readonly #hostnames: readonly string[];
  readonly #peerTimeoutMs: number;
  readonly #transport: Joined["transport"];
  #barrierPlace: BarrierPlace;
  /** Why no collective call can be made any more. */
  #parting: Error | null = null;

  constructor(
    thread: MpiThread,
    { rank, size, transport, hostnames }: Joined,
    peerTimeoutMs: number,
    barrierMemory: SharedArrayBuffer,
  ) {
    this.#thread = thread;
    this.cluster = { rank, size };
    this.#transport = transport;
    this.#barrierPlace = { kind: "relay", memory: barrierMemory };
    this.#hostnames = hostnames;
    this.#peerTimeoutMs = peerTimeoutMs;
    this.peerLoss = thread.lost.then((lost) => {
      const loss = { ...lost, hostname: hostnames[lost.process] ?? "" };
      this.#part(new StokerError(lossText(loss, this.#peerTimeoutMs)));
      return loss;
    });
  }

  get transport(): Transport {
    const isShared = this.#barrierPlace.kind === "host";
    return { ...this.#transport, barrier: isShared ? "memory" : "MPI" };
  }

  get barrierPlace(): BarrierPlace {
    return this.#barrierPlace;
  }

  /** Lets threads meet there from now on; all processes say so. */
  meetAt(place: HostPlace): void {
    this.#barrierPlace = place;
  }

  async toAll(bytes: Uint8Array): Promise<Uint8Array[]> {
    return await this.#call("toAll", bytes) as Uint8Array[];
  }

  async toFirst(bytes: Uint8Array): Promise<Uint8Array[] | null> {
    return await this.#call("toFirst", bytes) as Uint8Array[] | null;
  }

  async fromFirst(bytes: Uint8Array | null): Promise<Uint8Array> {
    const pieces = await this.#call("fromFirst", bytes ?? new Uint8Array());
    return pieces![0]!;
  }

  async lastToFirst(
    bytes: Uint8Array,
    timeoutMs: number,
  ): Promise<(Uint8Array | null)[] | null> {
    try {
      const order = { type: "last", bytes, timeoutMs } as const;
      const pieces = await this.#thread.order(order);
      return pieces === null ? null : [...pieces];
    } catch {
      // The way to the others is closed: nothing came.
      if (this.cluster.rank > 0) return null;
      return [bytes, ...Array(this.cluster.size - 1).fill(null)];
    }
  }

  async leave(reason: string): Promise<void> {
    this.#part(new StokerError(`This process has left the run: ${reason}`));
    await settled(this.#thread.order({ type: "leave", reason }));
  }

  async reachesFirst(timeoutMs: number): Promise<boolean> {
    try {
      return await this.#thread.order({ type: "reach", timeoutMs }) !== null;
    } catch {
      // This thread speaks to nobody any more.
      return false;
    }
  }

  async close(): Promise<void> {
    this.#parting ??= new StokerError("This process has closed its link");
    const { promise, resolve } = Promise.withResolvers<void>();
    let timer = setTimeout(resolve, CLOSE_MS);
    void this.#thread.parted.then(() => {
      clearTimeout(timer);
      timer = setTimeout(resolve, FINALIZE_MS);
    });
    const isClosed = settled(this.#thread.order({ type: "close" }));
    await Promise.race([isClosed, promise]);
    clearTimeout(timer);
    const loss = await Promise.race([this.peerLoss, null]);
    if (loss !== null && this.#isCutOff(loss)) endLauncherAbove(Deno.ppid);
  }

  /** Whether it may be the network that is gone: the launcher's as well. */
  #isCutOff({ process, reason, hostname }: PeerLoss): boolean {
    return process >= 0 && reason === null &&
      hostname !== this.#hostnames[this.cluster.rank];
  }

  async #call(name: CollectiveName, bytes: Uint8Array): Promise<Pieces> {
    if (this.#parting !== null) throw this.#parting;
    return await this.#thread.order({ type: "call", name, bytes });
  }

  #part(error: Error): void {
    if (this.#parting !== null) return;
    this.#parting = error;
    this.#thread.rejectAll(error);
  }
}

/** A promise whose failure nobody has to hear of. */
async function settled(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => {});
}

/** Says who is lost, and what it said. */
export function lossText(
  { process, hostname, reason }: PeerLoss,
  peerTimeoutMs: number,
): string {
  if (process < 0) return reason ?? "Another process is lost";
  const name = hostname === ""
    ? `Process ${process}`
    : `Process ${process} on ${hostname}`;
  if (reason !== null) return `${name} left the run: ${reason}`;
  return `${name} has said nothing for ${peerTimeoutMs / 1000} s ` +
    `(--peer-timeout): it is stopped, ended or cut off`;
}

function receivedError({ name, message, stack }: PlainError): Error {
  if (name === "ConfigError") return new ConfigError([message]);
  if (stack === null) return new StokerError(message);
  const error = new Error(message);
  error.stack = stack;
  return error;
}
