/**
 * The first screen: the answer in words, four tiles, and the warnings, each
 * with what to do.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import type { KindSummary } from "../../metrics/kind_summary.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { measuredKinds } from "../../metrics/summary.ts";
import type { Trust, Verdict } from "../../metrics/verdict/verdict.ts";
import { termHtml } from "./glossary.ts";
import type { PageRun } from "./page_run.ts";
import { NOT_KNOWN, threeDigits } from "./quantity_html.ts";

/** The answer, with a sign for those who do not tell colours apart. */
const ANSWERS: Readonly<
  Record<Verdict["answer"], { readonly glyph: string; readonly word: string }>
> = {
  yes: { glyph: "✔", word: "Yes." },
  no: { glyph: "✘", word: "No." },
  unknown: { glyph: "?", word: "Cannot be said." },
};

const TRUSTS: Readonly<
  Record<Trust, { readonly glyph: string; readonly word: string }>
> = {
  sound: { glyph: "✔", word: "sound" },
  doubtful: { glyph: "!", word: "doubtful" },
  void: { glyph: "✘", word: "void" },
};

/** A number of the first screen. */
interface Tile {
  /** Name of its place for a live page. */
  readonly name: "au" | "throughput" | "latency" | "trust";
  readonly head: string | Markup;
  readonly value: string;
  readonly unit: string;
  /** The exact value. */
  readonly title: string;
  readonly note: string;
}

/** The section. */
export function verdictSection(run: PageRun): Markup {
  const { summary } = run;
  const { verdict } = summary;
  const { answer, text } = verdict ?? NOTHING_TO_JUDGE;
  const { glyph } = ANSWERS[answer];
  const isLive = run.live !== undefined;
  return markup`<section id="verdict" aria-labelledby="verdict-h" class="answer-${answer}">
<h2 id="verdict-h" class="hidden">Verdict</h2>
<p class="answer"><span class="glyph" aria-hidden="true">${glyph}</span> <strong data-live="answer">${
    headline(run, answer)
  }</strong>${isLive ? markup` <em>so far</em>` : EMPTY_MARKUP}</p>
<p class="verdict" data-live="verdict">${withoutAnswer(text)}</p>
${
    isLive
      ? markup`<p class="progress" data-live="progress" role="status"></p>
`
      : EMPTY_MARKUP
  }${incompleteHtml(run)}<div class="tiles">
${tilesOf(run).map(tileHtml)}</div>
${reasonsHtml(verdict)}${warningsHtml(summary.warnings)}</section>
`;
}

/** What is said of a run that only generated or verified. */
const NOTHING_TO_JUDGE = {
  answer: "unknown",
  text: "This run has no training, no evaluation and no checkpoint.",
} as const satisfies Pick<Verdict, "answer" | "text">;

/** The answer in large letters: checkpoints alone have no goal. */
function headline(run: PageRun, answer: Verdict["answer"]): string {
  const kinds = measuredKinds(run.summary);
  const hasGoal = kinds.some(({ steps }) => steps !== null);
  return hasGoal || kinds.length === 0 ? ANSWERS[answer].word : "No goal.";
}

/** The sentences without the answer that some begin with. */
function withoutAnswer(text: string): string {
  const rest = text.replace(/^(Yes|No|Cannot be said)[.:] */, "");
  return rest.slice(0, 1).toUpperCase() + rest.slice(1);
}

function incompleteHtml({ record, live }: PageRun): Markup {
  if (record.complete || live !== undefined) return EMPTY_MARKUP;
  return markup`<p class="incomplete"><span aria-hidden="true">! </span><strong>Incomplete.</strong> The run ended early${
    record.failure === null ? "" : `: ${record.failure}`
  }. The figures are of the part that was measured.</p>
`;
}

function tilesOf(run: PageRun): Tile[] {
  const kinds = measuredKinds(run.summary);
  const steps = kinds.find((kind) => kind.steps !== null) ?? null;
  const main = steps ?? kinds[0];
  // Generating and verifying have no figures of the storage.
  if (main === undefined) return run.live === undefined ? [] : TILES_TO_COME;
  return [
    steps === null ? durationTile(main) : auTile(run, steps),
    throughputTile(main),
    latencyTile(main),
    trustTile(run.summary.verdict, main),
  ];
}

function auTile({ context }: PageRun, { steps, kind }: KindSummary): Tile {
  const au = steps?.auPercent.mean ?? null;
  const sustained = steps?.sustainedAuPercent.mean ?? null;
  const goal = 100 * context.auGoal;
  const mark = (value: number | null) =>
    value !== null && value >= goal ? "✔" : "✘";
  return {
    name: "au",
    head: termHtml("au", `AU, ${PHASE_KINDS[kind].title.toLowerCase()}`),
    value: threeDigits(au),
    unit: "%",
    title: String(au ?? "not known"),
    note: `goal ${threeDigits(goal)} %: AU ${mark(au)}, sustained ` +
      `${threeDigits(sustained)} % ${mark(sustained)}`,
  };
}

