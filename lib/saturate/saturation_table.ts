/**
 * The curve as a table of text that grows by a line with each probe: columns
 * have the same width from the first line on.
 */
import type { ProbePoint } from "./probe.ts";
import { figure, LIMIT_WORDS, rateText } from "./saturation.ts";
import type { SearchQuantity } from "./search_quantity.ts";

const GAP = "  ";
const GOAL_WIDTH = "missed".length;

interface TableColumn {
  readonly head: string;
  readonly width: number;
  readonly cell: (point: ProbePoint) => string;
}

const COLUMNS: readonly TableColumn[] = [
  { head: "AU %", width: 5, cell: ({ auPercent }) => figure(auPercent) },
  { head: "spread", width: 6, cell: ({ auSpread }) => figure(auSpread) },
  {
    head: "MiB/s",
    width: 9,
    cell: ({ mibPerSecond }) => rateText(mibPerSecond),
  },
  {
    head: "p99 ms",
    width: 8,
    cell: ({ latencyP99Ms }) =>
      latencyP99Ms === null ? "n/a" : rateText(latencyP99Ms),
  },
  {
    head: "CPU %",
    width: 5,
    cell: ({ cpuPercent }) =>
      cpuPercent === null ? "n/a" : cpuPercent.toFixed(0),
  },
  { head: "runs", width: 4, cell: ({ runs }) => String(runs.length) },
];

/** The line of heads. */
export function tableHead({ name }: SearchQuantity): string {
  return [
    name,
    ...COLUMNS.map(({ head, width }) => head.padStart(width)),
    `${"goal".padEnd(GOAL_WIDTH)}${GAP}limit`,
  ].join(GAP);
}

/**
 * The line of a load.
 *
 * @param isRecheck Its runs are those of two times.
 */
export function tableLine(
  { name }: SearchQuantity,
  point: ProbePoint,
  isRecheck: boolean,
): string {
  const { value, meetsGoal, limit, confidence } = point;
  const sure = confidence > 0 ? ` (${(100 * confidence).toFixed(0)} %)` : "";
  return [
    String(value).padStart(name.length),
    ...COLUMNS.map(({ width, cell }) => cell(point).padStart(width)),
    (meetsGoal ? "met" : "missed").padEnd(GOAL_WIDTH),
    meetsGoal ? "" : `${LIMIT_WORDS[limit]}${sure}`,
    isRecheck ? "measured again" : "",
  ].filter((cell) => cell !== "").join(GAP).trimEnd();
}
