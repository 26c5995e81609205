/**
 * Flat records with the key style of our files, snake_case as DLIO's, and
 * back: `cpuCount` in the program is `cpu_count` in `stoker.json`. Only the
 * record's own keys change; values, such as `/proc/cpuinfo`, stay as they are.
 */

/** A record with snake_case keys. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/**
 * Renames `camelCase` keys to `snake_case`.
 *
 * @param record A flat record.
 * @returns A copy.
 */
export function recordToPlain(record: object): PlainRecord {
  return renamed(
    record,
    (key) => key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
  );
}

/**
 * Renames `snake_case` keys to `camelCase`.
 *
 * @typeParam T The record that {@linkcode recordToPlain} was given; not
 * checked, since only files that Stoker wrote come here.
 * @param plain A record from a file.
 * @returns A copy.
 */
export function recordFromPlain<T>(plain: PlainRecord): T {
  return renamed(
    plain,
    (key) => key.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase()),
  ) as T;
}

function renamed(
  record: object,
  rename: (key: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [rename(key), value]),
  );
}
