/**
 * Readers against accelerators: when the reader threads of a rank had work,
 * and when its accelerator did its steps, on one time line.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type {
  PhaseRecord,
  RankRecord,
  WorkerRecord,
} from "../../metrics/run_record.ts";
import { phaseName } from "./page_run.ts";
import { bytesHtml, threeDigits, wholeText } from "./quantity_html.ts";
import { type Cell, tableHtml } from "./table_html.ts";

/** Ranks of a time line, those that waited longest first. */
const MAX_RANKS = 8;

/** A stretch of a bar, seconds since the phase began. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The time line of the longest phase with steps.
 *
 * @param phases Those of a run.
 * @returns Nothing where no phase has steps and threads that read.
 */
export function threadLines(phases: readonly PhaseRecord[]): Markup {
  const [phase] = phases
    .filter(({ kind, ranks }) => PHASE_KINDS[kind].hasSteps && ranks.length > 0)
    .sort((a, b) => b.durationSeconds - a.durationSeconds);
  if (phase === undefined || !(phase.durationSeconds > 0)) return EMPTY_MARKUP;
  const ranks = [...phase.ranks]
    .map((rank) => ({ rank, load: sumOf(rank.loadSeconds) }))
    .sort((a, b) => b.load - a.load || a.rank.rank - b.rank.rank)
    .slice(0, MAX_RANKS);
  const rows = ranks.flatMap(({ rank }) => rankRows(phase, rank));
  return tableHtml({
    caption: `Readers and accelerators of the longest phase ` +
      `(${phaseName(phase)}, ${threeDigits(phase.durationSeconds)} s)` +
      (ranks.length < phase.ranks.length
        ? `: the ${ranks.length} ranks that waited longest`
        : ""),
    columns: [
      { head: "who", isText: true },
      { head: "when it worked", isText: true },
      { head: "threads" },
      { head: "bytes" },
      { head: "began", unit: "s" },
      { head: "was done", unit: "s" },
    ],
    rows,
  });
}

function rankRows(phase: PhaseRecord, rank: RankRecord): Cell[][] {
  const readers = phase.workers.filter((worker) =>
    worker.rank === rank.rank && worker.role !== "accelerator" &&
    worker.operations > 0
  );
  const blocks = rank.blocks.map(({ startSeconds, durationSeconds }) => ({
    from: startSeconds,
    to: startSeconds + durationSeconds,
  }));
  return [
    ...(readers.length === 0 ? [] : [readerRow(phase, rank.rank, readers)]),
    [
      `Rank ${rank.rank}, accelerator`,
      barHtml("p-compute", "C", blocks, phase.durationSeconds),
      "1",
      "–",
      blocks[0]?.from ?? null,
      rank.doneSeconds,
    ],
  ];
}

function readerRow(
  phase: PhaseRecord,
  rank: number,
  readers: readonly WorkerRecord[],
): Cell[] {
  const from = Math.min(...readers.map((worker) => worker.firstDoneSeconds));
  const to = Math.max(...readers.map((worker) => worker.lastDoneSeconds));
  return [
    `Rank ${rank}, readers`,
    barHtml("p-load", "L", [{ from, to }], phase.durationSeconds),
    wholeText(readers.length),
    bytesHtml(readers.reduce((sum, worker) => sum + worker.bytes, 0)),
    from,
    to,
  ];
}

/** Stretches of a time line; what lies between them is empty. */
function barHtml(
  className: string,
  letter: string,
  stretches: readonly Stretch[],
  seconds: number,
): Markup {
  const percent = (value: number) =>
    Math.max(0, Math.min(100, 100 * value / seconds)).toFixed(2);
  let at = 0;
  const parts = stretches.flatMap(({ from, to }) => {
    const gap = Math.max(0, from - at);
    const length = Math.max(0, to - Math.max(from, at));
    at = Math.max(at, to);
    return [
      markup`<i style="width:${percent(gap)}%"></i>`,
      markup`<i class="${className}" style="width:${
        percent(length)
      }%">${letter}</i>`,
    ];
  });
  const label = stretches.map(({ from, to }) =>
    `from ${threeDigits(from)} to ${threeDigits(to)} s`
  ).join(", ");
  return markup`<span class="bar" role="img" aria-label="${label}">${parts}</span>`;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let step = 0; step < values.length; step++) sum += values[step] ?? 0;
  return sum;
}
