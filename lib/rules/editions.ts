/**
 * The editions of the rules that Stoker knows: one line each.
 */
import { UsageError } from "../errors.ts";
import type { Edition } from "./edition.ts";
import { EDITION_3_0 } from "./editions/edition_3_0.ts";

/** From the oldest to the newest. */
export const EDITIONS: readonly Edition[] = [EDITION_3_0];

/** The newest edition. */
export const NEWEST_EDITION: Edition = EDITIONS.at(-1)!;

/**
 * An edition by its name.
 *
 * @param name "3.0".
 * @throws {UsageError} If there is none.
 */
export function editionOf(name: string): Edition {
  const edition = EDITIONS.find((each) => each.name === name);
  if (edition !== undefined) return edition;
  throw new UsageError(
    `Cannot use the rules of edition "${name}": known are ` +
      EDITIONS.map((each) => each.name).join(", "),
  );
}
