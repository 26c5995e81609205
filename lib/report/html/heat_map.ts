/**
 * A heat map of latency over time: columns are stretches of time, rows are
 * halves of powers of two of latency, and the shade says which part of the
 * column's values is in the row.
 */
import { type Markup, markup } from "../../bytes/markup.ts";
import {
  groupCount,
  groupStartUs,
  HISTOGRAM_GROUPS,
} from "../../metrics/histogram.ts";
import { threeDigits } from "./quantity_html.ts";

const US_PER_MS = 1000;
/** Rows for each power of two. */
const ROWS_PER_OCTAVE = 2;
/** The least latency that has a row, milliseconds. */
const LEAST_MS = 0.001;
const ROWS = 64;
/** Shades from light to dark, each twice the part of the one before. */
const SHADES = 7;
const CELL_HEIGHT = 10;
const COLUMN_WIDTH = 8;

/** Counts by time and latency. */
export class HeatMap {
  readonly columns: number;
  readonly #counts: Float64Array;

  /** @param columns Stretches of time. */
  constructor(columns: number) {
    this.columns = columns;
    this.#counts = new Float64Array(columns * ROWS);
  }

  #add(column: number, ms: number, count: number): void {
    const row = ms > LEAST_MS
      ? Math.min(
        ROWS - 1,
        Math.floor(ROWS_PER_OCTAVE * Math.log2(ms / LEAST_MS)),
      )
      : 0;
    const slot = column * ROWS + row;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
  }

  /** Counts the values of a histogram, each at the middle of its group. */
  addHistogram(column: number, histogram: Float64Array): void {
    for (let group = 0; group < HISTOGRAM_GROUPS; group++) {
      const count = groupCount(histogram, group);
      if (count === 0) continue;
      const middleUs = (groupStartUs(group) + groupStartUs(group + 1)) / 2;
      this.#add(column, middleUs / US_PER_MS, count);
    }
  }

  /** How many values a cell has. */
  count(column: number, row: number): number {
    return this.#counts[column * ROWS + row] ?? 0;
  }

  /** First and last row that has a value; null if none has. */
  get rows(): { readonly first: number; readonly last: number } | null {
    let first = ROWS;
    let last = -1;
    this.#counts.forEach((count, slot) => {
      if (count === 0) return;
      first = Math.min(first, slot % ROWS);
      last = Math.max(last, slot % ROWS);
    });
    return last < 0 ? null : { first, last };
  }
}

/**
 * Draws a heat map.
 *
 * @param map The counts.
 * @param label What it shows, for those who do not see it.
 * @param axis Texts at the left and right end of the time axis.
 * @returns An SVG picture; a word if there is nothing in it.
 */
export function heatMapHtml(
  map: HeatMap,
  label: string,
  axis: { readonly from: string; readonly to: string },
): Markup {
  const rows = map.rows;
  if (rows === null) return markup`<p>Nothing was measured.</p>`;
  const count = rows.last - rows.first + 1;
  const width = map.columns * COLUMN_WIDTH;
  const height = count * CELL_HEIGHT;
  const paths = shadePaths(map, rows);
  return markup`<div class="heat"><span class="heat-top">${
    rowText(rows.last + 1)
  }</span><span class="heat-bottom">${rowText(rows.first)}</span>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">
<rect class="h-back" width="${width}" height="${height}"/>${
    paths.map((path, shade) =>
      markup`<path class="h${shade}" d="${path}"/>
`
    )
  }</svg><span class="heat-from">${axis.from}</span><span class="heat-to">${axis.to}</span></div>
<p class="legend">Part of a column’s values: ${
    paths.map((_, shade) =>
      markup`<span class="key"><i class="h${shade}"></i>${
        shadeText(shade)
      }</span> `
    )
  }</p>
`;
}

/** One path for each shade, so that thousands of cells stay small. */
function shadePaths(
  map: HeatMap,
  rows: { readonly first: number; readonly last: number },
): string[] {
  const paths = Array.from({ length: SHADES }, () => "");
  for (let column = 0; column < map.columns; column++) {
    let total = 0;
    for (let row = rows.first; row <= rows.last; row++) {
      total += map.count(column, row);
    }
    if (total === 0) continue;
    for (let row = rows.first; row <= rows.last; row++) {
      const part = map.count(column, row) / total;
      if (part === 0) continue;
      const shade = Math.max(
        0,
        Math.min(SHADES - 1, SHADES + Math.floor(Math.log2(part))),
      );
      const y = (rows.last - row) * CELL_HEIGHT;
      paths[shade] += `M${column * COLUMN_WIDTH} ${y}h${COLUMN_WIDTH}v` +
        `${CELL_HEIGHT}h-${COLUMN_WIDTH}z`;
    }
  }
  return paths;
}

/** "≥ 50 %" for the darkest. */
function shadeText(shade: number): string {
  const percent = 100 * 2 ** (shade - SHADES);
  return shade === 0
    ? `< ${threeDigits(2 * percent)} %`
    : `≥ ${threeDigits(percent)} %`;
}

/** Where a row begins: "1.02 ms". */
function rowText(row: number): string {
  return `${threeDigits(LEAST_MS * 2 ** (row / ROWS_PER_OCTAVE))} ms`;
}
