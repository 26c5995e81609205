/**
 * Names that stand in a folder where only some may.
 */
import { foreignText } from "../../errors.ts";
import type { Problem } from "../rule.ts";

/** Most names that one finding repeats. */
const MAX_NAMES = 5;

/** A folder of an invocation: `<YYYYMMDD_HHmmss>`. */
export const TIMESTAMP_REGEXP = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/;

/** A problem if a folder has others than these; dot files do not count. */
export function* unexpected(
  names: readonly string[],
  allowed: readonly string[],
  isAllowed: (name: string) => boolean = () => false,
): Generator<Problem> {
  const odd = names.filter((name) =>
    !name.startsWith(".") && !allowed.includes(name) && !isAllowed(name)
  );
  if (odd.length === 0) return;
  yield {
    have: namesText(odd),
    need: `nothing but ${allowed.join(", ")}`,
    mend: "Move it away, or give it the name that is meant; names are " +
      "case-sensitive.",
  };
}

/** Some names, for people. */
export function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) =>
    `"${foreignText(name, 100)}"`
  );
  const rest = names.length - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
