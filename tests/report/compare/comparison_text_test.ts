import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compareRuns } from "../../../lib/compare/comparison.ts";
import { comparisonJson } from "../../../lib/report/compare/comparison_json.ts";
import {
  changeText,
  comparisonText,
} from "../../../lib/report/compare/comparison_text.ts";
import { comparedRun, type RunFacts } from "../../compare/compared_runs.ts";

function textOf(first: RunFacts, second: RunFacts): string {
  return comparisonText(compareRuns([comparedRun(first), comparedRun(second)]));
}

Deno.test("comparisonText() says by how much a run is faster, and how sure that is", () => {
  const text = textOf(
    { folder: "r/buffered", stepSeconds: [1, 1.01, 0.99] },
    {
      folder: "r/direct",
      stepSeconds: [0.5, 0.505, 0.495],
      settings: { "reader.odirect": true },
    },
  );
  assertMatch(text, /^A: unet3d, 2 accelerators, comparability class 0d3a/);
  assertMatch(
    text,
    /reader\.odirect +false \(default\) +true \(\+\+workload\.reader/,
  );
  assertMatch(text, /\* +throughput, all steps .* \+100\.0 % .* significant/);
  assertMatch(
    text,
    /Verdict: Training: B is faster than A by 100 % \(95 % interval \d+…\d+ %; 3 epochs of one run each\)/,
  );
});

Deno.test("comparisonText() says that a run does not differ from itself", () => {
  const text = textOf({}, {});
  assertStringIncludes(text, "All settings are the same.");
  assertMatch(text, /Verdict: Training: no significant difference between A/);
  assertStringIncludes(text, "given twice: it is compared with itself");
});

Deno.test("comparisonText() says what a single epoch cannot tell", () => {
  assertMatch(
    textOf({ stepSeconds: [1] }, { stepSeconds: [2] }),
    /B has 50\.0 % of the throughput of A; whether that is chance cannot be/,
  );
});

Deno.test("comparisonText() marks what is not comparable", () => {
  assertMatch(
    textOf({}, { context: { batchSize: 9 } }),
    /NOT COMPARABLE: the batch size must be the same: it is 7\/7 and 9\/7/,
  );
});

Deno.test("changeText() gives percent, points, and large ratios as such", () => {
  const ratio = { metric: { scale: "ratio" } } as never;
  const points = { metric: { scale: "difference" } } as never;
  assertEquals(changeText(ratio, 1.123), "+12.3 %");
  assertEquals(changeText(ratio, 0.5), "−50.0 %");
  assertEquals(changeText(ratio, 25.4), "×25");
  assertEquals(changeText(points, -0.42), "−0.4 points");
});

Deno.test("comparisonJson() has groups, settings, figures and verdicts as plain data", () => {
  const json = JSON.parse(JSON.stringify(comparisonJson(compareRuns([
    comparedRun({ folder: "r/a" }),
    comparedRun({ folder: "r/b", settings: { "reader.odirect": true } }),
  ]))));
  assertEquals(json.groups[1].runs[0].folder, "r/b");
  assertEquals(typeof json.groups[1].runs[0].text, "string");
  assertEquals(json.groups[0].comparability_class, "0d3ad0dec188becd");
  assertEquals(json.settings[0].values.B.value, true);
  const [compared] = json.comparisons;
  assertEquals([compared.first, compared.second], ["A", "B"]);
  const judged = compared.metrics.find(
    (metric: { judged: string | null }) => metric.judged !== null,
  );
  assertEquals(
    [judged.key, judged.ratio, judged.judged, judged.interval.level],
    ["train_sustained_throughput_samples_per_second", 1, "none", 0.95],
  );
  assertMatch(compared.verdict, /no significant difference/);
});
