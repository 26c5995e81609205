/**
 * Text for HTML pages. What a template inserts is escaped, unless it is
 * {@linkcode Markup}, which only a template makes: so no text of a file, a
 * server or a setting can become a tag.
 */
import { escapeControls } from "../errors.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML that was made by {@linkcode markup}. */
export class Markup {
  readonly #text: string;

  /** @param text HTML; nobody but this file gives it. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The HTML. */
  toString(): string {
    return this.#text;
  }
}

/** What a template takes: texts are escaped, markup is inserted as it is. */
export type MarkupValue = string | number | Markup | readonly Markup[];

/** Nothing. */
export const EMPTY_MARKUP: Markup = new Markup("");

/**
 * Escapes a text for HTML, inside of an element or of a quoted attribute.
 *
 * @param text Anything.
 * @returns The same text, its control characters written as `\u001b`.
 */
export function escapeMarkup(text: string): string {
  return escapeControls(text).replaceAll(/[&<>"']/g, (c) => ENTITIES[c]!);
}

/**
 * A template whose values are escaped: `` markup`<p>${name}</p>` ``.
 *
 * @param strings The HTML between the values; part of the program.
 * @param values Texts, numbers, markup or lists of markup.
 */
export function markup(
  strings: TemplateStringsArray,
  ...values: readonly MarkupValue[]
): Markup {
  let text = strings[0] ?? "";
  values.forEach((value, index) => {
    text += textOf(value) + (strings[index + 1] ?? "");
  });
  return new Markup(text);
}

/**
 * The content of a `<script>` or `<style>` element. Only for texts of the
 * program itself, and for JSON.
 *
 * @param text Without "</" but in strings of JSON, where "<" is escaped.
 * @throws {RangeError} If it would end the element.
 */
export function rawElementText(text: string): Markup {
  if (/<\/(script|style)|<!--/i.test(text)) {
    throw new RangeError("Cannot inline a text as it must not end its element");
  }
  return new Markup(text);
}

/** JSON for a `<script type="application/json">`. */
export function jsonElementText(value: unknown): Markup {
  return rawElementText(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

function textOf(value: MarkupValue): string {
  if (typeof value === "string") return escapeMarkup(value);
  if (typeof value === "number") return String(value);
  if (value instanceof Markup) return value.toString();
  return value.map(String).join("");
}
