/**
 * How the processes part.
 *
 *    together      all have come to the end: barriers that a stop left open
 *                  are evened out, and MPI_Finalize has nothing to wait for
 *    after a loss  each says bye to the host of the farewell, the lowest
 *                  process that lives, and waits until it answers that all
 *                  have; at most ten seconds. Launchers kill the other
 *                  processes as soon as one has ended, which may still be
 *                  writing what was measured. MPI_Finalize is left out: it
 *                  would wait for the process that is lost.
 */
import type { Exchange, Steps } from "./exchange.ts";
import type { Messenger } from "./messenger.ts";
import type { MpiBarrier } from "./mpi_barrier.ts";
import type { Loss, Pieces } from "./mpi_messages.ts";
import type { PeerWatch } from "./peer_watch.ts";

/** Longest wait for the others after a loss. */
const FAREWELL_MS = 10_000;

/** Leaves nothing open that MPI_Finalize would wait for. */
export function* closeTogether(
  exchange: Exchange,
  watch: PeerWatch,
  barriers: readonly MpiBarrier[],
): Steps<void> {
  const own = Float64Array.from(barriers, ({ startedCount }) => startedCount);
  const all = yield* exchange.toAll(new Uint8Array(own.buffer));
  for (const [channel, barrier] of barriers.entries()) {
    const counts = all.map((bytes) => new Float64Array(bytes.buffer)[channel]!);
    yield* barrier.evenOut(counts.reduce((most, one) => Math.max(most, one)));
  }
  watch.sayLast();
  while (!watch.isLast || !watch.isQuiet) yield;
  watch.close();
}

/** Waits until all that live have come to their end, or not much longer. */
export function* closeAfterLoss(
  { rank, size }: Messenger,
  watch: PeerWatch,
): Steps<void> {
  const { loss } = watch;
  const isSilent = loss !== null && loss.reason === null;
  const host = isSilent && loss.process === 0 ? 1 : 0;
  const livingCount = isSilent ? size - 1 : size;
  const endMs = performance.now() + FAREWELL_MS;
  watch.sayBye(host);
  while (performance.now() < endMs) {
    if (rank === host && !watch.hasEnded && watch.byes >= livingCount) {
      watch.sayEnd();
    }
    if (watch.hasEnded && watch.isQuiet) return;
    yield;
  }
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
