/**
 * Checkpoints: how long each took, where its time went, and a time line of
 * its ranks.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { cacheTruth } from "../../metrics/cache_truth.ts";
import { checkpointMetrics } from "../../metrics/checkpoint_metrics.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { figureHtml } from "./figure_html.ts";
import { termHtml } from "./glossary.ts";
import { inTime, type PageRun, phaseName } from "./page_run.ts";
import { bytesHtml, threeDigits } from "./quantity_html.ts";
import { type Cell, tableHtml } from "./table_html.ts";

/** Checkpoints that get a time line; the table has all. */
const MAX_TIME_LINES = 12;
/** Ranks of a time line: the slowest. */
const MAX_RANKS = 16;

/** One rank of a checkpoint. */
interface RankLine {
  readonly rank: number;
  readonly seconds: number;
  readonly fsyncSeconds: number;
}

/** The section; nothing for a run without checkpoints. */
export function checkpointSection({ record }: PageRun): Markup {
  const phases = inTime(record.phases)
    .filter(({ kind }) => PHASE_KINDS[kind].isCheckpoint);
  if (phases.length === 0) return EMPTY_MARKUP;
  const shown = phases.slice(0, MAX_TIME_LINES);
  return markup`<section id="checkpoints" aria-labelledby="checkpoints-h">
<h2 id="checkpoints-h">Checkpoints</h2>
<p>A checkpoint lasts until its slowest rank is done. ${
    termHtml("fsync")
  }: how much of that this rank waited for the device.</p>
${checkpointTable(phases)}${
    figureHtml({
      caption: "Ranks of a checkpoint, from its begin, the slowest first",
      content:
        markup`<p><span class="key"><i class="p-load">R</i>read</span> <span class="key"><i class="p-compute">W</i>write</span> <span class="key"><i class="p-overrun">F</i>fsync</span></p>
${shown.map((phase) => timeLine(phase, longestOf(phases)))}`,
      note: "The time in fsync is drawn at the end of its rank: only its sum " +
        "is kept." +
        (phases.length > shown.length
          ? ` ${
            phases.length - shown.length
          } more checkpoints are in the table.`
          : ""),
    })
  }</section>
`;
}

function longestOf(phases: readonly PhaseRecord[]): number {
  return Math.max(
    ...phases.map((phase) => checkpointMetrics(phase).durationSeconds),
  );
}

function checkpointTable(phases: readonly PhaseRecord[]): Markup {
  return tableHtml({
    caption: "Checkpoints in the order of time",
    columns: [
      { head: "checkpoint", isText: true },
      { head: "duration", unit: "s" },
      { head: "bytes" },
      { head: "all ranks", unit: "GiB/s" },
      { head: "slowest rank" },
      { head: "slowest rank", unit: "GiB/s" },
      { head: "fsync", unit: "% of time" },
      { head: "from memory", unit: "%" },
    ],
    rows: phases.map((phase): Cell[] => {
      const metrics = checkpointMetrics(phase);
      const { durationSeconds, slowestRank, fsyncSeconds } = metrics;
      const { hitFraction } = cacheTruth([phase]);
      const isRead = PHASE_KINDS[phase.kind].direction === "read";
      return [
        phaseName(phase),
        durationSeconds,
        bytesHtml(metrics.bytes),
        metrics.gibPerSecond,
        markup`${slowestRank}`,
        metrics.shares.get(slowestRank)?.gibPerSecond ?? null,
        isRead || durationSeconds === 0
          ? "–"
          : 100 * fsyncSeconds / durationSeconds,
        hitFraction === null ? null : 100 * hitFraction,
      ];
    }),
  });
}

/** A bar for each rank: read or write, then fsync. */
function timeLine(phase: PhaseRecord, longestSeconds: number): Markup {
  const lines = rankLines(phase);
  lines.sort((a, b) => b.seconds - a.seconds || a.rank - b.rank);
  const shown = lines.slice(0, MAX_RANKS);
  const isRead = PHASE_KINDS[phase.kind].direction === "read";
  const [className, letter, word] = isRead
    ? ["p-load", "R", "read"] as const
    : ["p-compute", "W", "write"] as const;
  const width = (seconds: number) =>
    (100 * seconds / Math.max(longestSeconds, 1e-9)).toFixed(2);
  const name = phaseName(phase);
  return tableHtml({
    caption: shown.length < lines.length
      ? `${name}: the ${shown.length} slowest of ${lines.length} ranks`
      : name,
    columns: [
      { head: "rank" },
      { head: "its time", isText: true },
      { head: word, unit: "s" },
      ...(isRead ? [] : [{ head: "fsync", unit: "s" }]),
    ],
    rows: shown.map(({ rank, seconds, fsyncSeconds }): Cell[] => {
      const moving = Math.max(0, seconds - fsyncSeconds);
      const label = `${word} ${threeDigits(moving)} s, fsync ` +
        `${threeDigits(fsyncSeconds)} s`;
      return [
        markup`${rank}`,
        markup`<span class="bar line" role="img" aria-label="${label}"><i class="${className}" style="width:${
          width(moving)
        }%">${letter}</i>${
          fsyncSeconds > 0
            ? markup`<i class="p-overrun" style="width:${
              width(Math.min(fsyncSeconds, seconds))
            }%">F</i>`
            : EMPTY_MARKUP
        }</span>`,
        moving,
        ...(isRead ? [] : [fsyncSeconds]),
      ];
    }),
  });
}

function rankLines(phase: PhaseRecord): RankLine[] {
  const fsync = new Map<number, number>();
  for (const { rank, fsyncSeconds = 0 } of phase.workers) {
    fsync.set(rank, Math.max(fsync.get(rank) ?? 0, fsyncSeconds));
  }
  return [...checkpointMetrics(phase).shares].map(([rank, { seconds }]) => ({
    rank,
    seconds,
    fsyncSeconds: fsync.get(rank) ?? 0,
  }));
}
