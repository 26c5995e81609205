/**
 * Does one thing many times with a bounded number in flight.
 */
import type { Awaitable } from "../bytes/awaitable.ts";
import { LoopTurns } from "../bytes/loop_turns.ts";
import type { Storage } from "./storage.ts";

/** Files that are checked at the same time. */
const LANE_COUNT = 64;

/**
 * Does something to many files, outside of every measured time: one after
 * another with synchronous storage, several at a time with asynchronous.
 *
 * @param storage What `act` uses.
 * @param count Files.
 * @param act Does it to the file with this index.
 * @throws As {@linkcode inLanes}.
 */
export function forEachFile(
  storage: Pick<Storage, "isSync">,
  count: number,
  act: (index: number) => Awaitable<void>,
): Promise<void> {
  return inLanes(storage.isSync ? 1 : LANE_COUNT, count, act);
}

/**
 * Calls `act` for every index below `count`, begun in that order.
 *
 * @param laneCount Calls in flight at a time, >= 1.
 * @param count Calls.
 * @param act Is given the index.
 * @throws What the first call that failed threw; those in flight have ended,
 *   no other has begun.
 */
export async function inLanes(
  laneCount: number,
  count: number,
  act: (index: number) => Awaitable<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | null = null;
  const turns = new LoopTurns();
  const lane = async (): Promise<void> => {
    while (next < count && failure === null) {
      const answer = act(next++);
      if (answer instanceof Promise) await answer;
      const turn = turns.next();
      if (turn !== null) await turn;
    }
  };
  const guarded = () => lane().catch((error) => failure ??= { error });
  const length = Math.min(laneCount, count);
  await Promise.all(Array.from({ length }, guarded));
  const failed = failure as { readonly error: unknown } | null;
  if (failed !== null) throw failed.error;
}
