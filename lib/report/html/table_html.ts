/**
 * Tables: a caption, heads with units and scopes, numbers to the right.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { NOT_KNOWN, threeDigits } from "./quantity_html.ts";

/** A column. */
export interface Column {
  readonly head: string | Markup;
  /** Stands behind the head; "" or absent: none. */
  readonly unit?: string;
  /** True: texts, to the left. */
  readonly isText?: boolean;
}

/** A cell: numbers get three digits and their exact value in `title`. */
export type Cell = string | number | null | Markup;

/** What a table is made of. */
export interface TableParts {
  /** What the table shows; read before it. */
  readonly caption: string;
  /** The first one heads its row. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Name by which the client script finds the table's body. */
  readonly name?: string;
}

/**
 * A table that scrolls by itself where the page is narrow.
 *
 * @param parts Caption, columns, rows.
 * @returns Nothing if there is no row.
 */
export function tableHtml(parts: TableParts): Markup {
  const { caption, columns, rows, name } = parts;
  if (rows.length === 0 && name === undefined) return EMPTY_MARKUP;
  const body = name === undefined ? EMPTY_MARKUP : markup` data-rows="${name}"`;
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><caption><span>${caption}</span></caption>
<thead><tr>${columns.map(headHtml)}</tr></thead>
<tbody${body}>
${rows.map((row) => rowHtml(row, columns))}</tbody></table></div>
`;
}

function headHtml({ head, unit = "", isText = false }: Column): Markup {
  const unitHtml = unit === ""
    ? EMPTY_MARKUP
    : markup` <span class="unit">${unit}</span>`;
  return markup`<th scope="col"${
    isText ? EMPTY_MARKUP : markup` class="n"`
  }>${head}${unitHtml}</th>`;
}

function rowHtml(row: readonly Cell[], columns: readonly Column[]): Markup {
  const cells = row.map((cell, index) => {
    const isText = columns[index]?.isText ?? false;
    if (index === 0) {
      return markup`<th scope="row"${
        isText ? EMPTY_MARKUP : markup` class="n"`
      }>${cellHtml(cell)}</th>`;
    }
    const title = typeof cell === "number"
      ? markup` title="${cell}"`
      : EMPTY_MARKUP;
    return markup`<td${isText ? EMPTY_MARKUP : markup` class="n"`}${title}>${
      cellHtml(cell)
    }</td>`;
  });
  return markup`<tr>${cells}</tr>
`;
}

function cellHtml(cell: Cell): string | Markup {
  if (cell === null) return NOT_KNOWN;
  return typeof cell === "number" ? threeDigits(cell) : cell;
}
