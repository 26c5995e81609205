import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compareRuns } from "../../../lib/compare/comparison.ts";
import { comparisonHtml } from "../../../lib/report/compare/comparison_html.ts";
import { comparedRun, epochOf } from "../../compare/compared_runs.ts";
import { histogramOf } from "../../metrics/sample_run.ts";

/** An epoch with latencies of reads, in milliseconds. */
function readingEpoch(stepSeconds: number, readMs: readonly number[]) {
  return { ...epochOf(stepSeconds), latencies: { read: histogramOf(readMs) } };
}

function page(label = "after"): string {
  return comparisonHtml(compareRuns([
    comparedRun({
      folder: "r/a",
      phases: [readingEpoch(1, [1, 2]), readingEpoch(1.01, [1, 2])],
    }),
    comparedRun({
      folder: "r/b",
      context: { label },
      phases: [readingEpoch(0.5, [4, 8]), readingEpoch(0.51, [4, 8])],
    }),
  ]));
}

/** The data of the charts. */
function chartsOf(html: string): {
  id: string;
  x: number[];
  lines: { name: string; values: number[] }[];
}[] {
  const text = /<script type="application\/json" id="charts">(.*?)<\/script>/
    .exec(html)?.[1];
  return JSON.parse(text ?? "null");
}

Deno.test("comparisonHtml() says the verdict before everything else", () => {
  const html = page();
  const verdict = html.indexOf("Training: B is faster than A by 9");
  assert(verdict > 0 && verdict < html.indexOf('<section id="runs"'));
  assertStringIncludes(html, "of the run");
  assertStringIncludes(html, "significant at 95 %");
});

Deno.test("comparisonHtml() lays load times and latencies of the groups over each other", () => {
  const html = page();
  const charts = chartsOf(html);
  assertEquals(charts.map(({ lines }) => lines.map(({ name }) => name)), [
    ["A", "B"],
    ["A", "B"],
  ]);
  for (const { id, x, lines } of charts) {
    assertStringIncludes(html, `data-chart="${id}"`);
    for (const { values } of lines) assertEquals(values.length, x.length);
  }
  assertStringIncludes(html, "Training: load per step");
  // Reads of A are done where those of B begin.
  const [a, b] = charts[1]!.lines;
  const at = charts[1]!.x.findIndex((ms) => ms > 3);
  assertEquals([a!.values[at], b!.values[at]], [100, 0]);
});

Deno.test("comparisonHtml() shows texts of others as text, and asks nobody for anything", () => {
  const html = page("<script>alert(1)</script>");
  assertEquals(html.includes("<script>alert"), false);
  assertEquals(/(src|href)="(?!#)/.test(html), false);
  assertStringIncludes(html, "default-src &#39;none&#39;");
});
