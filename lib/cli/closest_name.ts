/**
 * "Did you mean": the known name that a mistyped one is nearest to.
 */
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** Share of a name's letters that may be wrong for it to be offered. */
const MAX_WRONG_SHARE = 0.5;

/**
 * The name nearest to what was typed.
 *
 * @returns Null if none is near enough to be worth offering.
 */
export function closestName(
  typed: string,
  names: readonly string[],
): string | null {
  let nearest: string | null = null;
  let nearestDistance = Infinity;
  for (const name of names) {
    const distance = levenshteinDistance(typed.toLowerCase(), name);
    if (distance >= nearestDistance) continue;
    nearest = name;
    nearestDistance = distance;
  }
  return nearestDistance <= typed.length * MAX_WRONG_SHARE ? nearest : null;
}
