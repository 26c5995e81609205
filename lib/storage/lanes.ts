/**
 * Does one thing to many files, outside of every measured time: one after
 * another where storage blocks, several at a time where it answers later.
 */
import type { Awaitable } from "../bytes/awaitable.ts";
import type { Storage } from "./storage.ts";

/** Requests under way at the same time. */
const LANE_COUNT = 64;

/**
 * Calls `act` for every index below `count`, begun in that order.
 *
 * @param storage What `act` asks.
 * @param count Calls.
 * @param act Does it to the file with this index.
 * @throws What the first call that failed threw; those under way have ended,
 *   no other has begun.
 */
export async function forEachFile(
  storage: Pick<Storage, "isSync">,
  count: number,
  act: (index: number) => Awaitable<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | null = null;
  const lane = async (): Promise<void> => {
    while (next < count && failure === null) {
      const answer = act(next++);
      if (answer instanceof Promise) await answer;
    }
  };
  const guarded = () => lane().catch((error) => failure ??= { error });
  const laneCount = storage.isSync ? 1 : Math.min(LANE_COUNT, count);
  await Promise.all(Array.from({ length: laneCount }, guarded));
  const failed = failure as { readonly error: unknown } | null;
  if (failed !== null) throw failed.error;
}
