/**
 * Where the time went: stacked bars of the accelerators' time, and the
 * evidence for the limit.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord, RankRecord } from "../../metrics/run_record.ts";
import { type StepTotals, stepTotals } from "../../metrics/time_split.ts";
import { type TimeSplit, timeSplit } from "../../metrics/time_split.ts";
import type {
  Evidence,
  LimitKind,
  Verdict,
} from "../../metrics/verdict/verdict.ts";
import { type Term, termHtml } from "./glossary.ts";
import { inTime, type PageRun, phaseName } from "./page_run.ts";
import { threeDigits } from "./quantity_html.ts";
import { type Cell, tableHtml } from "./table_html.ts";

/** More ranks than this are shown by their quantiles. */
const MAX_RANK_ROWS = 16;
/** More phases than this are folded away. */
const MAX_OPEN_PHASES = 12;

/** Parts of the time; the letter stands in the bar beside the colour. */
const PARTS = [
  { part: "compute", letter: "C" },
  { part: "load", letter: "L" },
  { part: "barrier", letter: "B" },
  { part: "overrun", letter: "O" },
  { part: "other", letter: "·" },
] as const satisfies readonly {
  part: keyof TimeSplit & Term;
  letter: string;
}[];

/** What a limit is called. */
const LIMIT_WORDS: Readonly<Record<LimitKind, string>> = {
  storage: "storage",
  client_cpu: "client CPU",
  network: "network",
  page_cache: "page cache",
  barrier: "barrier",
  none: "no limit",
  unknown: "not known",
};

/** Phases that have the times of one rank. */
interface RankTotals {
  readonly rank: number;
  readonly host: string;
  readonly totals: StepTotals;
}

/** The section; nothing for a run without steps and without a verdict. */
export function splitSection({ record, summary }: PageRun): Markup {
  const phases = inTime(record.phases)
    .filter(({ kind, ranks }) =>
      PHASE_KINDS[kind].hasSteps && ranks.length > 0
    );
  const { verdict } = summary;
  if (phases.length === 0 && verdict === null) return EMPTY_MARKUP;
  return markup`<section id="split" aria-labelledby="split-h">
<h2 id="split-h">Where the time went</h2>
${phases.length === 0 ? EMPTY_MARKUP : splitHtml(phases)}${
    verdict === null ? EMPTY_MARKUP : evidenceHtml(verdict)
  }</section>
`;
}

function splitHtml(phases: readonly PhaseRecord[]): Markup {
  // Millions of steps are added up once, by phase and rank.
  const byPhase = phases.map((phase) => ({
    phase,
    ranks: phase.ranks.map((rank) => rankTotals(phase, rank)),
  }));
  const phaseRows = byPhase.map(({ phase, ranks }) =>
    barRow(phaseName(phase), addTotals(ranks.map(({ totals }) => totals)))
  );
  const phaseTable = barTable("Time of all accelerators, by phase", phaseRows);
  return markup`<p>${
    PARTS.map(({ part, letter }) =>
      markup`<span class="key"><i class="p-${part}">${letter}</i>${
        termHtml(part)
      }</span> `
    )
  }</p>
${
    phaseRows.length <= MAX_OPEN_PHASES
      ? phaseTable
      : markup`${
        barTable("Time of all accelerators, all phases together", [
          barRow(
            "All phases",
            addTotals(
              byPhase.flatMap(({ ranks }) => ranks.map(({ totals }) => totals)),
            ),
          ),
        ])
      }<details><summary>${phaseRows.length} phases</summary>
${phaseTable}</details>
`
  }${ranksHtml(byPhase.flatMap(({ ranks }) => ranks))}`;
}

function rankTotals(phase: PhaseRecord, rank: RankRecord): RankTotals {
  return {
    rank: rank.rank,
    host: rank.host,
    totals: stepTotals([{ ...phase, ranks: [rank] }]),
  };
}

