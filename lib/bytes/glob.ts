/**
 * Patterns of paths, as shells and Python's `glob` have them:
 *
 *    *        any characters of one name          ?      one of them
 *    **       any folders, also none              [a-z]  one of these, [!a-z] none
 *    {a,b}    one of these texts
 *
 * A name that begins with "." is no exception here: who lists passes over
 * hidden names.
 *
 * Reference: https://docs.python.org/3/library/glob.html
 */

const SPECIAL_REGEXP = /[*?[\]{}]/;

/** One pattern, ready to be compared with many paths. */
export interface Glob {
  readonly text: string;
  /** Folder that all matches lie in; "": the folder that is searched. */
  readonly base: string;
  matches(path: string): boolean;
}

/** Whether a text is a pattern and not simply a path. */
export function isGlob(text: string): boolean {
  return SPECIAL_REGEXP.test(text);
}

/**
 * Reads a pattern.
 *
 * @param text Relative, names with "/" between them.
 * @throws {SyntaxError} If a bracket or brace is never closed.
 */
export function parseGlob(text: string): Glob {
  const regexp = new RegExp(`^${expression(text)}$`, "s");
  const names = text.split("/").slice(0, -1);
  const firstSpecial = names.findIndex(isGlob);
  const fixed = firstSpecial < 0 ? names : names.slice(0, firstSpecial);
  return {
    text,
    base: fixed.join("/"),
    matches: (path) => regexp.test(path),
  };
}

function expression(text: string): string {
  let result = "";
  let at = 0;
  let openBraces = 0;
  while (at < text.length) {
    const isNameStart = at === 0 || text[at - 1] === "/";
    if (isNameStart && text.startsWith("**/", at)) {
      result += "(?:.*/)?";
      at += 3;
      continue;
    }
    if (text.startsWith("**", at)) {
      result += ".*";
      at += 2;
      continue;
    }
    const character = text[at++] ?? "";
    if (character === "*") result += "[^/]*";
    else if (character === "?") result += "[^/]";
    else if (character === "[") {
      const end = text.indexOf("]", at + 1);
      if (end < 0) throw unclosed(text, "[");
      result += bracket(text.slice(at, end));
      at = end + 1;
    } else if (character === "{") {
      openBraces++;
      result += "(?:";
    } else if (character === "}" && openBraces > 0) {
      openBraces--;
      result += ")";
    } else if (character === "," && openBraces > 0) result += "|";
    else result += escaped(character);
  }
  if (openBraces > 0) throw unclosed(text, "{");
  return result;
}

/** What stands between brackets. */
function bracket(content: string): string {
  const isNegated = /^[!^]/.test(content);
  const members = (isNegated ? content.slice(1) : content)
    .replace(/[\\\]^[]/g, "\\$&");
  return isNegated ? `[^/${members}]` : `[${members}]`;
}

function escaped(character: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(character) ? `\\${character}` : character;
}

function unclosed(text: string, bracket: string): SyntaxError {
  return new SyntaxError(`"${bracket}" in "${text}" is never closed`);
}
