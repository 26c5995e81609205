/**
 * Ranks and hosts: AU of each rank in each epoch, the slowest first; what
 * each host and its processes did.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { phaseUtilization } from "../../metrics/utilization.ts";
import type { RankUtilization } from "../../metrics/utilization.ts";
import { termHtml } from "./glossary.ts";
import { inTime, type PageRun } from "./page_run.ts";
import { bytesHtml, mibPerSecond, threeDigits } from "./quantity_html.ts";
import { type Cell, tableHtml } from "./table_html.ts";
import { threadLines } from "./thread_lines.ts";

/** Ranks that have a row of their own. */
const MAX_RANKS = 64;
/** Phases that have a column of their own. */
const MAX_PHASES = 24;

/** A rank over all phases with steps. */
interface RankRow {
  readonly rank: number;
  readonly host: string;
  /** AU of each phase, percent. */
  readonly au: (number | null)[];
  loadSeconds: number;
  doneSeconds: number;
}

/** The section; nothing for a run without ranks. */
export function rankSection(run: PageRun): Markup {
  const phases = inTime(run.record.phases)
    .filter(({ kind, ranks }) =>
      PHASE_KINDS[kind].hasSteps && ranks.length > 0
    );
  const hosts = hostTable(run);
  if (phases.length === 0 && hosts === EMPTY_MARKUP) return EMPTY_MARKUP;
  return markup`<section id="ranks" aria-labelledby="ranks-h">
<h2 id="ranks-h">Ranks and hosts</h2>
${phases.length === 0 ? EMPTY_MARKUP : rankTable(run, phases)}${
    threadLines(phases)
  }${hosts}</section>
`;
}

function rankTable(run: PageRun, phases: readonly PhaseRecord[]): Markup {
  const rows = rankRows(run, phases);
  rows.sort((a, b) => meanOf(a.au) - meanOf(b.au) || a.rank - b.rank);
  const shown = rows.slice(0, MAX_RANKS);
  const each = Math.ceil(phases.length / MAX_PHASES);
  const groups: { readonly from: number; readonly to: number }[] = [];
  for (let from = 0; from < phases.length; from += each) {
    groups.push({ from, to: Math.min(phases.length, from + each) });
  }
  return markup`<p>One cell for each ${termHtml("rank")} and ${
    each === 1 ? "epoch" : `stretch of ${each} epochs`
  }: its ${termHtml("au")} in %, the slowest rank first. ${
    rows.length > shown.length
      ? `${shown.length} of ${rows.length} ranks are shown; the fastest has ${
        threeDigits(meanOf(rows.at(-1)?.au ?? []))
      } %.`
      : ""
  }</p>
${
    tableHtml({
      name: "ranks",
      caption: "AU by rank and epoch, slowest rank first",
      columns: [
        { head: "rank" },
        { head: "host", isText: true },
        { head: "AU", unit: "%" },
        { head: "load", unit: "% of time" },
        ...groups.map(({ from, to }) => ({
          head: groupName(phases, from, to),
        })),
      ],
      rows: shown.map((row): Cell[] => [
        markup`${row.rank}`,
        row.host,
        meanOf(row.au),
        row.doneSeconds > 0 ? 100 * row.loadSeconds / row.doneSeconds : null,
        ...groups.map(({ from, to }) => auCell(row.au.slice(from, to))),
      ]),
    })
  }`;
}

/** "epoch 3", "eval 3", "epoch 3 to eval 9". */
function groupName(
  phases: readonly PhaseRecord[],
  from: number,
  to: number,
): string {
  const name = (index: number) => {
    const phase = phases[index]!;
    return `${PHASE_KINDS[phase.kind].verb} ${phase.epoch}`;
  };
  return to - from === 1 ? name(from) : `${name(from)} to ${name(to - 1)}`;
}

function auCell(values: readonly (number | null)[]): Markup {
  const au = meanOf(values);
  if (!Number.isFinite(au)) return markup`n/a`;
  // Nine shades; the number says the same.
  const shade = Math.max(0, Math.min(8, Math.floor(au / 11.2)));
  return markup`<span class="cell a${shade}" title="${au}">${
    threeDigits(au)
  }</span>`;
}

function rankRows(
  { context }: PageRun,
  phases: readonly PhaseRecord[],
): RankRow[] {
  const rows = new Map<number, RankRow>();
  phases.forEach((phase, index) => {
    const { ranks } = phaseUtilization(phase, context);
    ranks.forEach((rank, place) => {
      const row = rows.get(rank.rank) ?? newRow(rank, phases.length);
      rows.set(rank.rank, row);
      row.au[index] = rank.au ?? rank.sustainedAu;
      row.loadSeconds += rank.loadSeconds;
      row.doneSeconds += phase.ranks[place]?.doneSeconds ?? 0;
    });
  });
  return [...rows.values()];
}

function newRow({ rank, host }: RankUtilization, phases: number): RankRow {
  return {
    rank,
    host,
    au: Array.from({ length: phases }, () => null),
    loadSeconds: 0,
    doneSeconds: 0,
  };
}

/** Mean of what is known; NaN if nothing is. */
function meanOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** A row for each host, the slowest first. */
function hostTable({ record }: PageRun): Markup {
  const rows = record.hosts.map((host) => {
    let bytes = 0;
    let seconds = 0;
    let deviceBytes: number | null = 0;
    let cpuSeconds: number | null = 0;
    const ranks = new Set<number>();
    for (const phase of record.phases) {
      seconds += phase.durationSeconds;
      for (const worker of phase.workers) {
        if (worker.host === host.hostname) bytes += worker.bytes;
      }
      for (const rank of phase.ranks) {
        if (rank.host === host.hostname) ranks.add(rank.rank);
      }
      for (const part of phase.hosts) {
        if (part.host !== host.hostname) continue;
        deviceBytes = plus(deviceBytes, part.device.bytes);
        cpuSeconds = plus(
          cpuSeconds,
          plus(part.cpu.userSeconds, part.cpu.systemSeconds),
        );
      }
    }
    const rate = mibPerSecond(bytes, seconds);
    return {
      rate,
      cells: [
        host.hostname,
        markup`${host.cpuCount}`,
        bytesHtml(host.memoryBytes),
        markup`${ranks.size}`,
        rate,
        cpuSeconds === null || seconds === 0
          ? null
          : 100 * cpuSeconds / seconds / Math.max(1, host.cpuCount),
        bytesHtml(deviceBytes),
      ] satisfies Cell[],
    };
  });
  if (rows.length === 0) return EMPTY_MARKUP;
  rows.sort((a, b) => (a.rate ?? 0) - (b.rate ?? 0));
  return tableHtml({
    caption: "Hosts, the slowest first: all phases together",
    columns: [
      { head: "host", isText: true },
      { head: "cores" },
      { head: "memory" },
      { head: "accelerators" },
      { head: "moved", unit: "MiB/s" },
      { head: "Stoker’s CPU", unit: "% of all cores" },
      { head: "device" },
    ],
    rows: rows.map(({ cells }) => cells),
  });
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
