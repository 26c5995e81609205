/**
 * A validation as one page: no script, no style sheet or picture from
 * elsewhere. It prints in black and white: severities are words and signs.
 */
import { escapeMarkup as escaped } from "../../bytes/markup.ts";
import { SEVERITIES, VERDICTS } from "../finding.ts";
import type { Validation } from "../validation.ts";
import {
  countsText,
  type FindingGroup,
  findingGroups,
} from "./finding_groups.ts";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; color: #1a1a1a; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
details { border: 1px solid #ccc; border-left-width: .5rem; border-radius: .3rem;
  margin: .7rem 0; padding: .5rem .8rem; }
summary { font-weight: 600; cursor: pointer; }
dl { display: grid; grid-template-columns: 6rem 1fr; gap: .2rem 1rem; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
.invalid { border-left-color: #b3261e; } .open { border-left-color: #9a6700; }
.warning { border-left-color: #9a6700; } .unchecked { border-left-color: #57606a; }
.note { border-left-color: #0969da; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #16181c; }
  th, td, details { border-color: #444; } dt { color: #aaa; } }
`;

/** The page, in pieces of a result or finding each. */
export function* validationHtml(validation: Validation): Generator<string> {
  const { verdict, edition, path, shape, ruleCount } = validation;
  const { word, glyph } = VERDICTS[verdict];
  yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${word}: ${escaped(path)}</title><style>${STYLE}</style></head><body>
<h1>${glyph} ${word} by edition ${escaped(edition)}</h1>
<p>${escaped(path)}<br>${escaped(shape)}; ${ruleCount} rules; ${
    escaped(countsText(validation))
  }</p>
<h2>Results</h2>
<table><thead><tr><th>Verdict</th><th>Kind</th><th>What</th><th>Where</th></tr></thead><tbody>
`;
  for (const result of validation.results) {
    const mark = VERDICTS[result.verdict];
    const what = [result.division, result.family, result.model]
      .filter((each) => each !== null).join(" ");
    yield `<tr><td>${mark.glyph} ${mark.word}</td><td>${result.kind}</td><td>${
      escaped(what)
    }</td><td>${escaped(result.where)}</td></tr>\n`;
  }
  yield "</tbody></table>\n<h2>Findings</h2>\n";
  const groups = findingGroups(validation);
  if (groups.length === 0) yield "<p>None.</p>\n";
  for (const group of groups) yield groupHtml(group);
  yield `<p>${validation.counts.unchecked} times a rule could not be checked: ` +
    "the verdict is of what could. An official submission must be run by the " +
    "field's own tool.</p>\n</body></html>\n";
}

function groupHtml({ finding, places }: FindingGroup): string {
  const { severity, ruleId, title } = finding;
  const { word, glyph } = SEVERITIES[severity];
  const rows: readonly (readonly [string, string | null])[] = [
    ["have", finding.have ?? "nothing"],
    ["need", finding.need],
    ["deficit", finding.deficit],
    ["where", places.join("\n")],
    ["why", finding.why],
    ["mend", finding.mend],
    ["sources", finding.dispute],
  ];
  const list = rows.flatMap(([name, text]) =>
    text === null
      ? []
      : [`<dt>${name}</dt><dd>${escaped(text).replaceAll("\n", "<br>")}</dd>`]
  ).join("");
  const isOpen = severity === "invalid" || severity === "open";
  return `<details class="${severity}"${isOpen ? " open" : ""}><summary>` +
    `${glyph} ${word} ${escaped(ruleId)}: ${escaped(title)}</summary>` +
    `<dl>${list}</dl></details>\n`;
}