/** Of a live page that was loaded before a phase was over. */
const TILES_TO_COME: Tile[] = ([
  { name: "au", head: "AU", unit: "%" },
  { name: "throughput", head: "Bytes moved", unit: "MiB/s" },
  { name: "latency", head: "Latency, p99", unit: "ms" },
] as const).map((tile) => ({
  ...tile,
  value: NOT_KNOWN,
  title: "not known yet",
  note: "",
}));

/** Of runs that only save and load checkpoints. */
function durationTile(kind: KindSummary): Tile {
  const seconds = kind.checkpoints?.durationSeconds.mean ?? null;
  return {
    name: "au",
    head: `${PHASE_KINDS[kind.kind].title}, duration`,
    value: threeDigits(seconds),
    unit: "s",
    title: String(seconds ?? "not known"),
    note: `mean of ${kind.phaseCount}; of the slowest rank`,
  };
}

function throughputTile(kind: KindSummary): Tile {
  const isWrite = PHASE_KINDS[kind.kind].direction === "write";
  const head = isWrite
    ? termHtml("moved", "Really written")
    : termHtml("moved", "Really read");
  const mib = kind.mibPerSecond.mean ?? null;
  const samples = kind.steps?.samplesPerSecond.mean ?? null;
  const gib = kind.checkpoints?.gibPerSecond.mean ?? null;
  return {
    name: "throughput",
    head,
    value: threeDigits(mib),
    unit: "MiB/s",
    title: String(mib ?? "not known"),
    note: kind.checkpoints
      ? `${threeDigits(gib)} GiB/s by the slowest rank’s time`
      : `${threeDigits(samples)} samples/s`,
  };
}

function latencyTile(kind: KindSummary): Tile {
  const isWrite = PHASE_KINDS[kind.kind].direction === "write";
  const latency = isWrite ? kind.writeLatencyUs : kind.readLatencyUs;
  const ms = (us: number | undefined) =>
    us === undefined ? NOT_KNOWN : threeDigits(us / 1000);
  return {
    name: "latency",
    head: termHtml("percentile", `${isWrite ? "Write" : "Read"} latency, p99`),
    value: ms(latency?.p99),
    unit: "ms",
    title: latency === null ? "not known" : `${latency.p99} µs`,
    note: `p50 ${ms(latency?.p50)} ms, greatest ${ms(latency?.max)} ms`,
  };
}

function trustTile(verdict: Verdict | null, kind: KindSummary): Tile {
  const { glyph, word } = TRUSTS[verdict?.trust ?? "doubtful"];
  const hits = kind.cache.hitFraction ?? null;
  const overrun = kind.steps?.overrunPercent ?? null;
  const isSettled = kind.steps?.settling.isSettled ?? null;
  const notes = [
    hits === null
      ? "from the device: not known"
      : `from the device ${threeDigits(100 * (1 - hits))} %`,
    ...(overrun === null ? [] : [`overrun ${threeDigits(overrun)} %`]),
    ...(isSettled === null ? [] : [isSettled ? "settled" : "not settled"]),
  ];
  return {
    name: "trust",
    head: termHtml("trust", "Trust"),
    value: verdict === null ? NOT_KNOWN : `${glyph} ${word}`,
    unit: "",
    title: verdict?.trust ?? "not judged",
    note: notes.join("; "),
  };
}

function tileHtml({ name, head, value, unit, title, note }: Tile): Markup {
  return markup`<div class="tile"><h3>${head}</h3>
<p class="big" title="${title}"><span data-live="${name}">${value}</span>${
    unit === "" ? EMPTY_MARKUP : markup` <span class="unit">${unit}</span>`
  }</p>
<p class="note" data-live="${name}-note">${note}</p></div>
`;
}

function reasonsHtml(verdict: Verdict | null): Markup {
  const reasons = verdict?.trustReasons ?? [];
  if (verdict === null || reasons.length === 0) return EMPTY_MARKUP;
  return markup`<h3>Why the figures are ${TRUSTS[verdict.trust].word}</h3>
<ul>${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>
`;
}

function warningsHtml(warnings: readonly string[]): Markup {
  if (warnings.length === 0) {
    return markup`<p>No warnings.</p>
`;
  }
  return markup`<h3>${warnings.length} warning${
    warnings.length === 1 ? "" : "s"
  }</h3>
<ul class="warnings">${
    warnings.map((text) =>
      markup`<li><span class="mark" aria-hidden="true">!</span> ${text}</li>
`
    )
  }</ul>
`;
}
