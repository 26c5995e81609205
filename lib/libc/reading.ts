/**
 * Something that this host may not tell: the value, or why there is none.
 */

/** The value, or the reason why there is none; nobody has to care which. */
export type Reading<T> =
  | { readonly value: T; readonly reason: null }
  | { readonly value: null; readonly reason: string };
