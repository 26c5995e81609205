/**
 * A value that may already be there.
 *
 * A synchronous disk returns the value itself and pays no microtask; an
 * object store returns a promise. Callers on a data path test for the value
 * before they await.
 */
export type Awaitable<T> = T | Promise<T>;
