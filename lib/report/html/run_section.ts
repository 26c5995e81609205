/**
 * What was run: the command to repeat it, settings with their origins, the
 * dataset, the hosts, versions, and what the benchmark's rules say.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { publishedClassText } from "../../config/published_classes.ts";
import type { HostRecord } from "../../metrics/run_record.ts";
import { localTimestamp } from "../../results/dlio/timestamp.ts";
import type { SettingOrigin } from "../../results/result_context.ts";
import { termHtml } from "./glossary.ts";
import type { PageRun, RuleJudgement } from "./page_run.ts";
import { bytesHtml, threeDigits, wholeText } from "./quantity_html.ts";
import { type Cell, tableHtml } from "./table_html.ts";

/** Origin of a setting that nobody gave. */
const DEFAULT_ORIGIN = "default";
/** Words that a shell takes as they are. */
const PLAIN_WORD_REGEXP = /^[\w@%+=:,./~-]+$/;

/** The section. */
export function runSection(run: PageRun): Markup {
  const { context, summary } = run;
  const settings = Object.entries(context.settings);
  const given = settings.filter(([, { origin }]) => origin !== DEFAULT_ORIGIN);
  return markup`<section id="run" aria-labelledby="run-h">
<h2 id="run-h">What was run</h2>
<p>The command, to run it again:</p>
<pre id="command" tabindex="0"><code>${
    commandText(context.commandLine)
  }</code></pre>
<p class="script-only"><button type="button" data-copy="command">Copy the command</button> <span role="status" data-copied="command"></span></p>
${factTable(run)}${
    settings.length === 0
      ? markup`<p>The settings of this run are not known.</p>
`
      : settingTable("Settings that are no defaults", given)
  }${
    settings.length === 0
      ? EMPTY_MARKUP
      : markup`<details><summary>All ${settings.length} settings</summary>
${settingTable("All settings", settings)}</details>
`
  }${
    tableHtml({
      caption: "Hosts",
      columns: [
        { head: "host", isText: true },
        { head: "processor", isText: true },
        { head: "cores" },
        { head: "memory" },
        { head: "operating system", isText: true },
      ],
      rows: summary.hosts.map(hostRow),
    })
  }${placeTable(run)}${rulesHtml(run.rules)}</section>
`;
}

/** Empty for object stores and older folders. */
function placeTable({ context: { places = [] } }: PageRun): Markup {
  return tableHtml({
    caption: "Where the files were",
    columns: ["of", "folder", "file system", "device", "mount options"].map((
      head,
    ) => ({ head, isText: true })),
    rows: places.map(({ role, path, type, device, options }) => [
      role,
      path,
      type,
      device,
      options.join(", "),
    ]),
  });
}

function hostRow(host: HostRecord): Cell[] {
  return [
    host.hostname,
    host.cpuModel,
    markup`${host.cpuCount}`,
    bytesHtml(host.memoryBytes),
    host.osRelease,
  ];
}

function factTable({ context, record, summary }: PageRun): Markup {
  const time = (wallMs: number) =>
    localTimestamp(wallMs, context.utcOffsetMinutes);
  const { comparabilityClass = null } = context;
  const files = context.numFilesTrain;
  const bytes = files * context.numSamplesPerFile * context.recordBytes;
  const memory = summary.hosts.reduce((sum, h) => sum + h.memoryBytes, 0);
  const versions = Object.entries({
    stoker: context.stokerVersion,
    ...context.versions,
  }).map(([name, version]) => `${name} ${version}`).join(", ");
  const rows: (readonly [string | Markup, string | Markup])[] = [
    ["workload", context.modelName],
    ["label", context.label],
    ["began", time(record.start.wallMs)],
    ["ended", time(record.end.wallMs)],
    ["status", record.complete ? "complete" : "incomplete"],
    ["accelerators", wholeText(record.accelerators)],
    [
      "training set",
      markup`${wholeText(files)} files × ${
        wholeText(context.numSamplesPerFile)
      } samples × ${bytesHtml(context.recordBytes)} = ${bytesHtml(bytes)}${
        memory > 0 && bytes > 0
          ? `, ${threeDigits(bytes / memory)} times the memory of all hosts`
          : ""
      }`,
    ],
    [termHtml("goal", "AU goal"), `${threeDigits(100 * context.auGoal)} %`],
    [
      termHtml("class"),
      comparabilityClass === null
        ? "none"
        : publishedClassText(comparabilityClass),
    ],
    ["versions", versions],
  ];
  return tableHtml({
    caption: "The run",
    columns: [{ head: "fact", isText: true }, { head: "value", isText: true }],
    rows: rows.filter(([, value]) => value !== ""),
  });
}

function settingTable(
  caption: string,
  settings: readonly (readonly [string, SettingOrigin])[],
): Markup {
  return tableHtml({
    caption,
    columns: [
      { head: "setting", isText: true },
      { head: "value", isText: true },
      { head: "from", isText: true },
    ],
    rows: settings.map(([key, { value, origin }]): Cell[] => [
      key,
      typeof value === "string" ? value : JSON.stringify(value) ?? "",
      origin,
    ]),
  });
}

function rulesHtml(rules: RuleJudgement | undefined): Markup {
  if (rules === undefined) return EMPTY_MARKUP;
  const { edition, verdict, findings } = rules;
  return markup`<h3>Rules of MLPerf Storage ${edition}: ${verdict}</h3>
${
    findings.length === 0
      ? markup`<p>No findings.</p>
`
      : markup`<details><summary>${findings.length} findings</summary>
${
        tableHtml({
          caption: "Findings",
          columns: ["finding", "rule", "have", "need", "what to do"].map((
            head,
          ) => ({ head, isText: true })),
          rows: findings.map((one): Cell[] => [
            one.severity,
            `${one.rule}: ${one.title}`,
            one.have,
            one.need,
            one.mend,
          ]),
        })
      }</details>
`
  }`;
}

/** A command line that a shell takes. */
function commandText(words: readonly string[]): string {
  return ["stoker", ...words].map((word) =>
    PLAIN_WORD_REGEXP.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  ).join(" ");
}
