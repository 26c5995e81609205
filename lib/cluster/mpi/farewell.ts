/**
 * How the processes part.
 *
 *    together      all have come to the end: barriers that a stop left open
 *                  are evened out, and MPI_Finalize has nothing to wait for
 *    after a loss  each says bye to the host of the farewell, the lowest
 *                  process that lives, and waits until it answers that all
 *                  have, or that it has waited for ten seconds. Launchers kill
 *                  the other processes as soon as one has ended, which may
 *                  still be writing what was measured.
 *
 * MPI_Finalize waits for all processes, so it is left out where one is lost or
 * does not answer. It is not where one has left with its reason: a launcher
 * complains of processes that end without it.
 */
import type { Exchange, Steps } from "./exchange.ts";
import type { Messenger } from "./messenger.ts";
import type { MpiBarrier } from "./mpi_barrier.ts";
import type { Loss, Pieces } from "./mpi_messages.ts";
import type { MpiMessenger } from "./mpi_messenger.ts";
import type { BarrierCounts, PeerWatch } from "./peer_watch.ts";

/** Longest wait of the host of the farewell for the others. */
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
 * Waits until all that live have come to their end, or not much longer.
 *
 * @returns Whether MPI_Finalize has nothing to wait for.
 */
export function* closeAfterLoss(parting: Parting): Steps<boolean> {
  const { messenger, watch, barriers } = parting;
  const { rank, size } = messenger;
  const { loss } = watch;
  const isSilent = loss !== null && loss.reason === null;
  const host = isSilent && loss.process === 0 ? 1 : 0;
  const livingCount = isSilent ? size - 1 : size;
  const counts = closeAll(barriers);
  watch.sayBye(host, messenger.isSending ? null : counts);
  if (rank === host) {
    yield* until(FAREWELL_MS, () => watch.byes.length >= livingCount);
    const isWhole = watch.byes.length === size;
    watch.sayEnd(isWhole ? agreed(watch.byes) : null);
  } else {
    // The host may have begun its own wait much later.
    yield* until(2 * FAREWELL_MS, () => watch.end !== null);
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
 * Sends last words to process 0, which waits for those of all that live.
 *
 * @returns In process 0, by process; null where nothing came in time.
 */
export function* lastToFirst(
  { rank, size }: Messenger,
  lane: Exchange,
  words: {
    readonly bytes: Uint8Array;
    readonly timeoutMs: number;
    readonly loss: () => Loss | null;
  },
): Steps<Pieces> {
  const endMs = performance.now() + words.timeoutMs;
  if (rank > 0) {
    const sending = lane.send(0, words.bytes);
    while (performance.now() < endMs && sending.next().done !== true) yield;
    return null;
  }
  const pieces: (Uint8Array | null)[] = Array(size).fill(null);
  pieces[0] = words.bytes;
  const open = new Map<number, Steps<Uint8Array>>();
  for (let peer = 1; peer < size; peer++) open.set(peer, lane.receive(peer));
  while (open.size > 0 && performance.now() < endMs) {
    for (const [peer, receiving] of open) {
      const step = receiving.next();
      if (step.done === true) {
        pieces[peer] = step.value;
        open.delete(peer);
      }
    }
    const loss = words.loss();
    if (loss?.reason === null) open.delete(loss.process);
    yield;
  }
  return pieces;
}
