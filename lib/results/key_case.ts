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
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) {
    plain[plainKey(key)] = value;
  }
  return plain;
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
  return Object.fromEntries(
    Object.entries(plain).map(([key, value]) => [
      key.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase()),
      value,
    ]),
  ) as T;
}

/** Keys are those of our own types: a few, used in every record. */
const plainKeys = new Map<string, string>();

function plainKey(key: string): string {
  let plain = plainKeys.get(key);
  if (plain === undefined) {
    plain = key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
    plainKeys.set(key, plain);
  }
  return plain;
}
