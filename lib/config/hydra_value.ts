/**
 * Values of overrides in Hydra's grammar: `4`, `1e3`, `true`, `null`,
 * `'quoted'`, `[a,b]`, `{k:v}`; anything else is text.
 *
 * Reference: https://hydra.cc/docs/advanced/override_grammar/basic/
 * Python's True, False and None are accepted as well, since published
 * command lines have them.
 */

const INTEGER_REGEXP = /^[+-]?\d[\d_]*$/;
const FLOAT_REGEXP = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads one value.
 *
 * @param text What follows the "=".
 * @throws {SyntaxError} If a quote or bracket is not closed.
 */
export function parseHydraValue(text: string): unknown {
  const reader = new ValueReader(text);
  const value = reader.readValue("");
  reader.expectEnd();
  return value;
}

/** Reads left to right; `#offset` is the next character. */
class ValueReader {
  #offset = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text.trim();
  }

  /** @param stops Characters that end an unquoted value. */
  readValue(stops: string): unknown {
    this.#skipSpace();
    const first = this.#text[this.#offset];
    if (first === "[") return this.#readList();
    if (first === "{") return this.#readMap();
    if (first === "'" || first === '"') return this.#readQuoted(first);
    return primitive(this.#readUntil(stops));
  }

  expectEnd(): void {
    this.#skipSpace();
    if (this.#offset < this.#text.length) {
      throw new SyntaxError(
        `nothing may follow at character ${this.#offset + 1}`,
      );
    }
  }

  #readList(): unknown[] {
    const items: unknown[] = [];
    this.#offset++;
    if (this.#takes("]")) return items;
    do items.push(this.readValue(",]")); while (this.#takes(","));
    this.#expect("]");
    return items;
  }

  #readMap(): Record<string, unknown> {
    const pairs: [string, unknown][] = [];
    this.#offset++;
    if (this.#takes("}")) return {};
    do {
      const key = String(this.readValue(":,}"));
      this.#expect(":");
      pairs.push([key, this.readValue(",}")]);
    } while (this.#takes(","));
    this.#expect("}");
    return Object.fromEntries(pairs);
  }

  /** Inside, a backslash takes the quote's meaning away. */
  #readQuoted(quote: string): string {
    let text = "";
    this.#offset++;
    while (this.#offset < this.#text.length) {
      const character = this.#text[this.#offset++]!;
      if (character === quote) return text;
      const next = this.#text[this.#offset];
      if (character === "\\" && (next === quote || next === "\\")) {
        text += next;
        this.#offset++;
      } else {
        text += character;
      }
    }
    throw new SyntaxError(`a ${quote} is not closed`);
  }

  #readUntil(stops: string): string {
    const startOffset = this.#offset;
    while (
      this.#offset < this.#text.length &&
      !stops.includes(this.#text[this.#offset]!)
    ) this.#offset++;
    return this.#text.slice(startOffset, this.#offset).trim();
  }

  #takes(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#offset] !== character) return false;
    this.#offset++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#takes(character)) {
      throw new SyntaxError(
        `a ${character} is missing at character ${this.#offset + 1}`,
      );
    }
  }

  #skipSpace(): void {
    while (this.#text[this.#offset] === " ") this.#offset++;
  }
}

function primitive(text: string): unknown {
  switch (text.toLowerCase()) {
    case "true":
      return true;
    case "false":
      return false;
    case "null":
    case "none":
      // `none` is a word of several settings (compression, profiler).
      return text === "none" ? text : null;
  }
  const digits = text.replaceAll("_", "");
  if (INTEGER_REGEXP.test(text)) {
    const number = Number(digits);
    // Too long to be exact: the text says more than the number.
    return Number.isSafeInteger(number) ? number : text;
  }
  return FLOAT_REGEXP.test(text) ? Number(digits) : text;
}
