/**
 * How the processes part.
 *
 *    together      all have come to the end: barriers that a stop left open
 *                  are evened out, and MPI_Finalize has nothing to wait for
 *    after a loss  each says bye to process 0 and waits until it answers that
 *                  all who are here have, or that it has waited for ten
 *                  seconds. Launchers kill the other processes as soon as one
 *                  has ended, and process 0 may still be writing what was
 *                  measured. Nobody waits for a process that is not here.
 *
 * MPI_Finalize waits for all processes, so it is left out where one is lost or
 * does not answer. It is not where one has left with its reason: a launcher
 * complains of processes that end without it.
 */
import type { Exchange, Steps } from "./exchange.ts";
import type { Messenger } from "./messenger.ts";
import type { MpiBarrier } from "./mpi_barrier.ts";
import type { Pieces } from "./mpi_messages.ts";
import type { MpiMessenger } from "./mpi_messenger.ts";
import type { BarrierCounts, PeerWatch } from "./peer_watch.ts";

/** Longest wait of process 0 for the others. */
const FAREWELL_MS = 10_000;
/** Longest time for telling them that it is over. */
const TELL_MS = 1000;

/** Leaves nothing open that MPI_Finalize would wait for. */
export function* closeTogether(
  exchange: Exchange,
  watch: PeerWatch,
  barriers: readonly MpiBarrier[],
): Steps<void> {
  const own = Float64Array.from(closeAll(barriers));
  const all = yield* exchange.toAll(new Uint8Array(own.buffer));
  const counts = all.map((bytes) => [...new Float64Array(bytes.buffer)]);
  yield* settle(watch, barriers, furthest(counts));
}

/** What takes part in a farewell. */
export interface Parting {
  readonly messenger: MpiMessenger;
  readonly watch: PeerWatch;
  readonly barriers: readonly MpiBarrier[];
}

/**
 * Waits until all that are here have come to their end, or not much longer.
 *
 * @returns Whether MPI_Finalize has nothing to wait for.
 */
export function* closeAfterLoss(parting: Parting): Steps<boolean> {
  const { messenger, watch, barriers } = parting;
  const { rank, size } = messenger;
  const counts = closeAll(barriers);
  watch.sayBye(messenger.isSending ? null : counts);
  if (rank === 0) {
    const open = new Set(Array.from({ length: size }, (_, peer) => peer));
    yield* until(FAREWELL_MS, () => {
      for (const peer of open) {
        if (watch.byes.has(peer) || !watch.mayBeHere(peer)) open.delete(peer);
      }
      return open.size === 0;
    });
    const isWhole = watch.byes.size === size;
    watch.sayEnd(isWhole ? agreed([...watch.byes.values()]) : null);
  } else {
    // Process 0 may have begun its own wait much later.
    yield* until(
      2 * FAREWELL_MS,
      () => watch.end !== null || !watch.mayBeHere(0),
    );
  }
  yield* until(TELL_MS, () => watch.isQuiet);
  const furthestCounts = watch.end?.counts ?? null;
  if (furthestCounts === null) return false;
  messenger.settle();
  const settling = settle(watch, barriers, furthestCounts);
  return yield* until(FAREWELL_MS, () => settling.next().done === true);
}

/** @returns Whether it has become true in time. */
function* until(limitMs: number, isTrue: () => boolean): Steps<boolean> {
  const endMs = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() > endMs) return false;
    yield;
  }
  return true;
}

/** @returns Barriers that this process has come to, by channel. */
function closeAll(barriers: readonly MpiBarrier[]): number[] {
  return barriers.map((barrier) => barrier.close());
}

/** @returns Null if one of them has something open. */
function agreed(counts: readonly BarrierCounts[]): BarrierCounts {
  const known = counts.filter((count) => count !== null);
  return known.length < counts.length ? null : furthest(known);
}

/** @param counts By process and channel, at least one. */
function furthest(counts: readonly (readonly number[])[]): number[] {
  return counts[0]!.map((_, channel) =>
    counts.reduce((most, own) => Math.max(most, own[channel]!), 0)
  );
}

/** Ends barriers and beats; all that live do it. */
function* settle(
  watch: PeerWatch,
  barriers: readonly MpiBarrier[],
  counts: readonly number[],
): Steps<void> {
  for (const [channel, barrier] of barriers.entries()) {
    yield* barrier.evenOut(counts[channel]!);
  }
  watch.sayLast();
  while (!watch.isLast || !watch.isQuiet) yield;
  watch.close();
}

/**
 * Sends last words to process 0, which waits for those of all that are here.
 *
 * @returns In process 0, by process; null where nothing came in time.
 */
export function* lastToFirst(
  { rank, size }: Messenger,
  lane: Exchange,
  words: {
    readonly bytes: Uint8Array;
    readonly timeoutMs: number;
    readonly watch: PeerWatch;
  },
): Steps<Pieces> {
  const endMs = performance.now() + words.timeoutMs;
  if (rank > 0) {
    const sending = lane.send(0, words.bytes);
    while (performance.now() < endMs && words.watch.mayBeHere(0)) {
      if (sending.next().done === true) break;
      yield;
    }
    return null;
  }
  const pieces: (Uint8Array | null)[] = Array(size).fill(null);
  pieces[0] = words.bytes;
  const open = new Map<number, Steps<Uint8Array>>();
  for (let peer = 1; peer < size; peer++) open.set(peer, lane.receive(peer));
  while (open.size > 0 && performance.now() < endMs) {
    for (const [peer, receiving] of open) {
      const step = receiving.next();
      if (step.done === true) pieces[peer] = step.value;
      if (step.done === true || !words.watch.mayBeHere(peer)) open.delete(peer);
    }
    yield;
  }
  return pieces;
}
