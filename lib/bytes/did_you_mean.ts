/**
 * Finds the word that was probably meant.
 */

/**
 * The candidate nearest to a word.
 *
 * @param word What was written, such as "reader.batchsize".
 * @param candidates What could have been meant.
 * @returns The nearest candidate, or null if none is near: more than a third
 *   of the letters differ, and no candidate has the same last part.
 */
export function nearestWord(
  word: string,
  candidates: Iterable<string>,
): string | null {
  const lastPart = word.slice(word.lastIndexOf(".") + 1).toLowerCase();
  let nearest: string | null = null;
  let leastEdits = Math.max(2, Math.floor(word.length / 3)) + 1;
  let leastDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    // The right name in the wrong section: nearer than any misspelling.
    const isRightName = candidate.toLowerCase().endsWith(`.${lastPart}`);
    const edits = isRightName ? Math.min(distance, 1) : distance;
    const isNearer = edits < leastEdits ||
      nearest !== null && edits === leastEdits && distance < leastDistance;
    if (!isNearer) continue;
    leastEdits = edits;
    leastDistance = distance;
    nearest = candidate;
  }
  return nearest;
}

/** The end of an error message: `; did you mean "x"`, or nothing. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
): string {
  const nearest = nearestWord(word, candidates);
  return nearest === null ? "" : `; did you mean "${nearest}"`;
}

/** Levenshtein distance: insertions, deletions and replacements. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(
        Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1),
      );
    }
    previous = current;
  }
  return previous[b.length]!;
}
