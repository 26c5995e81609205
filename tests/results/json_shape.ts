/**
 * The shape of JSON data: keys and types without values, for golden tests of
 * files that other tools read. A list has the shape of its first entry.
 */
export function shapeOf(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    return value.length === 0 ? [] : [shapeOf(value[0])];
  }
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]),
  );
}
