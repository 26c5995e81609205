/**
 * A validation as lines for people.
 */
import { textTable } from "../../bytes/text_table.ts";
import { escapeControls } from "../../errors.ts";
import { SEVERITIES, VERDICTS } from "../finding.ts";
import type { Validation } from "../validation.ts";
import {
  countsText,
  type FindingGroup,
  findingGroups,
} from "./finding_groups.ts";

/** Places that one finding names, and findings that are printed. */
const MAX_PLACES = 6;
const MAX_GROUPS = 200;
/** Results whose verdicts are printed. */
const MAX_RESULTS = 200;

/** The whole text; names of files are made visible. */
export function validationText(validation: Validation): string {
  const groups = findingGroups(validation);
  const rest = groups.length - MAX_GROUPS;
  return escapeControls(
    [
      ...headLines(validation),
      "",
      ...resultLines(validation),
      ...groups.slice(0, MAX_GROUPS).flatMap(groupLines),
      ...rest > 0 ? ["", `… ${rest} more findings: --json has all`] : [],
      "",
      ...endLines(validation),
    ].join("\n"),
  );
}

function headLines(validation: Validation): string[] {
  const { verdict, edition, path, shape, ruleCount } = validation;
  const { word, glyph } = VERDICTS[verdict];
  return [
    `${glyph} ${word} by edition ${edition}: ${path}`,
    `${shape}; ${ruleCount} rules; ${countsText(validation)}`,
  ];
}

function resultLines({ results }: Validation): string[] {
  const shown = results.filter(({ kind }) =>
    kind === "series" || kind === "run"
  );
  const rows = shown.slice(0, MAX_RESULTS).map((result) => {
    const { word, glyph } = VERDICTS[result.verdict];
    return [
      `${glyph} ${word}`,
      result.kind,
      [result.family, result.model].filter((each) => each !== null).join(" "),
      result.where,
    ];
  });
  const rest = shown.length - rows.length;
  return [
    ...textTable(rows),
    ...rest > 0 ? [`… ${rest} more results: --json has all`] : [],
  ];
}

function groupLines({ finding, places }: FindingGroup): string[] {
  const { word, glyph } = SEVERITIES[finding.severity];
  const rest = places.length - MAX_PLACES;
  const rows: readonly (readonly [string, string | null])[] = [
    ["have", finding.have ?? "nothing"],
    ["need", finding.need],
    ["deficit", finding.deficit],
    [
      "where",
      places.slice(0, MAX_PLACES).join(", ") +
      (rest > 0 ? ` and ${rest} more` : ""),
    ],
    ["why", finding.why],
    ["mend", finding.mend],
    ["sources", finding.dispute],
  ];
  return [
    "",
    `${glyph} ${word} ${finding.ruleId}: ${finding.title}`,
    ...textTable(
      rows.flatMap(([name, text]) => text === null ? [] : [[name, text]]),
      { indent: "    " },
    ),
  ];
}

function endLines({ counts, verdict }: Validation): string[] {
  return [
    ...counts.unchecked > 0
      ? [
        `${counts.unchecked} times a rule could not be checked: the verdict ` +
        "is of what could.",
      ]
      : [],
    verdict === "invalid"
      ? "Not admissible: see what is marked INVALID."
      : "Nothing that was checked is against it. An official submission must " +
        "be run by the field's own tool.",
  ];
}
