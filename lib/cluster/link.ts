/**
 * What the processes of one run say to each other.
 *
 * A call is collective unless it says otherwise: every process makes the same
 * calls in the same order, and each waits until the others have made it too.
 * The main thread alone makes them; they never block it.
 *
 *    toAll      bytes of every process, in every process
 *    toFirst    bytes of every process, in process 0
 *    fromFirst  bytes of process 0, in every process
 *
 * The steps of training meet more often than a message may take: their threads
 * meet through {@linkcode ProcessLink.barrierPlace} (see
 * `engine/threads/barrier.ts`).
 */
import type { BarrierPlace } from "./barrier_place.ts";
import { type Cluster, solo } from "./cluster.ts";

/** What carries the messages, as results keep it. */
export interface Transport {
  /** For example "Open MPI" or "MPICH". */
  readonly library: string;
  /** As the library says it. */
  readonly version: string;
  /** File that was loaded. */
  readonly path: string;
  /** What started the processes, for example "mpirun" or "srun". */
  readonly launcher: string;
  /**
   * What threads of different processes meet through, step by step: "MPI", or
   * "memory" that all map as they are on one host.
   */
  readonly barrier: "MPI" | "memory";
}

/** A process that is no longer part of the run. */
export interface PeerLoss {
  /** Its number; -1 where nobody knows which one it is. */
  readonly process: number;
  /** Its host; "" where it is not known. */
  readonly hostname: string;
  /** What it said before it left; null if it went without a word. */
  readonly reason: string | null;
  /** Whether this process noticed it, rather than being told. */
  readonly isNoticedHere: boolean;
}

/** The processes of one run, as one of them sees them. */
export interface ProcessLink {
  /** Which one this is. */
  readonly cluster: Cluster;
  /** Null for a single process. */
  readonly transport: Transport | null;
  /**
   * Where threads of this process meet those of the others; null for a single
   * process. Posted to workers as it is.
   */
  readonly barrierPlace: BarrierPlace | null;
  /**
   * Resolves with the first other process that left before its end, and stays
   * pending if none does. Calls that wait then reject.
   */
  readonly peerLoss: Promise<PeerLoss>;
  /** @param bytes Of this process; lengths may differ. @returns By process. */
  toAll(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** @returns By process; null in all processes but the first. */
  toFirst(bytes: Uint8Array): Promise<Uint8Array[] | null>;
  /** @param bytes Of process 0; null in every other one. */
  fromFirst(bytes: Uint8Array | null): Promise<Uint8Array>;
  /**
   * After {@linkcode ProcessLink.leave} or a loss: what this process still has
   * to say. Not collective, never rejects.
   *
   * @param timeoutMs Longest time that it takes.
   * @returns In process 0, by process: null where nothing came in time; null
   *   in every other process.
   */
  lastToFirst(
    bytes: Uint8Array,
    timeoutMs: number,
  ): Promise<(Uint8Array | null)[] | null>;
  /** Tells the others that this process ends early. Not collective. */
  leave(reason: string): Promise<void>;
  /**
   * After {@linkcode ProcessLink.leave} or a loss: whether process 0 still
   * answers. Not collective, never rejects.
   *
   * @param timeoutMs Longest wait for it; two seconds are enough.
   */
  reachesFirst(timeoutMs: number): Promise<boolean>;
  /**
   * The end: after an orderly run collective, after a loss within half a
   * minute, in which the others may finish. Where another host is gone without
   * a word it ends the launcher too, which may not have noticed.
   */
  close(): Promise<void>;
}

/** A process that is alone. */
export const soloLink: ProcessLink = {
  cluster: solo,
  transport: null,
  barrierPlace: null,
  peerLoss: new Promise(() => {}),
  toAll: (bytes) => Promise.resolve([bytes]),
  toFirst: (bytes) => Promise.resolve([bytes]),
  fromFirst: (bytes) => Promise.resolve(bytes ?? new Uint8Array()),
  lastToFirst: (bytes) => Promise.resolve([bytes]),
  leave: () => Promise.resolve(),
  reachesFirst: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};

/**
 * The place of a link's barriers, for whatever is posted to workers: no key
 * where threads meet those of their own process alone.
 */
export function barrierPlaceOf(
  { barrierPlace }: Pick<ProcessLink, "barrierPlace">,
): { readonly barrierPlace?: BarrierPlace } {
  return barrierPlace === null ? {} : { barrierPlace };
}
