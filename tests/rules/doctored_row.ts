/** A tree that breaks one rule: what is done, and what must be found. */
import type { FieldTree } from "./field_tree.ts";

/** One doctored tree. */
export interface DoctoredRow {
  readonly title: string;
  /** One of `GOOD_TREES`. */
  readonly base: string;
  readonly doctor: (tree: FieldTree) => void;
  /** "severity rule", all that is found beside what the good tree has. */
  readonly found: readonly string[];
}

/** What is done to a good tree. */
export type Doctor = (tree: FieldTree) => void;

/** Rows of one good tree: title, what is done, what is found. */
export function rows(
  base: string,
  list: readonly (readonly [string, Doctor, ...string[]])[],
): DoctoredRow[] {
  return list.map(([title, doctor, ...found]) => ({
    title,
    base,
    doctor,
    found: [...found].sort(),
  }));
}
