/**
 * A value that may already be there.
 *
 * A synchronous disk returns the value itself and pays no microtask; an
 * object store returns a promise. Callers on a data path test for the value
 * before they await.
 */
export type Awaitable<T> = T | Promise<T>;

/**
 * Goes on with a value: at once where it is there, else when it comes.
 *
 * @param value What the next step needs.
 * @param next The next step.
 * @returns What `next` returns; a promise only if something was waited for.
 * @throws Whatever `next` throws.
 */
export function whenThere<T, Result>(
  value: Awaitable<T>,
  next: (value: T) => Awaitable<Result>,
): Awaitable<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
