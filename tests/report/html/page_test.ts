/** Tests of lib/report/html/page.ts and of the sections that it is made of. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { summarize } from "../../../lib/metrics/summary.ts";
import type { RunRecord } from "../../../lib/metrics/run_record.ts";
import { reportHtml } from "../../../lib/report/html/page.ts";
import type { PageOptions } from "../../../lib/report/html/page_run.ts";
import type { ChartData } from "../../../lib/report/html/chart_data.ts";
import type { ResultContext } from "../../../lib/results/result_context.ts";
import { readResults } from "../../../lib/results/results_reader.ts";
import { CONTEXT, sampleRun } from "../../metrics/sample_run.ts";
import { GOLDEN_RUNS } from "../../results/golden_runs.ts";
import { longRun } from "./long_run.ts";

function pageOf(
  record: RunRecord,
  context: ResultContext = CONTEXT,
  options: PageOptions = {},
): string {
  const summary = summarize(record, context);
  return reportHtml({ record, context }, summary, options);
}

/** What stands in the page for people: no styles, no scripts, no data. */
function bodyOf(page: string): string {
  return page.replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, "");
}

function chartsOf(page: string): ChartData[] {
  const json = /<script type="application\/json" id="charts">(.*?)<\/script>/s
    .exec(page)?.[1];
  return JSON.parse(json ?? "");
}

/** Elements that have no end tag. */
const VOID_ELEMENTS = ["meta", "input", "rect", "path", "br"];

/** Tags that do not close in the order in which they were opened. */
function tagProblems(html: string): string[] {
  const open: string[] = [];
  const problems: string[] = [];
  for (const [, slash, name = ""] of html.matchAll(/<(\/?)([a-z]\w*)[^>]*>/g)) {
    if (VOID_ELEMENTS.includes(name)) continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) problems.push(`</${name}>`);
  }
  return [...problems, ...open];
}

for (const [name, record] of GOLDEN_RUNS) {
  Deno.test(`reportHtml() of the run "${name}" is well-formed, with every table captioned and every figure holding its data`, () => {
    const page = pageOf(record);
    const body = bodyOf(page);
    assertEquals(tagProblems(body), []);
    const count = (pattern: RegExp) => [...body.matchAll(pattern)].length;
    assertEquals(count(/<table>/g), count(/<table><caption><span>[^<]/g));
    assertEquals(
      count(/<figure data-chart=/g),
      count(
        /<figure data-chart="[\w-]+"><figcaption>[^<]+<\/figcaption>\n<details>/g,
      ),
    );
    assertEquals(count(/<th(?! scope=)[ >]/g), 0, "a head without a scope");
    assertEquals(/\b(NaN|undefined|Infinity|\[object)\b/.exec(body), null);
    // Every word leads to its meaning, every link into the page.
    for (const [, id = ""] of body.matchAll(/href="#([^"]+)"/g)) {
      assertStringIncludes(body, `id="${id}"`);
    }
    const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assertEquals(new Set(ids).size, ids.length, "an id twice");
    for (const { id, x, lines } of chartsOf(page)) {
      assertStringIncludes(body, `data-chart="${id}"`);
      for (const { values } of lines) assertEquals(values.length, x.length);
    }
  });
}

Deno.test("reportHtml() has the sections of a run in the order of its reader's questions", () => {
  const titles = (name: string) =>
    [
      ...bodyOf(pageOf(GOLDEN_RUNS.get(name)!)).matchAll(
        /<h2[^>]*>(.*?)<\/h2>/g,
      ),
    ]
      .map(([, title]) => title);
  assertEquals(titles("every_kind"), [
    "Verdict",
    "Where the time went",
    "Over time",
    "Distributions",
    "Ranks and hosts",
    "Checkpoints",
    "Endpoints",
    "Processors",
    "What was run",
    "How to read this",
  ]);
  assert(!titles("sample").includes("Endpoints"));
});

Deno.test("reportHtml() answers first, with four tiles; none where nothing was measured", () => {
  for (
    const [name, tiles] of [["sample", 4], ["checkpoints", 4], [
      "no_phases",
      0,
    ]] as const
  ) {
    const body = bodyOf(pageOf(GOLDEN_RUNS.get(name)!));
    assertEquals([...body.matchAll(/<div class="tile">/g)].length, tiles, name);
    assert(body.indexOf('class="answer"') < body.indexOf("</section>"));
  }
});

