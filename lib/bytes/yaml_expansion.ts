/**
 * How many values a parsed YAML file has with every alias written out: ten
 * lists of ten aliases each have 10^10.
 */

/** The largest published workload has some hundred. */
const MAX_VALUES = 100_000;

/**
 * Checks that a file is not endless.
 *
 * @param path The file, for the message.
 * @param root What the parser made of it.
 * @throws {SyntaxError} If written out it is endless or too long.
 */
export function checkExpansion(path: string, root: unknown): void {
  const count = valueCount(root, new Map());
  if (count <= MAX_VALUES) return;
  throw new SyntaxError(
    `Cannot use "${path}": ` +
      (count === Infinity
        ? "an anchor in it contains itself"
        : `with its aliases written out it must have at most ${MAX_VALUES} ` +
          `values: it has ${count}`),
  );
}

/**
 * Values in a tree whose parts may be shared; Infinity if one contains
 * itself. Every part is looked at once.
 *
 * @param known Counts of parts; Infinity of those that are being counted.
 */
function valueCount(value: unknown, known: Map<object, number>): number {
  if (typeof value !== "object" || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, Infinity);
  let count = 1;
  for (const each of Object.values(value)) count += valueCount(each, known);
  known.set(value, count);
  return count;
}
