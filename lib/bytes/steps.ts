/**
 * Runs code that reads, written once, over sources that answer at once and
 * over those that answer later: the code is a generator that yields each
 * {@linkcode Awaitable} and gets its value back.
 */
import type { Awaitable } from "./awaitable.ts";

/** Code that yields what it waits for and returns a `Result`. */
export type Steps<Value, Result> = Generator<
  Awaitable<Value>,
  Result,
  Value
>;

/**
 * Runs `steps` to their end; as long as values are there at once, without a
 * promise.
 *
 * @returns What the steps return: a promise only if one was waited for.
 * @throws Whatever the steps throw; a rejected promise is thrown into them.
 */
export function runSteps<Value, Result>(
  steps: Steps<Value, Result>,
): Awaitable<Result> {
  let next = steps.next();
  while (!next.done) {
    if (next.value instanceof Promise) return finishLater(steps, next.value);
    next = steps.next(next.value);
  }
  return next.value;
}

async function finishLater<Value, Result>(
  steps: Steps<Value, Result>,
  pending: Awaitable<Value>,
): Promise<Result> {
  let waited = pending;
  for (;;) {
    let next: IteratorResult<Awaitable<Value>, Result>;
    try {
      next = steps.next(await waited);
    } catch (error) {
      next = steps.throw(error);
    }
    if (next.done) return next.value;
    waited = next.value;
  }
}
