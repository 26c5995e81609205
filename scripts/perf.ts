/**
 * Measures Stoker's parts against limits found in the same run.
 *
 *    deno task perf [--json] [prefix of ids]
 *
 * One row per measure: id, value, unit, limit, ratio = value / limit. With
 * --json one object per line: {"id","value","unit","limit","ratio"}.
 */
import { MEASURES } from "./perf/groups.ts";
import type { Measured } from "./perf/measure.ts";
import { printLine, printProblem } from "./terminal.ts";

const [filter = "", ...surplus] = Deno.args.filter((arg) => arg !== "--json");
const isJson = Deno.args.includes("--json");
const chosen = MEASURES.filter((measure) => measure.id.startsWith(filter));

if (surplus.length > 0 || filter.startsWith("-") || chosen.length === 0) {
  printProblem(
    `Cannot measure "${[filter, ...surplus].join(" ")}" as it must be one ` +
      `prefix of: ${MEASURES.map((measure) => measure.id).join(", ")}`,
  );
  Deno.exit(2);
}

if (!isJson) printLine(tableRow("measure", "value", "unit", "limit", "ratio"));
for (const measure of chosen) {
  const measured = await measure.run();
  printLine(
    isJson ? jsonRow(measure.id, measured) : textRow(measure.id, measured),
  );
}

function jsonRow(id: string, { value, unit, limit }: Measured): string {
  const ratio = limit === null ? null : value / limit;
  return JSON.stringify({ id, value, unit, limit, ratio });
}

function textRow(id: string, { value, unit, limit }: Measured): string {
  return tableRow(
    id,
    figure(value),
    unit,
    limit === null ? "-" : figure(limit),
    limit === null ? "-" : (value / limit).toFixed(2),
  );
}

/** Three digits or, if it has more before the point, all of these. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function tableRow(
  id: string,
  value: string,
  unit: string,
  limit: string,
  ratio: string,
): string {
  return id.padEnd(28) + value.padStart(10) + " " + unit.padEnd(10) +
    limit.padStart(10) + ratio.padStart(8);
}
