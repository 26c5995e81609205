/**
 * The query that a redirect demands of the request that follows it.
 *
 * A client builds its requests from names, not from addresses; servers such
 * as AIStore's put into the query of a redirect what the next one must see.
 * So the query of a redirect is set here for the attempt that follows it, and
 * clients send it instead of their own.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** Name and value of each entry. */
export type QueryEntries = readonly (readonly [string, string])[];

const followed = new AsyncLocalStorage<QueryEntries>();

/** Runs an attempt whose request has this query; null: its own. */
export function withQuery<Result>(
  query: QueryEntries | null,
  attempt: () => Promise<Result>,
): Promise<Result> {
  return query === null ? attempt() : followed.run(query, attempt);
}

/** The query that the request being made must have; undefined: its own. */
export function followedQuery(): QueryEntries | undefined {
  return followed.getStore();
}

/** Writes a query as signatures want it: sorted by name, escaped. */
export function queryText(entries: QueryEntries): string {
  return entries
    .map(([name, value]) => [escapeQuery(name), escapeQuery(value)] as const)
    .sort(([a, aValue], [b, bValue]) =>
      a === b ? (aValue < bValue ? -1 : 1) : a < b ? -1 : 1
    )
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** Escapes a name or value of a query. */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
