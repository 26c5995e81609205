/**
 * A bar and a sparkline of any width, in block elements of Unicode
 * (U+2580…U+259F) or in ASCII.
 */

/** Eighths of a column, from the left. */
const BAR_EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const BAR_FULL = "█";
const BAR_REST = "░";

/** Heights, least first. */
const SPARKS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const ASCII_SPARKS = ["_", ".", ":", "-", "=", "+", "*", "#"] as const;
/** A second in which nothing moved. */
const NO_SPARK = " ";

/**
 * How much of something is done.
 *
 * @param fraction In 0…1; cut to it.
 * @param width Columns.
 * @param isUnicode False: `[###...]`.
 */
export function bar(
  fraction: number,
  width: number,
  isUnicode: boolean,
): string {
  const share = Math.min(1, Math.max(0, fraction));
  if (!isUnicode) {
    const inner = Math.max(0, width - 2);
    const full = Math.floor(share * inner);
    return `[${"#".repeat(full)}${".".repeat(inner - full)}]`.slice(0, width);
  }
  const eighths = Math.floor(share * width * 8);
  const full = Math.floor(eighths / 8);
  const partial = BAR_EIGHTHS[eighths % 8] ?? "";
  const drawn = BAR_FULL.repeat(full) + partial;
  return drawn + BAR_REST.repeat(width - drawn.length);
}

/**
 * The last values of a series, the latest at the right, the greatest of those
 * shown at full height.
 *
 * @param values From 0; what is not a number shows as nothing.
 * @param width Columns; with fewer values the left stays empty.
 */
export function sparkline(
  values: readonly number[],
  width: number,
  isUnicode: boolean,
): string {
  const shown = values.slice(-width);
  const greatest = Math.max(0, ...shown.filter(Number.isFinite));
  const sparks = isUnicode ? SPARKS : ASCII_SPARKS;
  const drawn = shown.map((value) => {
    if (!(value > 0)) return NO_SPARK;
    const height = Math.ceil(value / greatest * sparks.length) - 1;
    return sparks[Math.max(0, height)] ?? NO_SPARK;
  });
  return drawn.join("").padStart(width, NO_SPARK);
}
