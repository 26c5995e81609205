/**
 * Messages between the main thread and the one that speaks MPI.
 *
 *    start, orders  ->  (mail + 1, wake)        main thread to the other
 *    reports        <-                          back
 *
 * That thread sleeps in a wait of its own and sees no message by itself: the
 * count of orders in shared memory tells it that there is one.
 */
import type { PlainError } from "../../errors.ts";
import type { Transport } from "../link.ts";

/** Starts the thread. */
export interface MpiStart {
  /** See `barrier_memory.ts`. */
  readonly memory: SharedArrayBuffer;
  /** One int32: orders that were posted. */
  readonly mail: SharedArrayBuffer;
  /** Libraries to try, see `library_search.ts`. */
  readonly candidates: readonly string[];
  /** What to do without one. */
  readonly advice: string;
  /** What started the processes, for messages. */
  readonly launcher: string;
  /** Number of processes that it says it started; null if it does not say. */
  readonly size: number | null;
  /** Number that it gave this one; null if it does not say. */
  readonly rank: number | null;
  readonly hostname: string;
  /** A process that is silent for so long is lost. */
  readonly peerTimeoutMs: number;
}

/** Names of the collective calls. */
export type CollectiveName = "toAll" | "toFirst" | "fromFirst";

/** What the main thread wants. */
export type MpiOrder =
  & { readonly id: number }
  & (
    | {
      readonly type: "call";
      readonly name: CollectiveName;
      readonly bytes: Uint8Array;
    }
    | {
      readonly type: "last";
      readonly bytes: Uint8Array;
      readonly timeoutMs: number;
    }
    | { readonly type: "leave"; readonly reason: string }
    /** Answered by no pieces, null if process 0 is not here. */
    | { readonly type: "reach"; readonly timeoutMs: number }
    | { readonly type: "close" }
  );

/** Pieces by process; null where there is none, or none for this process. */
export type Pieces = readonly (Uint8Array | null)[] | null;

/** A process that is no longer part of the run, as the thread knows it. */
export interface Loss {
  /** -1 where the library does not say which. */
  readonly process: number;
  readonly reason: string | null;
  /** Whether this process noticed it, rather than being told. */
  readonly isNoticedHere: boolean;
}

/** What the thread says. */
export type MpiReport =
  /** Its program has run; it waits for the start. */
  | {
    readonly type: "joined";
    readonly rank: number;
    readonly size: number;
    readonly transport: Omit<Transport, "barrier">;
    /** Of the hosts, by process. */
    readonly hostnames: readonly string[];
  }
  | { readonly type: "answer"; readonly id: number; readonly pieces: Pieces }
  | { readonly type: "lost"; readonly loss: Loss }
  /** All have come to the end; what follows is the library's own. */
  | { readonly type: "parted" }
  | { readonly type: "failed"; readonly error: PlainError };
