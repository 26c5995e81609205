/**
 * Numbers as the page shows them: three significant digits, the exact value
 * in `title`, units in the head of a column or beside the number.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { bytesText } from "../text/quantity.ts";

/** What stands for a value that is not known or does not exist. */
export const NOT_KNOWN = "n/a";

const BYTES_PER_MIB = 2 ** 20;

/**
 * Three significant digits, thousands grouped.
 *
 * @param value A number; null or NaN: not known.
 * @returns Such as "93.4", "1,530", "0.000712", "4.20e-7".
 */
export function threeDigits(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NOT_KNOWN;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-5 || size >= 1e15) return value.toExponential(2);
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) >= 100) return rounded.toLocaleString("en-US");
  const decimals = 2 - Math.floor(Math.log10(Math.abs(rounded)));
  return rounded.toFixed(Math.max(0, Math.min(12, decimals)));
}

/** A whole number, thousands grouped. */
export function wholeText(value: number | null): string {
  return value === null || !Number.isFinite(value)
    ? NOT_KNOWN
    : Math.round(value).toLocaleString("en-US");
}

/**
 * A number with its exact value one hover away.
 *
 * @param value A number; null: not known.
 * @param unit Such as "MiB/s"; "" where the head of the column has it.
 */
export function numberHtml(value: number | null, unit = ""): Markup {
  const suffix = unit === "" ? EMPTY_MARKUP : markup` ${unit}`;
  return value === null || !Number.isFinite(value)
    ? markup`<span title="not known">${NOT_KNOWN}</span>`
    : markup`<span title="${value}${suffix}">${
      threeDigits(value)
    }${suffix}</span>`;
}

/** Bytes in the largest unit that fits, their exact count in `title`. */
export function bytesHtml(bytes: number | null): Markup {
  return bytes === null
    ? markup`<span title="not known">${NOT_KNOWN}</span>`
    : markup`<span title="${bytes} bytes">${bytesText(bytes)}</span>`;
}

/** Bytes per second as MiB/s; null if no time passed. */
export function mibPerSecond(bytes: number, seconds: number): number | null {
  return seconds > 0 ? bytes / BYTES_PER_MIB / seconds : null;
}

/** A part of a whole in percent; null if it is not known. */
export function percentOf(fraction: number | null): number | null {
  return fraction === null ? null : 100 * fraction;
}
