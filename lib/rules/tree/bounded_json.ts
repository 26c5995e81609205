/**
 * JSON of strangers: of limited depth and number of values, so that a text of
 * brackets cannot take all memory; with the bare NaN and Infinity that Python
 * writes.
 */

/** The deepest file of the field has six levels. */
const MAX_DEPTH = 64;
/** Objects and lists; a list of step times is one. */
const MAX_CONTAINERS = 1_000_000;

/** What stands outside of texts where JSON has no word for it. */
const BARE_WORDS = ["-Infinity", "Infinity", "NaN"];

/**
 * Reads JSON.
 *
 * @param text The file's.
 * @returns The value; NaN and Infinity as texts of these words.
 * @throws {SyntaxError} If it is no JSON, or is beyond a limit.
 */
export function parseBoundedJson(text: string): unknown {
  return JSON.parse(checkedJson(text));
}

/**
 * Checks a text before it is parsed.
 *
 * @param text JSON, or lines of JSON.
 * @returns The text with bare words in quotes.
 * @throws {SyntaxError} If it is beyond a limit.
 */
export function checkedJson(text: string): string {
  const pieces: string[] = [];
  let copied = 0;
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfText(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        containers++;
        if (depth > MAX_DEPTH || containers > MAX_CONTAINERS) throw tooMuch();
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2d: // -
      case 0x49: // I
      case 0x4e: { // N
        const word = BARE_WORDS.find((each) => text.startsWith(each, at));
        if (word === undefined) break;
        pieces.push(text.slice(copied, at), `"${word}"`);
        copied = at + word.length;
        at = copied - 1;
        break;
      }
    }
  }
  return copied === 0 ? text : pieces.join("") + text.slice(copied);
}

/** Index of the quote that ends a text. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}

function tooMuch(): SyntaxError {
  return new SyntaxError(
    `it has more than ${MAX_DEPTH} levels or ${MAX_CONTAINERS} objects`,
  );
}
