/**
 * Rows of text in aligned columns, for terminals and plain text files.
 */

/** Blanks between two columns. */
const GAP = "  ";

/** How a table looks. */
export interface TextTableOptions {
  /** In front of each line. @default {""} */
  readonly indent?: string;
  /** The side on which cells touch their column. @default {"left"} */
  readonly align?: "left" | "right";
  /**
   * Characters of each column, from the left, beyond which no cell widens it.
   * @default {any}
   */
  readonly maxWidths?: readonly number[];
}

/**
 * Aligns rows. The last column is not padded, so that no line ends in blanks
 * for the sake of another.
 *
 * @param rows Cells, all rows with the same number of them.
 * @param options Indent, alignment, width of columns.
 * @returns One line for each row, without line feeds.
 */
export function textTable(
  rows: readonly (readonly string[])[],
  { indent = "", align = "left", maxWidths = [] }: TextTableOptions = {},
): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(
      maxWidths[column] ?? Infinity,
      Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    )
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      if (align === "right") return cell.padStart(width);
      return column === row.length - 1 ? cell : cell.padEnd(width);
    });
    return indent + cells.join(GAP);
  });
}