function addTotals(all: readonly StepTotals[]): StepTotals {
  const sum = (valueOf: (totals: StepTotals) => number) =>
    all.reduce((total, one) => total + valueOf(one), 0);
  return {
    askedSeconds: sum((t) => t.askedSeconds),
    loadSeconds: sum((t) => t.loadSeconds),
    barrierSeconds: sum((t) => t.barrierSeconds),
    overrunSeconds: sum((t) => t.overrunSeconds),
    otherSeconds: sum((t) => t.otherSeconds),
    worst: null,
  };
}

/** A row for each rank, or for quantiles of them by load. */
function ranksHtml(all: readonly RankTotals[]): Markup {
  const byRank = Map.groupBy(all, ({ rank }) => rank);
  if (byRank.size < 2) return EMPTY_MARKUP;
  const ranks = [...byRank].map(([rank, parts]) => ({
    rank,
    totals: addTotals(parts.map(({ totals }) => totals)),
  }));
  const loadOf = ({ totals }: { readonly totals: StepTotals }) =>
    timeSplit(totals)?.load ?? 0;
  ranks.sort((a, b) => loadOf(b) - loadOf(a) || a.rank - b.rank);
  if (ranks.length <= MAX_RANK_ROWS) {
    return barTable(
      "Time of each rank, the one that waited longest first",
      ranks.map(({ rank, totals }) => barRow(`Rank ${rank}`, totals)),
    );
  }
  const quantiles = [
    ["waited longest", 0],
    ["10 % waited longer", 0.1],
    ["half waited longer", 0.5],
    ["90 % waited longer", 0.9],
    ["waited least", 1],
  ] as const;
  return barTable(
    `Time of ranks: five of ${ranks.length}, by how long they waited for batches`,
    quantiles.map(([words, fraction]) => {
      const { rank, totals } =
        ranks[Math.round(fraction * (ranks.length - 1))]!;
      return barRow(`Rank ${rank}: ${words}`, totals);
    }),
  );
}

function barRow(name: string, totals: StepTotals): Cell[] {
  const split = timeSplit(totals);
  if (split === null) return [name, "", ...PARTS.map(() => null)];
  const text = PARTS.map(({ part }) =>
    `${part} ${threeDigits(100 * split[part])} %`
  ).join(", ");
  const bar = markup`<span class="bar" role="img" aria-label="${text}">${
    PARTS.map(({ part, letter }) => {
      const percent = 100 * split[part];
      return percent < 0.05
        ? EMPTY_MARKUP
        : markup`<i class="p-${part}" style="width:${percent.toFixed(2)}%">${
          percent < 4 ? "" : letter
        }</i>`;
    })
  }</span>`;
  return [name, bar, ...PARTS.map(({ part }) => 100 * split[part])];
}

function barTable(caption: string, rows: readonly Cell[][]): Markup {
  return tableHtml({
    caption,
    columns: [
      { head: "of", isText: true },
      { head: "parts of its time", isText: true },
      ...PARTS.map(({ part }) => ({ head: part, unit: "%" })),
    ],
    rows,
  });
}

function evidenceHtml(verdict: Verdict): Markup {
  const { limit, confidence, evidence } = verdict;
  return markup`<h3>What was the ${termHtml("limit")}: ${
    LIMIT_WORDS[limit]
  }</h3>
${
    confidence > 0
      ? markup`<p>Confidence ${threeDigits(100 * confidence)} %.</p>
`
      : EMPTY_MARKUP
  }${
    tableHtml({
      caption: "The evidence for the limit",
      columns: [
        { head: "signal", isText: true },
        { head: "value", isText: true },
        { head: "speaks for", isText: true },
        { head: "how to read it", isText: true },
      ],
      rows: evidence.map(evidenceRow),
    })
  }`;
}

function evidenceRow({ signal, value, saysFor, note }: Evidence): Cell[] {
  return [signal, value, saysFor === null ? "–" : LIMIT_WORDS[saysFor], note];
}
