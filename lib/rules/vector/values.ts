/**
 * Values that a vector database run recorded, by any of their names.
 */
import type { VectorRunFacts } from "../facts/vector.ts";
import { numberOf, textOf } from "../values.ts";

/** The first of the names that has a value; the file may nest them. */
function valueOf(run: VectorRunFacts, names: readonly string[]): unknown {
  for (const name of names) {
    for (const [key, value] of run.values ?? []) {
      if (key === name || key.endsWith(`.${name}`)) return value;
    }
  }
  return undefined;
}

/** A number by any of its names; null: not there. */
export function vectorNumber(
  run: VectorRunFacts,
  ...names: readonly string[]
): number | null {
  return numberOf(valueOf(run, names));
}

/** A text by any of its names; null: not there. */
export function vectorText(
  run: VectorRunFacts,
  ...names: readonly string[]
): string | null {
  return textOf(valueOf(run, names));
}