Deno.test("reportHtml() shows three digits with the exact value one hover away", () => {
  const body = bodyOf(pageOf(sampleRun()));
  const cells = [
    ...body.matchAll(/<td class="n" title="(\d+\.\d{5,})">([\d.,]+)</g),
  ];
  assert(cells.length > 0);
  for (const [, exact = "", shown = ""] of cells) {
    assertEquals(Number(shown), Number(Number(exact).toPrecision(3)));
  }
});

Deno.test("reportHtml() says that a run is not complete, and why", () => {
  const body = bodyOf(pageOf(GOLDEN_RUNS.get("cut_short")!));
  assertStringIncludes(body, "<strong>Incomplete.</strong>");
  assertStringIncludes(body, "Interrupted by SIGINT");
});

Deno.test("reportHtml() forbids every request and every script but its own two", () => {
  const page = pageOf(sampleRun());
  assertStringIncludes(page, "default-src &#39;none&#39;");
  assertEquals([...page.matchAll(/<script/g)].length, 3);
  assertEquals(/(src|href)="(?!#)/.exec(bodyOf(page)), null);
  assert(!page.includes("connect-src"));
});

Deno.test("reportHtml() turns no text of others into a tag", () => {
  const hostile =
    `"><script>alert(1)</script><img src=x onerror='x'>&\u001b[2J`;
  const [phase] = GOLDEN_RUNS.get("every_kind")!.phases.filter((
    { endpoints },
  ) => endpoints !== undefined);
  const run = sampleRun();
  const record: RunRecord = {
    ...run,
    failure: hostile,
    complete: false,
    warnings: [hostile],
    hosts: run.hosts.map((host) => ({
      ...host,
      hostname: hostile,
      cpuModel: hostile,
      osRelease: hostile,
    })),
    phases: [
      ...run.phases.map((each) => ({
        ...each,
        ranks: each.ranks.map((rank) => ({ ...rank, host: hostile })),
      })),
      {
        ...phase!,
        endpoints: phase!.endpoints!.map((one) => ({
          ...one,
          address: hostile,
        })),
      },
    ],
  };
  const context: ResultContext = {
    ...CONTEXT,
    label: hostile,
    modelName: hostile,
    commandLine: ["run", hostile],
    versions: { [hostile]: hostile },
    settings: { [hostile]: { value: hostile, origin: hostile } },
  };
  const page = pageOf(record, context, {
    live: { eventsPath: hostile },
    rules: {
      edition: hostile,
      verdict: hostile,
      findings: [{
        severity: hostile,
        rule: hostile,
        title: hostile,
        have: hostile,
        need: hostile,
        mend: hostile,
      }],
    },
  });
  assertEquals([...page.matchAll(/<script/g)].length, 3);
  assert(!page.includes("<img"));
  assert(!page.includes("onerror='x'"));
  assert(!page.includes("\u001b"));
  assertEquals(tagProblems(bodyOf(page)), []);
});

Deno.test("reportHtml() of a live run names where it listens, and may", () => {
  const page = pageOf(sampleRun(), CONTEXT, {
    live: { eventsPath: "/events?token=abc" },
  });
  assertStringIncludes(page, 'data-events="/events?token=abc"');
  assertStringIncludes(page, "connect-src &#39;self&#39;");
  assertStringIncludes(page, "<em>so far</em>");
  for (const name of ["answer", "progress", "au", "latency-note"]) {
    assertStringIncludes(page, `data-live="${name}"`);
  }
});

Deno.test("reportHtml() of a million steps on 8 ranks is below 3 MB, no line has more than 2,000 points, and the one slow step is there", () => {
  const { record, slowMs } = longRun({ steps: 1_000_000, ranks: 8 });
  const page = pageOf(record);
  assert(page.length < 3_000_000, String(page.length));
  const charts = chartsOf(page);
  for (const { x } of charts) assert(x.length <= 2000);
  const load = charts.find(({ id }) => id === "load");
  const greatest = Math.max(
    ...(load?.lines[0]?.high ?? []).map((value) => value ?? 0),
  );
  assertEquals(greatest, slowMs);
});

for (const name of ["finished", "crashed"]) {
  Deno.test(`reportHtml() makes a page of a ${name} results folder of version 1`, async () => {
    const folder = new URL(`../../results/version_1/${name}`, import.meta.url);
    const saved = await readResults(folder.pathname);
    const { record, context } = saved;
    const page = reportHtml(saved, summarize(record, context));
    assertEquals(tagProblems(bodyOf(page)), []);
    assertStringIncludes(page, context.modelName);
  });
}
