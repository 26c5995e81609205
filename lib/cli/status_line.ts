/**
 * One line of what is redrawn on a terminal: pieces of text, each with the
 * way that it looks. Every character is one column wide: no wide letters, no
 * marks that combine.
 */

/** How a piece of text looks, where colours are wanted. */
export type TextStyle = "plain" | "label" | "strong" | "good" | "bad";

/** A piece of a line. */
export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

/** A line. */
export type StatusLine = readonly StyledText[];

/** Select Graphic Rendition of ECMA-48, 8.3.117: what begins each style. */
const SGR: Readonly<Record<TextStyle, string>> = {
  plain: "",
  label: "\x1b[2m",
  strong: "\x1b[1m",
  good: "\x1b[32m",
  bad: "\x1b[33m",
};
const SGR_END = "\x1b[0m";

/** A line in one style. */
export function plainLine(text: string): StatusLine {
  return [{ text, style: "plain" }];
}

/** Columns that a line takes. */
export function lineWidth(line: StatusLine): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

/**
 * A line as a terminal is sent it.
 *
 * @param columns Where it is cut.
 * @param hasColor False: as plain text.
 */
export function lineCodes(
  line: StatusLine,
  columns: number,
  hasColor: boolean,
): string {
  let left = columns;
  let codes = "";
  for (const { text, style } of line) {
    const fitting = text.slice(0, Math.max(0, left));
    left -= fitting.length;
    const begin = hasColor ? SGR[style] : "";
    codes += begin === "" || fitting === ""
      ? fitting
      : begin + fitting + SGR_END;
  }
  return codes;
}
