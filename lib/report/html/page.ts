/**
 * `report.html`: a run on one page that needs nothing but itself. All that is
 * told is HTML; charts are drawn into its figures by a script that is part of
 * the page, from data that is part of the page.
 *
 *    verdict          the answer, four tiles, warnings
 *    now              the phase at hand; live pages alone
 *    split            where the time went, evidence for the limit
 *    time             charts over time
 *    distributions    cumulative curves, heat maps
 *    ranks            AU by rank and epoch, hosts
 *    checkpoints      durations, time lines
 *    endpoints        of object stores
 *    cpu              processor time by role
 *    run              command, settings, dataset, hosts, rules
 *    reading          every word that is not plain
 *
 * A policy in the page forbids every request and every script but its own, so
 * nothing leaves it and no text of others can act (W3C Content Security
 * Policy Level 3).
 */
import { createHash } from "node:crypto";
import {
  EMPTY_MARKUP,
  jsonElementText,
  type Markup,
  markup,
  rawElementText,
} from "../../bytes/markup.ts";
import type { RunSummary } from "../../metrics/summary.ts";
import type { SavedRun } from "../../results/results_reader.ts";
import { checkpointSection } from "./checkpoint_section.ts";
import { CLIENT_SCRIPT } from "./client_source.ts";
import { cpuSection } from "./cpu_section.ts";
import { distributionSection } from "./distribution_section.ts";
import { endpointSection } from "./endpoint_section.ts";
import type { LiveData } from "./live_data.ts";
import { nowChart } from "./now_data.ts";
import { nowSection } from "./now_section.ts";
import { overTime } from "./over_time.ts";
import type { PageOptions, PageRun } from "./page_run.ts";
import { rankSection } from "./rank_section.ts";
import { readingSection } from "./reading_section.ts";
import { runSection } from "./run_section.ts";
import { splitSection } from "./split_section.ts";
import { PAGE_STYLES } from "./styles.ts";
import { timeSection } from "./time_section.ts";
import { UPLOT_SCRIPT, UPLOT_STYLES } from "./uplot_source.ts";
import { verdictSection, verdictText } from "./verdict_section.ts";

/** Sections in the order of the page; those without content are left out. */
const SECTION_TITLES: Readonly<Record<string, string>> = {
  verdict: "Verdict",
  now: "Now",
  split: "Where the time went",
  time: "Over time",
  distributions: "Distributions",
  ranks: "Ranks and hosts",
  checkpoints: "Checkpoints",
  endpoints: "Endpoints",
  cpu: "Processors",
  run: "What was run",
  reading: "How to read this",
};

/**
 * Renders the page of a run.
 *
 * @param saved The run as a results folder holds it, or as it was measured.
 * @param summary Its figures.
 * @param options What else it shows.
 * @returns The text of the file.
 */
export function reportHtml(
  saved: SavedRun,
  summary: RunSummary,
  options: PageOptions = {},
): string {
  const run: PageRun = { ...saved, summary, ...options };
  const time = overTime(run);
  const distributions = distributionSection(run);
  const now = run.live === undefined ? null : nowChart([]);
  const sections: Readonly<Record<string, Markup>> = {
    verdict: verdictSection(run),
    now: now === null ? EMPTY_MARKUP : nowSection(now),
    split: splitSection(run),
    time: timeSection(time),
    distributions: distributions.html,
    ranks: rankSection(run),
    checkpoints: checkpointSection(run),
    endpoints: endpointSection(run),
    cpu: cpuSection(run),
    run: runSection(run),
    reading: readingSection(),
  };
  const { context, live } = run;
  return pageHtml({
    title: `${context.modelName}${
      context.label === "" ? "" : `, ${context.label}`
    }: ${live === undefined ? "Stoker report" : "Stoker, live"}`,
    sections,
    charts: [
      ...now === null ? [] : [now],
      ...time?.charts ?? [],
      ...distributions.charts,
    ],
    ...(live === undefined ? {} : { eventsPath: live.eventsPath }),
  });
}

/**
 * What moves on a live page when a phase is over.
 *
 * @param run The phases that are over.
 */
export function livePhases(run: PageRun): LiveData {
  return {
    answer: run.summary.verdict?.answer ?? "unknown",
    texts: { verdict: verdictText(run) },
    charts: overTime(run)?.charts ?? [],
  };
}

/** What a page is put together from; `compare` makes one too. */
export interface PageParts {
  readonly title: string;
  /** Section's id to its HTML, in order; empty ones are left out. */
  readonly sections: Readonly<Record<string, Markup>>;
  /** Of the links to sections; those above where there is none. */
  readonly titles?: Readonly<Record<string, string>>;
  /** The data of all `<figure data-chart>`. */
  readonly charts: readonly unknown[];
  /** Where a live page listens. */
  readonly eventsPath?: string;
}

/**
 * Puts a page together: head, policy, styles, sections, data, scripts.
 *
 * @param parts Its parts.
 * @returns The text of the file.
 */
export function pageHtml(parts: PageParts): string {
  const { title, sections, charts, eventsPath } = parts;
  const shown = Object.entries(sections)
    .filter(([, html]) => html.toString() !== "");
  const titles = { ...SECTION_TITLES, ...parts.titles };
  const events = eventsPath === undefined
    ? EMPTY_MARKUP
    : markup` data-events="${eventsPath}"`;
  return markup`<!doctype html>
<html lang="en"${events}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${
    policyText(eventsPath !== undefined)
  }">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${rawElementText(UPLOT_STYLES)}
${rawElementText(PAGE_STYLES)}</style></head>
<body>
<a class="skip" href="#verdict">To the verdict</a>
<header><h1>${title}</h1>
<fieldset><legend>Colours</legend>${
    ["auto", "light", "dark"].map((theme) =>
      markup`<label><input type="radio" name="theme" id="theme-${theme}" value="${theme}"${
        theme === "auto" ? markup` checked` : EMPTY_MARKUP
      }> ${theme}</label>`
    )
  }</fieldset></header>
<nav aria-label="Sections">${
    shown.map(([id]) => markup`<a href="#${id}">${titles[id] ?? id}</a> `)
  }</nav>
<main>
${shown.map(([, html]) => html)}</main>
<footer>Made by Stoker. Charts: uPlot, MIT licence. Nothing on this page was fetched from anywhere.</footer>
<script type="application/json" id="charts">${jsonElementText(charts)}</script>
<script>${rawElementText(UPLOT_SCRIPT)}</script>
<script>${rawElementText(CLIENT_SCRIPT)}</script>
</body></html>
`.toString();
}

/** Nothing is loaded; a live page may listen to the server it came from. */
function policyText(isLive: boolean): string {
  const hashes = [UPLOT_SCRIPT, CLIENT_SCRIPT].map((script) =>
    `'sha256-${createHash("sha256").update(script).digest("base64")}'`
  );
  return `default-src 'none'; style-src 'unsafe-inline'; ` +
    `script-src ${hashes.join(" ")}; base-uri 'none'; form-action 'none'` +
    (isLive ? "; connect-src 'self'" : "");
}
