/**
 * Measures Stoker's parts against limits found in the same run.
 *
 *    deno task perf [--json] [--raw=DIR] [prefix of ids]
 *
 * One row per measure: id, value, unit, limit, ratio = value / limit. With
 * --json one object per line: {"id","value","unit","limit","ratio"}. With --raw
 * each run of fio that a limit comes from is kept as DIR/ID.N.json: its command
 * line and fio's own JSON. Runs that warm up are the first of their row.
 */
import { keepFioRuns } from "./perf/fio.ts";
import { MEASURES } from "./perf/groups.ts";
import type { Measured } from "./perf/measure.ts";
import { printLine, printProblem } from "./terminal.ts";

const RAW_FLAG = "--raw=";

const [filter = "", ...surplus] = Deno.args.filter((arg) =>
  arg !== "--json" && !isRaw(arg)
);
const isJson = Deno.args.includes("--json");
const rawFolder = Deno.args.findLast(isRaw)?.slice(RAW_FLAG.length) ?? null;
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
  if (rawFolder !== null) await keepFioRuns(rawFolder, measure.id);
  const measured = await measure.run();
  printLine(
    isJson ? jsonRow(measure.id, measured) : textRow(measure.id, measured),
  );
}

/** "--raw=DIR", and not "--raw=". */
function isRaw(arg: string): boolean {
  return arg.startsWith(RAW_FLAG) && arg.length > RAW_FLAG.length;
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
