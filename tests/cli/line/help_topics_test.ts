import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../../../lib/cli/registry.ts";
import {
  listTopics,
  topicSummary,
  topicText,
} from "../../../lib/cli/line/help_topics.ts";
import { ENVIRONMENT_NAMES } from "../../../lib/config/environment_source.ts";
import { SETTING_ROWS } from "../../../lib/config/setting_rows.ts";
import type { PlainRecord } from "../../../lib/results/key_case.ts";
import { phaseToPlain } from "../../../lib/results/phase_json.ts";
import { stokerJson } from "../../../lib/results/stoker_json.ts";
import { summaryJson } from "../../../lib/results/summary_json.ts";
import { summarize } from "../../../lib/metrics/summary.ts";
import { CONTEXT, sampleRun } from "../../metrics/sample_run.ts";

const KINDS_REGEXP = /^(train|eval|save_checkpoint|load_checkpoint)_/;

/** Names that a topic does not write in backticks. */
function unnamed(text: string, names: Iterable<string>): string[] {
  return [...names].filter((name) => !text.includes(`\`${name}\``));
}

Deno.test("listTopics() gives topics that no command hides, each with a title", async () => {
  const topics = await listTopics();
  assert(topics.includes("settings"));
  for (const topic of topics) {
    assert(!Object.hasOwn(COMMANDS, topic), topic);
    const text = await topicText(topic);
    assertMatch(text, new RegExp(`^# ${topic}: `));
    assertMatch(topicSummary(text), /^\S.{10,70}[^.]$/, topic);
  }
});

Deno.test("the README links every topic", async () => {
  const readme = await Deno.readTextFile(
    new URL("../../../README.md", import.meta.url),
  );
  const links = [...readme.matchAll(/\(lib\/help\/(\w+)\.md\)/g)];
  assertEquals(links.map(([, name]) => name).sort(), await listTopics());
});

Deno.test("topicSummary() of a text without a title is empty", () => {
  assertEquals(topicSummary("no title\n"), "");
});

Deno.test("the topic settings has every setting and every variable", async () => {
  const text = await topicText("settings");
  assertEquals(unnamed(text, SETTING_ROWS.keys()), []);
  assertEquals(unnamed(text, ENVIRONMENT_NAMES), []);
});

Deno.test("the topic results has every key of the results", async () => {
  const text = await topicText("results");
  const run = sampleRun();
  const figures = summarize(run, CONTEXT);
  const summary = summaryJson(figures, CONTEXT);
  const plain = stokerJson(run, CONTEXT, figures);
  const phases = run.phases.map((phase) =>
    phaseToPlain(phase) as unknown as PlainRecord
  );
  const keys = new Set([
    ...Object.keys(summary),
    ...Object.keys(plain),
    ...phases.flatMap((phase) => Object.keys(phase)),
    ...run.phases.flatMap((phase) => phaseToPlain(phase).hosts)
      .flatMap((host) => Object.keys(host)),
  ]);
  assertEquals(unnamed(text, keys), []);
  const metricKeys = new Set(
    Object.keys(summary.metric).filter((key) => !text.includes(`\`${key}\``))
      .map((key) => key.replace(KINDS_REGEXP, "{kind}_")),
  );
  assertEquals(unnamed(text, metricKeys), []);
});
